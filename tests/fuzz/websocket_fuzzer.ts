/**
 * Broken WebSockets: frames that are none, and messages of the RTWebSocket protocol that say what they must
 * not, from somebody who was let in.
 *
 * @module
 */
import { type Attempt, count, LINGER, type Outcome, PATIENCE, within } from "./campaign.ts";
import { writeAll } from "./http_fuzzer.ts";
import { markAt, markIn, odd, openings, wrong } from "./messages.ts";
import { join, type Mutator } from "./mutator.ts";

export interface WebSocketTarget {
  readonly hostname: string;
  readonly port: number;
  /** A path with a ticket that is good. */
  readonly path: () => Promise<string>;
}

/** Messages on one connection, unless the server has had enough before. */
const MESSAGES = 400;

/**
 * Opens a WebSocket with a good ticket and says what is broken. After each message goes a ping with its
 * number: its answer proves that the server has looked at it.
 */
export function webSocketAttempt(target: WebSocketTarget): Attempt {
  return async (mutator, outcome) => {
    const { hostname, port } = target;
    const path = await target.path();
    using connection = await Deno.connect({ hostname, port });
    await writeAll(connection, handshake(target, path));
    const sent = openings().map((octets) => frame(2, octets));
    for (let index = 1; index <= MESSAGES; index++) {
      sent.push(broken(mutator, index), frame(2, markAt(index)));
    }
    const reading = read(connection, MESSAGES);
    // The last ping's answer, or the end, whichever comes first.
    await writeAll(connection, join(...sent)).catch(() => {});
    const result = await within(PATIENCE, reading.done());
    if (result === undefined) count(outcome.findings, "no answer and no end of the WebSocket");
    count(outcome.answers, reading.status());
    return judge(reading.status(), reading.seen(), outcome);
  };
}

function judge(status: string, seen: number, outcome: Outcome): number {
  if (!/^(101|ended)/.test(status)) {
    count(outcome.findings, `a good ticket was answered: ${status}`);
  }
  // The one that ended it was looked at, too.
  return Math.min(MESSAGES, seen + 1);
}

function handshake({ hostname, port }: WebSocketTarget, path: string): Uint8Array {
  return new TextEncoder().encode(
    `GET /${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nupgrade: websocket\r\n` +
      "connection: upgrade\r\nsec-websocket-version: 13\r\n" +
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
}

/** One frame from a client, masked with zeros (RFC 6455 §5.2). */
function frame(opcode: number, octets: Uint8Array, fin = true): Uint8Array {
  const length = octets.length < 126
    ? [0x80 | octets.length]
    : [0x80 | 126, octets.length >> 8, octets.length & 0xff];
  return join([(fin ? 0x80 : 0) | opcode, ...length, 0, 0, 0, 0], octets);
}

/** What breaks the frame or the protocol ends the connection: it is to be rare enough for the rest to be seen. */
function broken(mutator: Mutator, index: number): Uint8Array {
  const chance = mutator.below(1000);
  if (chance < 985) return frame(2, odd(mutator, index));
  if (chance < 995) return frame(2, wrong(mutator));
  if (mutator.chance(50)) return mutator.mutate(frame(2, odd(mutator, index)));
  return frame(mutator.below(16), mutator.noise(130), mutator.chance(50));
}

/** Reads what comes back, until so many messages were seen. */
function read(connection: Deno.Conn, until: number) {
  let status = "";
  let seen = 0;
  const end = Promise.withResolvers<true>();
  const run = async () => {
    const buffer = new Uint8Array(65_536);
    let rest: Uint8Array = new Uint8Array(0);
    try {
      while (true) {
        const length = await connection.read(buffer);
        if (length === null) break;
        rest = join(rest, buffer.subarray(0, length));
        if (status === "") {
          const text = new TextDecoder("latin1").decode(rest);
          const head = text.indexOf("\r\n\r\n");
          if (head < 0) continue;
          status = text.slice(9, 12);
          rest = rest.subarray(head + 4);
        }
        let closed = false;
        rest = frames(rest, (opcode, octets) => {
          // The server waits for an answer to its close frame, which is not to hold us up.
          if (opcode === 8) closed = true;
          seen = Math.max(seen, markIn(octets) ?? 0);
        });
        if (seen >= until || closed) break;
      }
    } catch {
      // It was reset.
    }
    status ||= "ended";
    end.resolve(true);
  };
  void run();
  return {
    done(): Promise<true> {
      // A message that ends no connection may hide the pings behind it: an unfinished frame does.
      let last = -1;
      const timer = setInterval(() => {
        if (status !== "" && seen === last) end.resolve(true);
        last = seen;
      }, LINGER);
      return end.promise.finally(() => clearInterval(timer));
    },
    seen: () => seen,
    status: () => status,
  };
}

/** @returns What is left behind the last whole frame. */
function frames(
  octets: Uint8Array,
  each: (opcode: number, payload: Uint8Array) => void,
): Uint8Array {
  while (octets.length >= 2) {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    const short = octets[1]! & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (octets.length < head) break;
    const length = short < 126
      ? short
      : short === 126
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    if (octets.length < head + length) break;
    each(octets[0]! & 0x0f, octets.subarray(head, head + length));
    octets = octets.subarray(head + length);
  }
  return octets;
}
