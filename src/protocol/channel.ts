/**
 * Channels: for everything of a viewer's that is neither picture, sound nor input. A channel carries
 * messages both ways, each once and in order, whatever becomes of the transports. There is one of each
 * kind, made of a flow each way on whichever transport is active; the flows are opened when there is
 * something to say.
 *
 * Each message of such a flow begins with its number (32 bits, most significant octet first; see
 * replay.ts). What follows is the feature's.
 *
 * @module
 */

import { ProtocolError, QueueFullError, TransportClosedError } from "./errors.ts";
import {
  type FlowDelivery,
  type FlowException,
  Priority,
  type SendFlow,
  type Transport,
} from "./flow.ts";
import { encodeMetadata, type FlowKind } from "./metadata.ts";
import { ReplayFilter, ReplaySender } from "./replay.ts";

/** The largest message of a channel, in octets. */
export const MAX_CHANNEL_MESSAGE_OCTETS = 64 * 1024;

/** What each message takes on top. */
export const CHANNEL_NUMBER_OCTETS = 4;
const MIB = 1024 * 1024;

interface ChannelSettings {
  /** Of the messages' format. */
  readonly version: number;
  readonly priority: Priority;
  readonly delivery: FlowDelivery;
  /** The most that may wait to be delivered, in octets. */
  readonly maxQueuedOctets: number;
}

/** What channels there are. */
export const CHANNELS = {
  clipboard: {
    version: 1,
    priority: Priority.Data,
    delivery: "ordered",
    // A new copy waits for what is queued of the one before.
    maxQueuedOctets: MIB / 4,
  },
  // Of messages with streams of their own a flow knows how much has arrived, but not which of them.
  files: {
    version: 1,
    priority: Priority.Bulk,
    delivery: "ordered",
    maxQueuedOctets: MIB,
  },
} as const satisfies Partial<Record<FlowKind, ChannelSettings>>;

export type ChannelKind = keyof typeof CHANNELS;

/** Every kind of channel. */
export const CHANNEL_KINDS = Object.keys(CHANNELS) as ChannelKind[];

/** The versions that are spoken, as {@link acceptMetadata} wants them. */
export const CHANNEL_VERSIONS = Object.fromEntries(
  CHANNEL_KINDS.map((kind) => [kind, CHANNELS[kind].version]),
) as Readonly<Record<ChannelKind, number>>;

export function isChannelKind(kind: string): kind is ChannelKind {
  return Object.hasOwn(CHANNELS, kind);
}

/** One end of a channel, as features see it. */
export interface Channel {
  /** What waits to be delivered, in octets. */
  readonly queuedOctets: number;
  /**
   * Sends a message.
   *
   * @param octets At most {@link MAX_CHANNEL_MESSAGE_OCTETS}. They are copied.
   * @throws {RangeError} if they are more.
   * @throws {QueueFullError} if too much waits to be delivered: go on at {@link ondrain}.
   */
  send(octets: Uint8Array): void;
  /** Called for each message of the other end's. The octets may be a view of a larger buffer. */
  onmessage: ((octets: Uint8Array) => void) | undefined;
  /** Called when less than half of what may wait does, after it was more or a message was refused. */
  ondrain: (() => void) | undefined;
}

/** @throws {RangeError} if the octets are too many for a message of a channel. */
export function checkChannelMessage({ length }: Uint8Array): void {
  if (length <= MAX_CHANNEL_MESSAGE_OCTETS) return;
  throw new RangeError(
    `A message of ${length} octets is over the limit of ${MAX_CHANNEL_MESSAGE_OCTETS}: split it`,
  );
}

/** The most that may wait to be delivered on a channel, in octets. */
export function maxQueuedOctets(kind: ChannelKind): number {
  return CHANNELS[kind].maxQueuedOctets;
}

export interface ReplayedChannelOptions {
  /** Something was sent by the transport that is attached. */
  onsent?: () => void;
  /** The other end does not take such messages: what was not delivered is given up. */
  onrefused?: (exception: FlowException) => void;
  /** So much does not wait any more, numbers included. */
  onforgotten?: (octets: number, messages: number) => void;
}

