/**
 * One end of a clipboard that two sides share: see clipboard_message.ts.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import {
  type ClipboardHello,
  type ClipboardMessage,
  type ClipboardType,
  decodeClipboardMessage,
  encodeClipboardMessage,
  MAX_PIECE_OCTETS,
} from "./clipboard_message.ts";
import { ProtocolError, QueueFullError } from "./errors.ts";

/** Answers that wait because the other end does not read. */
const MOST_WAITING = 256;

/** Something that can be pasted. */
export interface ClipboardContent {
  readonly types: readonly ClipboardType[];
  /** How many octets a type has, where that is known. */
  size?(type: ClipboardType): number | undefined;
  /** Gives it; text in UTF-8. */
  read(type: ClipboardType): Promise<Uint8Array>;
}

/** What was offered could not be had. */
export class ClipboardRefusedError extends Error {
  override readonly name = "ClipboardRefusedError";
  /** @param reason Whether something else was copied meanwhile, it is too large, or else. */
  constructor(readonly reason: "gone" | "too-large" | "failed", message: string) {
    super(message);
  }
}

/** What the other end has in its clipboard. */
export interface ClipboardOffer {
  readonly content: ClipboardContent;
  /** Whether it was copied just now. */
  readonly fresh: boolean;
  /** Says that it is in the clipboard of this side now. */
  accept(): void;
  /** Says that it is not, and why. */
  decline(why: string): void;
}

export interface ClipboardExchangeOptions {
  /** The most octets of a type that are sent or taken; the other end's limit may be lower. */
  readonly limit: number;
  /** The other end has begun anew, and says what is allowed. */
  onhello?(hello: ClipboardHello): void;
  onoffer(offer: ClipboardOffer): void;
}

interface Reading {
  readonly pieces: Uint8Array[];
  octets: number;
  readonly promise: Promise<Uint8Array>;
  resolve(octets: Uint8Array): void;
  reject(error: Error): void;
}

interface Sending {
  readonly id: number;
  readonly type: ClipboardType;
  /** Undefined while it is being read. */
  octets: Uint8Array | undefined;
  offset: number;
}

export class ClipboardExchange {
  readonly #channel: Channel;
  readonly #options: ClipboardExchangeOptions;
  #limit: number;
  #ours: { id: number; content: ClipboardContent; taken: (refusal?: string) => void } | undefined;
  #lastId = 0;
  #theirs: number | undefined;
  readonly #readings = new Map<ClipboardType, Reading>();
  /** Messages that the channel has not taken yet. */
  #waiting: { readonly kind: ClipboardMessage["kind"]; readonly octets: Uint8Array }[] = [];
  #sendings: Sending[] = [];

  constructor(channel: Channel, options: ClipboardExchangeOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#limit = options.limit;
    channel.onmessage = (octets) => this.#onmessage(decodeClipboardMessage(octets));
    channel.ondrain = () => this.#pump();
  }

  /** Says what the other end may do. Nothing that was offered before, by either end, counts any more. */
  hello(hello: ClipboardHello): void {
    this.close();
    this.#withdraw("What may be shared has changed");
    this.#say({ kind: "hello", ...hello });
  }

