/**
 * The peer's message streams: puts each message together, and gives a flow its messages in order.
 *
 * @module
 */

import { LimitExceededError, ProtocolError } from "./errors.ts";
import type { EndpointLimits } from "./limits.ts";
import { MessageOrder } from "./message_order.ts";
import type { RtwebsocketReceiveFlow } from "./receive_flow.ts";
import {
  MAX_STREAM_HEADER_OCTETS,
  readStreamHeader,
  type StreamHeader,
} from "./webtransport_message.ts";

/** How many streams may wait for their flow to be opened, which travels on another stream. */
const MAX_ORPHANS = 64;
/** How far ahead a flow's number may be. */
const MAX_FLOWS_AHEAD = 1024;

/** A stream of the peer's: fed by whoever reads it. */
export interface IncomingStream {
  /** Takes the next octets; they belong to the receiver from now on. */
  receive(octets: Uint8Array): void;
}

export interface IncomingMessagesOptions {
  readonly limits: EndpointLimits;
  /** The flow of a number, if it is open. */
  flow(id: number): RtwebsocketReceiveFlow | undefined;
  /** Octets of a flow have come. */
  account(flow: RtwebsocketReceiveFlow, octets: number): void;
  /** A message of a flow is complete: the peer wants to know. */
  completed(flow: RtwebsocketReceiveFlow, header: StreamHeader): void;
  /** All messages of a flow that was closed are accounted for. */
  closed(id: number): void;
}

/** One message on its way in. */
class IncomingMessage implements IncomingStream {
  header: StreamHeader | undefined;
  /** What has come of the header and the message. */
  octets = 0;
  parts: Uint8Array[] = [];
  state: "open" | "complete" | "dropped" = "open";
  headerOctets = 0;
  readonly #owner: IncomingMessages;

  constructor(owner: IncomingMessages, readonly cancel: () => void) {
    this.#owner = owner;
  }

  receive(octets: Uint8Array): void {
    this.#owner.receive(this, octets);
  }
}

/** What is known of one flow. */
interface FlowState {
  readonly order: MessageOrder;
  /** Streams of messages that are not complete, by sequence number. */
  readonly streams: Map<number, IncomingMessage>;
  /** Messages that were given up before anything of them came. */
  readonly givenUp: Set<number>;
  /** How many messages there are in all, once the peer has closed the flow. */
  count: number | undefined;
}

export class IncomingMessages {
  readonly #options: IncomingMessagesOptions;
  readonly #flows = new Map<RtwebsocketReceiveFlow, FlowState>();
  /** Streams whose flow is not open yet. */
  readonly #orphans = new Set<IncomingMessage>();
  /** The least number that no flow has had. */
  #nextFlow = 0;
  /** Octets of messages that are not complete, or wait for others. */
  #held = 0;

  constructor(options: IncomingMessagesOptions) {
    this.#options = options;
  }

  /**
   * The peer has opened a stream.
   *
   * @param cancel Wants no more of it; called at most once.
   */
  stream(cancel: () => void): IncomingStream {
    return new IncomingMessage(this, cancel);
  }

  /**
   * The peer has opened a flow.
   *
   * @throws {ProtocolError} if its number is not a new one.
   */
  opened(id: number): void {
    this.#expectFlow(id);
    if (id < this.#nextFlow) throw new ProtocolError(`Flow ${id} was open before`);
    this.#nextFlow = id + 1;
    for (const stream of this.#orphans) {
      if ((stream.header?.flow ?? Infinity) > id) continue;
      this.#orphans.delete(stream);
      this.#begin(stream);
    }
  }

  /** The peer gives a message up, of which it has sent so many octets. */
  giveUp(id: number, sequence: number, octets: number): void {
    const flow = this.#options.flow(id);
    if (flow === undefined) throw new ProtocolError(`Flow ${id} is not open`);
    const state = this.#state(flow);
    const stream = state.streams.get(sequence);
    if (stream === undefined && state.order.has(sequence) && !state.givenUp.has(sequence)) {
      // It was known from the next message: what had come of it is counted, the rest is not.
      return;
    }
    this.#options.account(flow, Math.max(octets - (stream?.octets ?? 0), 0));
    this.#options;
  }

  receive(_stream: IncomingMessage, _octets: Uint8Array): void {}

  #begin(_stream: IncomingMessage): void {}
  #expectFlow(_id: number): void {}
  #state(_flow: RtwebsocketReceiveFlow): FlowState {
    throw new Error();
  }
}
