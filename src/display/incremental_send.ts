/** Giving a program a large value piece by piece (ICCCM 2.0 §2.7.2, INCR). */
import { Buffer } from "node:buffer";
import type { DisplayConnection } from "./connection.ts";

const PIECE_OCTETS = 64 * 1024;
/** How long the other program may do nothing, in milliseconds. */
const PATIENCE_MS = 10_000;
const PROPERTY_CHANGE = 0x400000;
const REPLACE = 0;
const DELETED = 1;

export interface IncrementalSendOptions {
  readonly requestor: number;
  readonly property: number;
  /** The atom of the value's type. */
  readonly type: number;
  /** The atom INCR. */
  readonly incr: number;
  readonly octets: Uint8Array;
  /** All is sent, or given up. */
  onend(): void;
}

/** Sends one value; each piece when the one before was deleted. */
export class IncrementalSend implements Disposable {
  readonly #connection: DisplayConnection;
  readonly #options: IncrementalSendOptions;
  readonly #stop: () => void;
  #offset = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: DisplayConnection, options: IncrementalSendOptions) {
    this.#connection = connection;
    this.#options = options;
    const { client } = connection;
    const { requestor, property, incr, octets } = options;
    this.#stop = connection.on("PropertyNotify", (event) => {
      if (event.wid !== requestor || event.atom !== property || event.state !== DELETED) return;
      this.#next();
    });
    client.ChangeWindowAttributes(requestor, { eventMask: PROPERTY_CHANGE });
    client.ChangeProperty(REPLACE, requestor, property, incr, 32, [octets.length]);
    this.#wait();
  }

  #next(): void {
    const { requestor, property, type, octets } = this.#options;
    const piece = octets.subarray(this.#offset, this.#offset + PIECE_OCTETS);
    this.#offset += piece.length;
    const { client } = this.#connection;
    client.ChangeProperty(REPLACE, requestor, property, type, 8, Buffer.from(piece));
    // An empty one says that it was all.
    if (piece.length === 0) this[Symbol.dispose]();
    else this.#wait();
    this.#connection.flush();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this[Symbol.dispose](), PATIENCE_MS);
  }

  /** Gives up what was not sent. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#stop();
    if (this.#connection.open) {
      this.#connection.client.ChangeWindowAttributes(this.#options.requestor, { eventMask: 0 });
    }
    this.#options.onend();
  }
}
