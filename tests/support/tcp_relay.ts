/**
 * A network path that can be broken: a relay between a page and its server.
 *
 * @module
 */
import { pause } from "./rig_process.ts";

export class TcpRelay implements AsyncDisposable {
  /** Where connections go, for those to come; another server may take the place of the first. */
  target: number;
  readonly port: number;
  /** How long octets take, one way, in ms. */
  delay = 0;
  #listener: Deno.TcpListener | undefined;
  #stalled: Promise<void> | undefined;
  #resume: (() => void) | undefined;
  readonly #pairs = new Set<[Deno.Conn, Deno.Conn]>();
  #working = new Set<Promise<void>>();

  private constructor(listener: Deno.TcpListener, target: number) {
    this.target = target;
    this.port = listener.addr.port;
    this.#listener = listener;
    this.#track(this.#accept(listener));
  }

  /** @param target A port of 127.0.0.1. */
  static open(target: number): TcpRelay {
    return new TcpRelay(Deno.listen({ hostname: "127.0.0.1", port: 0 }), target);
  }

  /** Connections that pass through now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Breaks every connection and refuses new ones, as when a server's host is gone. */
  cut(): void {
    this.#listener?.close();
    this.#listener = undefined;
    for (const pair of this.#pairs) for (const end of pair) close(end);
  }

  /** Lets nothing pass, and tells nobody: as when a cable is pulled out. */
  stall(): void {
    this.#stalled ??= new Promise((resolve) => this.#resume = resolve);
  }

  /** Makes the path whole again. */
  restore(): void {
    this.#resume?.();
    this.#stalled = this.#resume = undefined;
    if (this.#listener) return;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#track(this.#accept(this.#listener));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#resume?.();
    this.#stalled = undefined;
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  #track(work: Promise<void>): void {
    this.#working.add(work);
    work.finally(() => this.#working.delete(work));
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    try {
      for await (const near of listener) this.#track(this.#join(near));
    } catch {
      // It was closed while a connection was under way.
    }
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    await this.#stalled;
    let far: Deno.TcpConn;
    try {
      far = await Deno.connect({ hostname: "127.0.0.1", port: this.target });
    } catch {
      return close(near);
    }
    // What adds a delay of its own would be measured, too.
    near.setNoDelay();
    far.setNoDelay();
    const pair: [Deno.Conn, Deno.Conn] = [near, far];
    this.#pairs.add(pair);
    await Promise.all([this.#copy(near, far), this.#copy(far, near)]);
    this.#pairs.delete(pair);
    for (const end of pair) close(end);
  }

  async #copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const broken = () => {
      // Either end broke: so does the other.
      close(from);
      close(to);
    };
    /** The end of what is on its way. */
    let arrived: Promise<void> = Promise.resolve();
    try {
      for (;;) {
        const length = await from.read(buffer);
        await this.#stalled;
        if (length === null) break;
        if (this.delay === 0) {
          await arrived;
          await writeAll(to, buffer.subarray(0, length));
          continue;
        }
        const octets = buffer.slice(0, length);
        const due = pause(this.delay);
        arrived = Promise.all([arrived, due]).then(() => writeAll(to, octets)).catch(broken);
      }
      await arrived;
      await to.closeWrite();
    } catch {
      broken();
    }
  }
}

async function writeAll(to: Deno.Conn, octets: Uint8Array): Promise<void> {
  for (let at = 0; at < octets.length;) at += await to.write(octets.subarray(at));
}

function close(end: Deno.Conn): void {
  try {
    end.close();
  } catch {
    // It is closed already.
  }
}
