/**
 * The page's ends of the channels to the server, which the worker has on its side of the fence.
 *
 * What was not delivered is counted here, too, so that whoever sends knows at once when to stop. The
 * worker counts a number of four octets with each message, and so does the page.
 *
 * @module
 */

import {
  type Channel,
  CHANNEL_NUMBER_OCTETS,
  type ChannelKind,
  checkChannelMessage,
  maxQueuedOctets,
} from "../src/protocol/channel.ts";
import { QueueFullError } from "../src/protocol/errors.ts";
import { MAX_KEPT_MESSAGES } from "../src/protocol/replay.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

type FromChannel = Extract<FromWorker, { type: "channel" | "channel-delivered" }>;

/** All channels of the page. */
export class PageChannels {
  readonly #post: (message: ToWorker) => void;
  readonly #channels = new Map<ChannelKind, PageChannel>();

  constructor(post: (message: ToWorker) => void) {
    this.#post = post;
  }

  /** The channel of a kind. What comes before anybody has asked for it is lost: ask at the start. */
  open(kind: ChannelKind): Channel {
    const known = this.#channels.get(kind);
    if (known !== undefined) return known;
    const channel = new PageChannel(
      kind,
      (octets) => this.#post({ type: "channel", kind, octets }),
    );
    this.#channels.set(kind, channel);
    return channel;
  }

  handle(message: FromChannel): void {
    const channel = this.#channels.get(message.kind);
    if (message.type === "channel") channel?.onmessage?.(message.octets);
    else channel?.delivered(message);
  }
}

class PageChannel implements Channel {
  onmessage: ((octets: Uint8Array) => void) | undefined;
  ondrain: (() => void) | undefined;
  readonly #limit: number;
  readonly #post: (octets: Uint8Array) => void;
  #queued = 0;
  #messages = 0;
  #full = false;

  constructor(kind: ChannelKind, post: (octets: Uint8Array) => void) {
    this.#limit = maxQueuedOctets(kind);
    this.#post = post;
  }

  get queuedOctets(): number {
    return this.#queued;
  }

  send(octets: Uint8Array): void {
    checkChannelMessage(octets);
    const queued = this.#queued + octets.length + CHANNEL_NUMBER_OCTETS;
    if (queued > this.#limit / 2) this.#full = true;
    if (queued > this.#limit || this.#messages >= MAX_KEPT_MESSAGES) {
      this.#full = true;
      throw new QueueFullError(this.#queued, this.#limit);
    }
    this.#queued = queued;
    this.#messages++;
    this.#post(octets);
  }

  delivered({ octets, messages }: { readonly octets: number; readonly messages: number }): void {
    this.#queued -= octets;
    this.#messages -= messages;
    if (!this.#full || this.#queued >= this.#limit / 2) return;
    this.#full = false;
    this.ondrain?.();
  }
}
