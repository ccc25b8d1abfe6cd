/** Asking the owner of a selection for what it holds (ICCCM 2.0 §2.4, §2.7.2). */
import type { Buffer } from "node:buffer";
import { internAtoms } from "./atoms.ts";
import type { DisplayConnection } from "./connection.ts";
import { DisplayClosedError } from "./errors.ts";
import type { XEvent } from "./x11_client.ts";

/** How long an owner may do nothing, in milliseconds. */
const PATIENCE_MS = 5000;
/** Read of a property at a time: the connection is the capture's, too. */
const PIECE_OCTETS = 64 * 1024;
/** Event mask bit of X11 (X.h PropertyChangeMask). */
const PROPERTY_CHANGE = 0x400000;
const INPUT_ONLY = 2;
const NEW_VALUE = 0;
const ANY_TYPE = 0;

/** The owner of a selection did not give what it was asked for. */
export class SelectionRefusedError extends Error {
  override name = "SelectionRefusedError";
}

/** What a selection holds is larger than what was wanted at most. */
export class SelectionTooLargeError extends Error {
  override name = "SelectionTooLargeError";
  /** @param limit In octets. */
  constructor(readonly limit: number) {
    super(`The selection holds more than ${limit} octets; raise the limit to have it`);
  }
}

/** What came of a conversion. */
export interface SelectionValue {
  /** The atom of the type that the owner has given it. */
  readonly type: number;
  readonly octets: Uint8Array;
}

export interface ReadOptions {
  /** The most octets. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** Reads selections of other programs. */
export class SelectionReader {
  readonly #connection: DisplayConnection;
  readonly #property: number;
  readonly #incr: number;
  readonly #closed: AbortSignal;

  private constructor(connection: DisplayConnection, atoms: { property: number; incr: number }) {
    this.#connection = connection;
    this.#property = atoms.property;
    this.#incr = atoms.incr;
    const closing = new AbortController();
    connection.closed.then(() => closing.abort(new DisplayClosedError(connection.display)));
    this.#closed = closing.signal;
  }

  static async open(connection: DisplayConnection): Promise<SelectionReader> {
    const atoms = await internAtoms(connection, ["SKERRY_SELECTION", "INCR"]);
    return new SelectionReader(connection, { property: atoms.SKERRY_SELECTION, incr: atoms.INCR });
  }

  /**
   * Has the owner of a selection convert it, and reads what it gives.
   *
   * @param selection The atom of its name. @param target The atom of what it is to be converted to.
   * @throws {SelectionRefusedError} There is no owner, or it does not know the target, or it is silent.
   * @throws {SelectionTooLargeError} It is more than the limit.
   * @throws {DisplayClosedError} The connection ended.
   */
  async read(
    selection: number,
    target: number,
    { limit, signal }: ReadOptions,
  ): Promise<SelectionValue> {
    signal?.throwIfAborted();
    if (!this.#connection.open) throw new DisplayClosedError(this.#connection.display);
    // One window each: what is left of one conversion cannot get into the next.
    using conversion = new Conversion(this.#connection, this.#property, [
      this.#closed,
      ...(signal ? [signal] : []),
    ]);
    await conversion.start(selection, target);
    const first = await conversion.take(limit);
    if (first.type !== this.#incr) return first;
    const pieces: Uint8Array[] = [];
    let octets = 0;
    for (;;) {
      await conversion.more();
      const { octets: piece, type } = await conversion.take(limit - octets);
      if (piece.length === 0) return { type, octets: concat(pieces, octets) };
      pieces.push(piece);
      octets += piece.length;
    }
  }
}

/** One conversion, with a window of its own that the owner puts the value on. */
class Conversion implements Disposable {
  readonly #connection: DisplayConnection;
  readonly #property: number;
  readonly #signal: AbortSignal;
  readonly #window: number;
  readonly #stop: (() => void)[];
  #notified: ((event: XEvent) => void) | undefined;
  /** New values that nobody has waited for yet. */
  #values = 0;
  #onvalue: (() => void) | undefined;

  constructor(connection: DisplayConnection, property: number, signals: AbortSignal[]) {
    this.#connection = connection;
    this.#property = property;
    this.#signal = AbortSignal.any(signals);
    const { client, root } = connection;
    this.#window = client.AllocID();
    client.CreateWindow(this.#window, root, 0, 0, 1, 1, 0, 0, INPUT_ONLY, 0, {
      eventMask: PROPERTY_CHANGE,
    });
    this.#stop = [
      connection.on("SelectionNotify", (event) => {
        if (event.requestor === this.#window) this.#notified?.(event);
      }),
      connection.on("PropertyNotify", ({ wid, atom, state }) => {
        if (wid !== this.#window || atom !== property || state !== NEW_VALUE) return;
        this.#values++;
        this.#onvalue?.();
      }),
    ];
  }

  /** @throws {SelectionRefusedError} It is not converted. */
  async start(selection: number, target: number): Promise<void> {
    const answer = this.#wait<XEvent>((resolve) => this.#notified = resolve);
    this.#connection.client.ConvertSelection(this.#window, selection, target, this.#property, 0);
    this.#connection.flush();
    const { property } = await answer;
    if (property === 0) throw new SelectionRefusedError("The selection's owner has no such type");
    // The value that is there now is the first one's.
    this.#values = 0;
  }

  /** Waits until the owner has put the next piece there. */
  async more(): Promise<void> {
    while (this.#values === 0) await this.#wait<void>((resolve) => this.#onvalue = resolve);
    this.#values--;
  }

  /**
   * Reads the property and deletes it, which asks for the next piece.
   *
   * @throws {SelectionTooLargeError} It is larger than the limit.
   */
  async take(limit: number): Promise<SelectionValue> {
    const pieces: Uint8Array[] = [];
    let octets = 0;
    for (;;) {
      const reply = this.#connection.request<{ type: number; bytesAfter: number; data: Buffer }>(
        (client, done) =>
          client.GetProperty(
            1,
            this.#window,
            this.#property,
            ANY_TYPE,
            octets / 4,
            PIECE_OCTETS / 4,
            done,
          ),
      );
      this.#connection.flush();
      const { type, data, bytesAfter } = await reply;
      pieces.push(data);
      octets += data.length;
      if (octets + bytesAfter > limit) throw new SelectionTooLargeError(limit);
      if (bytesAfter === 0) return { type, octets: concat(pieces, octets) };
      this.#signal.throwIfAborted();
    }
  }

  /** Waits for the owner, but not for long. */
  async #wait<T>(start: (resolve: (value: T) => void) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(
      () => reject(new SelectionRefusedError("The selection's owner does not answer")),
      PATIENCE_MS,
    );
    const signal = this.#signal;
    const onabort = () => reject(signal.reason);
    signal.addEventListener("abort", onabort);
    start(resolve);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onabort);
    }
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stop) stop();
    if (!this.#connection.open) return;
    this.#connection.client.DestroyWindow(this.#window);
    this.#connection.client.ReleaseID(this.#window);
    this.#connection.flush();
  }
}

function concat(pieces: readonly Uint8Array[], octets: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!.slice();
  const whole = new Uint8Array(octets);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