  /**
   * Offers something, in place of what was offered before.
   *
   * @param options.fresh Whether it was copied just now.
   * @returns Why it was not taken; undefined once it was. Never settles if the other end goes away.
   */
  offer(content: ClipboardContent, { fresh = true } = {}): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#ours?.taken("Something else was copied meanwhile");
    const id = this.#lastId = (this.#lastId + 1) >>> 0;
    this.#ours = { id, content, taken: resolve };
    this.#sendings = [];
    this.#waiting = this.#waiting.filter(({ kind }) => kind !== "offer");
    const types = content.types.map((type) => {
      const octets = content.size?.(type);
      return octets === undefined ? { type } : { type, octets };
    });
    this.#say({ kind: "offer", id, types, fresh });
    return promise;
  }

  /** Nobody is at the other end any more. */
  close(): void {
    this.#theirs = undefined;
    this.#rejectAll("failed", "The other side has gone");
    this.#sendings = [];
    this.#waiting = [];
  }

  /** Nothing of this end can be had any more. */
  #withdraw(why: string): void {
    this.#ours?.taken(why);
    this.#ours = undefined;
  }

  #onmessage(message: ClipboardMessage): void {
    switch (message.kind) {
      case "hello":
        this.close();
        this.#withdraw("The server is another one");
        this.#limit = Math.min(this.#options.limit, message.limit);
        return this.#options.onhello?.({ in: message.in, out: message.out, limit: message.limit });
      case "offer":
        return this.#onoffer(message);
      case "taken":
        if (message.id === this.#ours?.id) this.#ours.taken(message.refusal);
        return;
      case "request":
        return this.#onrequest(message.id, message.type);
      case "refused": {
        const reading = this.#takeReading(message.id, message.type);
        reading?.reject(new ClipboardRefusedError(message.reason, message.detail));
        return;
      }
      case "data":
        return this.#ondata(message);
    }
  }

  #onoffer({ id, types, fresh }: Extract<ClipboardMessage, { kind: "offer" }>): void {
    this.#rejectAll("gone", "Something else was copied meanwhile");
    this.#theirs = id;
    const sizes = new Map(types.map(({ type, octets }) => [type, octets]));
    const taken = (refusal?: string) => {
      if (refusal === undefined) this.#say({ kind: "taken", id });
      else this.#say({ kind: "taken", id, refusal: refusal.slice(0, 512) });
    };
    this.#options.onoffer({
      content: {
        types: types.map(({ type }) => type),
        size: (type) => sizes.get(type),
        read: (type) => this.#read(id, type, sizes.get(type)),
      },
      fresh,
      accept: () => taken(),
      decline: (why) => taken(why),
    });
  }

  /** What was read once is kept for as long as the offer holds. */
  #read(id: number, type: ClipboardType, size: number | undefined): Promise<Uint8Array> {
    if (id !== this.#theirs) return Promise.reject(gone());
    const known = this.#readings.get(type);
    if (known !== undefined) return known.promise;
    if (size !== undefined && size > this.#limit) return Promise.reject(this.#tooLarge(size));
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    promise.catch(() => {});
    this.#readings.set(type, { pieces: [], octets: 0, promise, resolve, reject });
    this.#say({ kind: "request", id, type });
    return promise;
  }

  #ondata(message: Extract<ClipboardMessage, { kind: "data" }>): void {
    const { id, type, last, octets } = message;
    const reading = id === this.#theirs ? this.#readings.get(type) : undefined;
    if (reading === undefined) return;
    reading.octets += octets.length;
    if (reading.octets > this.#limit) {
      this.#takeReading(id, type)?.reject(this.#tooLarge(reading.octets));
      return;
    }
    // It may be a view of what belongs to the transport.
    reading.pieces.push(octets.slice());
    if (!last) return;
    reading.resolve(concat(reading.pieces, reading.octets));
    reading.pieces.length = 0;
  }

  #takeReading(id: number, type: ClipboardType): Reading | undefined {
    if (id !== this.#theirs) return undefined;
    const reading = this.#readings.get(type);
    this.#readings.delete(type);
    return reading;
  }

  #rejectAll(reason: ClipboardRefusedError["reason"], message: string): void {
    for (const reading of this.#readings.values()) {
      reading.reject(new ClipboardRefusedError(reason, message));
    }
    this.#readings.clear();
  }

  #onrequest(id: number, type: ClipboardType): void {
    const ours = this.#ours;
    if (ours?.id !== id || !ours.content.types.includes(type)) {
      return this.#refuse(id, type, gone());
    }
    if (this.#sendings.some((sending) => sending.type === type)) return;
    const sending: Sending = { id, type, octets: undefined, offset: 0 };
    this.#sendings.push(sending);
    ours.content.read(type).then((octets) => {
      if (!this.#sendings.includes(sending)) return;
      if (octets.length > this.#limit) throw this.#tooLarge(octets.length);
      sending.octets = octets;
      this.#pump();
    }).catch((error: unknown) => {
      this.#drop(sending);
      if (this.#ours?.id === id) this.#refuse(id, type, error);
    });
  }

  #refuse(id: number, type: ClipboardType, error: unknown): void {
    const reason = error instanceof ClipboardRefusedError ? error.reason : "failed";
    const detail = error instanceof Error ? error.message.slice(0, 512) : "";
    this.#say({ kind: "refused", id, type, reason, detail });
  }

  #tooLarge(octets: number): ClipboardRefusedError {
    return new ClipboardRefusedError(
      "too-large",
      `What was copied has ${octets} octets; the limit is ${this.#limit}`,
    );
  }

  #drop(sending: Sending): void {
    this.#sendings = this.#sendings.filter((other) => other !== sending);
  }

  #say(message: ClipboardMessage): void {
    if (this.#waiting.length >= MOST_WAITING) {
      throw new ProtocolError("The other side asks for more than it reads of the clipboard");
    }
    this.#waiting.push({ kind: message.kind, octets: encodeClipboardMessage(message) });
    this.#pump();
  }

  /** Sends what the channel takes: words first, then pieces. */
  #pump(): void {
    try {
      while (this.#waiting[0] !== undefined) {
        this.#channel.send(this.#waiting[0].octets);
        this.#waiting.shift();
      }
      for (let next = this.#ready(); next !== undefined; next = this.#ready()) {
        const { id, type, offset } = next;
        const octets = next.octets.subarray(offset, offset + MAX_PIECE_OCTETS);
        const last = offset + octets.length === next.octets.length;
        this.#channel.send(encodeClipboardMessage({ kind: "data", id, type, last, octets }));
        next.offset += octets.length;
        if (last) this.#drop(next);
      }
    } catch (error) {
      // ondrain comes here again.
      if (!(error instanceof QueueFullError)) throw error;
    }
  }

  #ready(): Sending & { octets: Uint8Array } | undefined {
    const isReady = (sending: Sending): sending is Sending & { octets: Uint8Array } =>
      sending.octets !== undefined;
    return this.#sendings.find(isReady);
  }
}

function gone(): ClipboardRefusedError {
  return new ClipboardRefusedError("gone", "Something else was copied meanwhile");
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
