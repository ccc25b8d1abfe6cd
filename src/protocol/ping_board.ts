/**
 * Pings that have not been answered.
 *
 * @module
 */

/** More than this, and the oldest is given up. */
const MAX_PENDING = 16;

interface Pending {
  readonly sentAt: number;
  readonly resolve: (rtt: number | undefined) => void;
}

export class PingBoard {
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  /**
   * Takes note of a ping.
   *
   * @param now In ms.
   * @returns What to send, and the round-trip time in ms once the peer has sent it back; undefined
   * if it does not.
   */
  post(now: number): { octets: Uint8Array<ArrayBuffer>; reply: Promise<number | undefined> } {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const id = this.#next;
    this.#next = (id + 1) % 2 ** 32;
    this.#pending.set(id, { sentAt: now, resolve });
    for (const [oldest, { resolve }] of this.#pending) {
      if (this.#pending.size <= MAX_PENDING) break;
      this.#pending.delete(oldest);
      resolve(undefined);
    }
    const octets = new Uint8Array(4);
    new DataView(octets.buffer).setUint32(0, id);
    return { octets, reply: promise };
  }

  /**
   * @param octets What a ping reply holds; one that answers nothing is ignored.
   * @param now In ms.
   * @returns The round-trip time in ms.
   */
  take(octets: Uint8Array, now: number): number | undefined {
    if (octets.length !== 4) return undefined;
    const id = new DataView(octets.buffer, octets.byteOffset, 4).getUint32(0);
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    pending.resolve(now - pending.sentAt);
    return now - pending.sentAt;
  }

  /** Answers all with undefined. */
  stop(): void {
    for (const { resolve } of this.#pending.values()) resolve(undefined);
    this.#pending.clear();
  }
}