/** One end of a channel, over whichever transport is attached. */
export class ReplayedChannel implements Channel {
  readonly kind: ChannelKind;
  onmessage: ((octets: Uint8Array) => void) | undefined;
  ondrain: (() => void) | undefined;
  readonly #options: ReplayedChannelOptions;
  readonly #sender: ReplaySender;
  readonly #filter = new ReplayFilter();
  /** A transport may be left, and come back to. */
  readonly #flows = new WeakMap<Transport, SendFlow>();
  #transport: Transport | undefined;
  #full = false;

  constructor(kind: ChannelKind, options: ReplayedChannelOptions = {}) {
    this.kind = kind;
    this.#options = options;
    this.#sender = new ReplaySender({
      maxOctets: maxQueuedOctets(kind),
      onforgotten: (octets, messages) => this.#onforgotten(octets, messages),
    });
  }

  get queuedOctets(): number {
    return this.#sender.keptOctets;
  }

  send(octets: Uint8Array): void {
    checkChannelMessage(octets);
    const half = maxQueuedOctets(this.kind) / 2;
    try {
      this.#open();
      this.#sender.send((number) => encodeMessage(number, octets));
    } catch (error) {
      // Of small messages there may be too many before they are half of the octets.
      if (error instanceof QueueFullError) this.#full = true;
      throw error;
    }
    if (this.queuedOctets >= half) this.#full = true;
    if (this.#transport !== undefined) this.#options.onsent?.();
  }

  /** Sends by this transport from now on, first of all what was not delivered before. */
  attach(transport: Transport | undefined): void {
    this.#transport = transport;
    if (transport === undefined) return this.#sender.attach(undefined);
    const flow = this.#flows.get(transport);
    if (flow !== undefined) this.#sender.attach(flow);
    else if (this.#sender.undelivered > 0) this.#open();
    else this.#sender.attach(undefined);
  }

  /**
   * Takes a message that has come by any transport.
   *
   * @throws {ProtocolError} if it is none.
   */
  receive(message: Uint8Array): void {
    if (
      message.length < CHANNEL_NUMBER_OCTETS ||
      message.length > MAX_CHANNEL_MESSAGE_OCTETS + CHANNEL_NUMBER_OCTETS
    ) {
      throw new ProtocolError(
        `A message of ${message.length} octets is none of channel "${this.kind}"`,
      );
    }
    const number = new DataView(message.buffer, message.byteOffset).getUint32(0);
    if (number === 0) throw new ProtocolError(`Channel "${this.kind}" has no message 0`);
    if (this.#filter.accept(number)) this.onmessage?.(message.subarray(CHANNEL_NUMBER_OCTETS));
  }

  /** The other end is another one: nothing that was said before means anything there. */
  reset(): void {
    this.#filter.reset();
    this.#sender.discard();
  }

  #open(): void {
    const transport = this.#transport;
    if (transport === undefined || this.#flows.has(transport)) return;
    const flow = openFlow(transport, this.kind);
    // It ends just now: the next one gets what is kept.
    if (flow === undefined) return this.#sender.attach(undefined);
    this.#flows.set(transport, flow);
    flow.closed.then((exception) => {
      if (exception === undefined) return;
      this.#sender.discard();
      this.#options.onrefused?.(exception);
    });
    this.#sender.attach(flow);
  }

  #onforgotten(octets: number, messages: number): void {
    this.#options.onforgotten?.(octets, messages);
    if (!this.#full || this.queuedOctets >= maxQueuedOctets(this.kind) / 2) return;
    this.#full = false;
    this.ondrain?.();
  }
}

function openFlow(transport: Transport, kind: ChannelKind): SendFlow | undefined {
  const { version, priority, delivery } = CHANNELS[kind];
  try {
    return transport.openFlow(encodeMetadata({ kind, version }), { priority, delivery });
  } catch (error) {
    if (error instanceof TransportClosedError) return undefined;
    throw error;
  }
}

function encodeMessage(number: number, octets: Uint8Array): Uint8Array {
  const message = new Uint8Array(CHANNEL_NUMBER_OCTETS + octets.length);
  new DataView(message.buffer).setUint32(0, number);
  message.set(octets, CHANNEL_NUMBER_OCTETS);
  return message;
}
