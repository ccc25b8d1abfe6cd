/**
 * A relay in front of an HTTP server that says when a WebSocket opens.
 *
 * @module
 */

/** Passes octets both ways, and looks at the first that the server sends on each connection. */
export class UpgradeRelay implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #open = new Set<Deno.Conn>();
  readonly #work = new Set<Promise<void>>();
  #waiting: PromiseWithResolvers<number> | undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#track(this.#accept());
  }

  /** @param target the server's port on 127.0.0.1 */
  static open(target: number): UpgradeRelay {
    return new UpgradeRelay(target);
  }

  /** Resolves with the time, in milliseconds, when the next upgrade's answer passes. */
  nextUpgrade(): Promise<number> {
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    work.finally(() => this.#work.delete(work));
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) this.#track(this.#join(near));
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    for (const end of [near, far]) {
      end.setNoDelay(true);
      this.#open.add(end);
    }
    await Promise.allSettled([this.#copy(near, far, false), this.#copy(far, near, true)]);
    for (const end of [near, far]) {
      this.#open.delete(end);
      try {
        end.close();
      } catch {
        // The relay was disposed and has closed it.
      }
    }
  }

  async #copy(from: Deno.Conn, to: Deno.Conn, watch: boolean): Promise<void> {
    const buffer = new Uint8Array(65_536), decoder = new TextDecoder("latin1");
    for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
      const answer = watch && decoder.decode(buffer.subarray(0, Math.min(12, length)));
      for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
      if (answer === "HTTP/1.1 101") this.#waiting?.resolve(performance.now());
    }
    await to.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const end of this.#open) {
      try {
        end.close();
      } catch {
        // Its other side had closed it.
      }
    }
    await Promise.all(this.#work);
  }
}
