/**
 * The two ends of a `cursor` flow: which images the receiver keeps, so that none goes twice.
 *
 * @module
 */

import {
  CURSOR_SLOTS,
  type CursorImage,
  type CursorImageMessage,
  decodeCursorMessage,
  encodeCursorMessage,
} from "./cursor_message.ts";
import { ProtocolError } from "./errors.ts";
import type { Delivery, SendFlow } from "./flow.ts";

/** Sends images of the pointer, and where it is. */
export class CursorSender {
  readonly #flow: SendFlow;
  /** The slots of what the receiver has; what was shown last is last. */
  readonly #slots = new Map<CursorImage, number>();
  #last: { readonly image: CursorImage; readonly delivery: Delivery } | undefined;

  constructor(flow: SendFlow) {
    this.#flow = flow;
  }

  /** @param image The pointer as it is from now on; the same object for the same image. */
  image(image: CursorImage): void {
    if (this.#flow.state !== "open") return;
    this.#overtake();
    const known = this.#slots.get(image);
    const slot = known ?? this.#free();
    this.#slots.delete(image);
    this.#slots.set(image, slot);
    if (known !== undefined) {
      this.#flow.write(encodeCursorMessage({ type: "known", slot }));
      return;
    }
    const delivery = this.#flow.write(encodeCursorMessage({ type: "image", slot, ...image }));
    this.#last = { image, delivery };
  }

  /** Where the pointer is, in pixels; only the last place counts. */
  position(x: number, y: number): void {
    if (this.#flow.state !== "open") return;
    this.#flow.write(encodeCursorMessage({ type: "position", x, y }), { replaceable: true });
  }

  /** An image that has not begun to leave is not needed any more: pixels must not pile up. */
  #overtake(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last === undefined || last.delivery.started) return;
    last.delivery.abandon();
    this.#slots.delete(last.image);
  }

  #free(): number {
    if (this.#slots.size < CURSOR_SLOTS) {
      const taken = new Set(this.#slots.values());
      for (let slot = 0; slot < CURSOR_SLOTS; slot++) if (!taken.has(slot)) return slot;
    }
    const [oldest, slot] = this.#slots.entries().next().value!;
    this.#slots.delete(oldest);
    return slot;
  }
}

export interface CursorEvents {
  /** The pointer looks like this from now on. Its pixels are the receiver's to keep. */
  image(image: CursorImage): void;
  /** The pointer is here, in pixels of the remote display. */
  position(x: number, y: number): void;
}

/** Receives what {@link CursorSender} sends. */
export class CursorReceiver {
  readonly #events: CursorEvents;
  readonly #slots: (CursorImage | undefined)[] = new Array(CURSOR_SLOTS).fill(undefined);

  constructor(events: CursorEvents) {
    this.#events = events;
  }

  /**
   * @param octets One message of the flow.
   * @throws {ProtocolError} if it cannot be read, or names an image that never came.
   */
  receive(octets: Uint8Array): void {
    const message = decodeCursorMessage(octets);
    if (message.type === "position") return this.#events.position(message.x, message.y);
    if (message.type === "image") this.#slots[message.slot] = kept(message);
    const image = this.#slots[message.slot];
    if (image === undefined) {
      throw new ProtocolError(`The slot ${message.slot} for cursors is empty`);
    }
    this.#events.image(image);
  }
}

/** The message's memory is the transport's. */
function kept({ type: _, slot: __, rgba, ...image }: CursorImageMessage): CursorImage {
  return { ...image, rgba: rgba.slice() };
}
