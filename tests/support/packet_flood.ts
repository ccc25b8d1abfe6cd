/**
 * Floods of a UDP port by somebody who knows nothing but its number. As a module of its own, it is a thread
 * that sends one, so that it takes as little as may be from those it is to disturb.
 *
 * @module
 */
import { pause } from "./rig_process.ts";

/** A UDP port. */
export interface FloodTarget {
  readonly hostname: string;
  readonly port: number;
}

/** Calls it so many times, spread over the time in ms; not faster than a socket's buffer is emptied. */
export async function spread(
  count: number,
  ms: number,
  act: (index: number) => unknown,
): Promise<void> {
  const start = performance.now();
  for (let index = 0; index < count;) {
    const due = Math.min((performance.now() - start) / ms * count, index + 100);
    while (index < Math.min(due, count)) await act(index++);
    await pause(5);
  }
}

function udpSocket(): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
}

/** Garbage, of which every other one looks like the first packet of a connection. */
export async function floodWithDatagrams(
  { hostname, port }: FloodTarget,
  count: number,
  ms: number,
): Promise<void> {
  const socket = udpSocket();
  const garbage = new Uint8Array(1200);
  await spread(count, ms, async (index) => {
    crypto.getRandomValues(garbage.subarray(0, 64));
    // As the first packet of a connection of QUIC version 1 begins.
    if (index % 2 === 0) garbage.set([0xc3, 0, 0, 0, 1, 8]);
    await socket.send(garbage, { transport: "udp", hostname, port });
  });
  socket.close();
}

/** Begins connections whose answers never arrive. */
export async function openHalf(
  { hostname, port }: FloodTarget,
  count: number,
  ms: number,
): Promise<void> {
  const outward = udpSocket(), relay = udpSocket();
  const relaying = (async () => {
    for await (const [datagram] of relay) {
      await outward.send(datagram, { transport: "udp", hostname, port });
    }
  })();
  const endpoint = new Deno.QuicEndpoint({ hostname: "127.0.0.1", port: 0 });
  const attempts: Promise<unknown>[] = [];
  await spread(count, ms, () => {
    attempts.push(
      Deno.connectQuic<false>({
        hostname: "127.0.0.1",
        port: (relay.addr as Deno.NetAddr).port,
        endpoint,
        alpnProtocols: ["h3"],
        maxIdleTimeout: 1000,
      }).catch(() => {}),
    );
  });
  await Promise.all(attempts);
  endpoint.close();
  relay.close();
  await relaying;
  outward.close();
}

const PACKET_FLOODS = { datagrams: floodWithDatagrams, "half-open": openHalf };

interface FloodOrder {
  readonly kind: keyof typeof PACKET_FLOODS;
  readonly target: FloodTarget;
  readonly count: number;
  readonly ms: number;
}

/** A thread that floods. */
export class PacketFlood implements Disposable {
  readonly #worker = new Worker(import.meta.url, { type: "module" });
  /** Resolves when all was sent, and what waits for an answer has given up. */
  readonly done: Promise<void>;

  /** @param ms over which it is spread */
  constructor(kind: FloodOrder["kind"], target: FloodTarget, count: number, ms: number) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#worker.onmessage = () => resolve();
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    this.#worker.postMessage({ kind, target, count, ms } satisfies FloodOrder);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

if ("DedicatedWorkerGlobalScope" in globalThis) {
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent<FloodOrder>) => void;
    postMessage(message: "done"): void;
  };
  scope.onmessage = async ({ data: { count, kind, ms, target } }) => {
    await PACKET_FLOODS[kind](target, count, ms);
    scope.postMessage("done");
  };
}
