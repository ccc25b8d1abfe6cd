/**
 * The sending end of a flow whose messages have a stream each.
 *
 * @module
 */

import { Priority } from "./flow.ts";
import type { OutgoingMessage } from "./outgoing_message.ts";
import {
  RtwebsocketSendFlow,
  type SendFlowHost,
  type SendFlowOptions,
  type Turn,
} from "./send_flow.ts";
import type { OutgoingStream, WebtransportCarrier } from "./webtransport_carrier.ts";
import { streamHeaderLength, TIME_MODULUS, writeStreamHeader } from "./webtransport_message.ts";

/** About what a stream's header takes. */
const HEADER_OCTETS = 20;
/** The most that is handed over at once: streams do not wait for each other, so this is large. */
const CHUNK_OCTETS = 64 * 1024;

/** A message of which a part was sent. */
interface Current {
  readonly message: OutgoingMessage;
  readonly stream: OutgoingStream;
  readonly sequence: number;
  /** What was sent, with the header. */
  octets: number;
}

export class IndependentSendFlow extends RtwebsocketSendFlow {
  readonly #carrier: WebtransportCarrier;
  readonly #now: () => number;
  readonly #giveUp: (sequence: number, octets: number) => void;
  readonly #copy: (message: OutgoingMessage, octets: number, send: () => void) => void;
  #current: Current | undefined;
  #count = 0;
  /** How many messages right before the next one were given up. */
  #skip = 0;

  /**
   * @param carrier Opens the streams.
   * @param copy Sends a message once more, soon, if the path is worth it.
   * @param giveUp Tells the peer which message is given up, and how many octets of it were sent.
   */
  constructor(
    host: SendFlowHost,
    options: SendFlowOptions,
    { carrier, copy, giveUp }: {
      carrier: WebtransportCarrier;
      copy: (message: OutgoingMessage, octets: number, send: () => void) => void;
      giveUp: (sequence: number, octets: number) => void;
    },
  ) {
    super(host, options);
    this.#carrier = carrier;
    this.#now = host.now;
    this.#giveUp = giveUp;
    this.#copy = copy;
  }

  /** How many messages have got a stream. */
  get count(): number {
    return this.#count;
  }

  /**
   * Sends the next octets of a message, up to `end`.
   *
   * @returns How many octets that took, with the header.
   */
  send(message: OutgoingMessage, end: number): number {
    const { streamPrefix } = this.#carrier;
    const last = end === message.octets.length;
    const payload = message.octets.subarray(message.offset, end);
    let current = this.#current;
    if (current !== undefined) {
      current.stream.write(payload.slice(), last);
      current.octets += payload.length;
      if (last) this.#current = undefined;
      return payload.length;
    }
    const header = {
      flow: this.id,
      sequence: this.#count++,
      skip: this.#skip,
      length: message.octets.length,
      time: Math.floor(this.#now() * 1000) % TIME_MODULUS,
    };
    this.#skip = 0;
    const octets = new Uint8Array(
      streamPrefix.length + streamHeaderLength(header) + payload.length,
    );
    octets.set(streamPrefix);
    const start = writeStreamHeader(octets, streamPrefix.length, header);
    octets.set(payload, start);
    const stream = this.#carrier.openStream(this.priority);
    current = {
      message,
      stream,
      sequence: header.sequence,
      octets: octets.length - streamPrefix.length,
    };
    stream.write(octets, last);
    if (!last) this.#current = current;
    else if (this.priority > Priority.Data) {
      // Behind whatever else is urgent.
      const priority = lower(this.priority);
      this.#copy(
        message,
        current.octets,
        () => this.#carrier.openStream(priority).write(octets, true),
      );
    }
    return current.octets;
  }

  override turn(room: number, chunk: number, now: number): Turn {
    return super.turn(room, Math.max(chunk, CHUNK_OCTETS), now);
  }

  override dropped(message: OutgoingMessage, unsent: number): void {
    const current = this.#current;
    if (current?.message === message) {
      this.#current = undefined;
      this.#skip++;
      this.#giveUp(current.sequence, current.octets);
      current.stream.abandon();
    }
    super.dropped(message, unsent);
  }

  protected override headerOctets(message: OutgoingMessage): number {
    return this.#current?.message === message ? 0 : HEADER_OCTETS;
  }

  /** What has no stream needs no word. */
  protected override tellAbandoned(): void {}
}

/** @param priority Not the lowest. */
function lower(priority: Priority): Priority {
  return priority - 1 as Priority;
}
