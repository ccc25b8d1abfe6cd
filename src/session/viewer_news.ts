/**
 * What a viewer itself has to be told, whatever becomes of its paths.
 *
 * @module
 */
import { encodeServerMessage, type ServerMessage } from "../protocol/control_message.ts";
import { QueueFullError } from "../protocol/errors.ts";
import type { SendFlow } from "../protocol/flow.ts";
import { ReplaySender } from "../protocol/replay.ts";

/** What the viewer itself has to be told, and not each of its paths: each says how something is from now on. */
export type ViewerNews = Exclude<ServerMessage, { type: "hello" | "activate" | "pong" | "bye" }>;

/**
 * What may be on its way at a time. Other viewers can cause more than anybody reads; of what is beyond that,
 * only the newest of each type is worth anything.
 */
const MOST_UNDELIVERED = 256;
const MOST_UNDELIVERED_OCTETS = 256 * 1024;

export interface NewsSenderEvents {
  /** Something was handed to the path. */
  onsent(): void;
  /** The path takes no more: something was lost that cannot be made up for. */
  onfull(error: QueueFullError): void;
}

export class NewsSender {
  readonly #events: NewsSenderEvents;
  readonly #sender = new ReplaySender({ onforgotten: () => this.#goOn() });
  /** What is to be said once there is room, the oldest first. */
  readonly #waiting = new Map<ViewerNews["type"], ViewerNews>();
  #due = false;

  constructor(events: NewsSenderEvents) {
    this.#events = events;
  }

  /** Sends by this flow from now on, first of all what was not delivered before. */
  attach(flow: SendFlow | undefined): void {
    this.#sender.attach(flow);
  }

  /**
   * Says something, or, if the viewer has much to read, says it later unless there is something newer by then.
   *
   * @throws {RangeError} if a field is out of its range.
   */
  tell(message: ViewerNews): void {
    if (this.#waiting.size === 0 && !this.#full) return this.#send(message);
    // What is wrong with it is for who says it.
    encodeServerMessage(message);
    this.#waiting.delete(message.type);
    this.#waiting.set(message.type, message);
  }

  get #full(): boolean {
    const { keptOctets, undelivered } = this.#sender;
    return undelivered >= MOST_UNDELIVERED || keptOctets >= MOST_UNDELIVERED_OCTETS;
  }

  /** Something was delivered: there may be room, once that is accounted for. */
  #goOn(): void {
    if (this.#due || this.#waiting.size === 0) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      for (const [type, message] of this.#waiting) {
        if (this.#full) return;
        this.#waiting.delete(type);
        this.#send(message);
      }
    });
  }

  #send(message: ViewerNews): void {
    try {
      this.#sender.send((number) => encodeServerMessage({ ...message, number }));
      this.#events.onsent();
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      this.#events.onfull(error);
    }
  }
}
