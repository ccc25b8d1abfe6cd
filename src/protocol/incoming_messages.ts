/**
 * The peer's message streams: puts each message together, and gives each flow its messages in order.
 *
 * A message may have a second stream, a copy: what is whole first counts, and the other is dropped.
 *
 * Three things are said of a message, in any order since they travel on different streams: its own
 * octets come; a later message says that this one is to be skipped; and the reliable stream says that
 * it was given up, and how many octets of it were sent, which then count as received.
 *
 * @module
 */

import { LimitExceededError, ProtocolError } from "./errors.ts";
import type { IncomingMessage } from "./incoming_message.ts";
import type { EndpointLimits } from "./limits.ts";
import { MessageOrder } from "./message_order.ts";
import type { RtwebsocketReceiveFlow } from "./receive_flow.ts";
import type { StreamHeader } from "./webtransport_message.ts";

/** How many streams may wait for the word that their flow is open. */
const MAX_ORPHANS = 64;
/** How far ahead a flow's number may be. */
const MAX_FLOWS_AHEAD = 1024;
/** How many messages of a flow may be incomplete. */
const MAX_STREAMS = 1024;
/** How many messages to remember whose streams may still come, though they were given up. */
const MAX_GIVEN_UP = 4096;

export interface IncomingMessagesOptions {
  readonly limits: EndpointLimits;
  /** The flow of a number, if it is open. */
  flow(id: number): RtwebsocketReceiveFlow | undefined;
  /** Octets of a flow have come. */
  account(flow: RtwebsocketReceiveFlow, octets: number): void;
  /** A message of a flow is complete, and will be handed on. */
  completed(flow: RtwebsocketReceiveFlow): void;
  /** A message was lost, or so it looks: a later one, or its copy, was whole before it. */
  overtaken(): void;
  /** All messages of a flow that the peer has closed are accounted for. */
  closed(id: number): void;
}

/** What is known of one flow. */
interface FlowState {
  readonly id: number;
  readonly flow: RtwebsocketReceiveFlow;
  readonly order: MessageOrder;
  /** Streams whose message is neither complete nor accounted for as given up. */
  readonly streams: Map<number, IncomingMessage>;
  /** Second streams of some of these. */
  readonly copies: Map<number, IncomingMessage>;
  /** The last message that was found to be overtaken. */
  overtaken: number;
  /** Messages that were given up before anything of them came. */
  readonly givenUp: Set<number>;
  /** How many messages there are in all, once the peer has closed the flow. */
  count: number | undefined;
}

export class IncomingMessages {
  readonly #options: IncomingMessagesOptions;
  readonly #flows = new Map<number, FlowState>();
  /** Streams whose flow is not open yet. */
  readonly #orphans = new Set<IncomingMessage>();
  /** The least number that no flow has had. */
  #nextFlow = 0;
  /** What it takes to keep incomplete messages and those that wait for others, in octets. */
  #held = 0;

  constructor(options: IncomingMessagesOptions) {
    this.#options = options;
  }

  /**
   * The peer opens a flow: its number is taken from now on.
   *
   * @throws {ProtocolError} if it was taken before.
   */
  opening(id: number): void {
    if (id < this.#nextFlow) throw new ProtocolError(`There was a flow ${id} before`);
    this.#expectFlow(id);
    this.#nextFlow = id + 1;
  }

  /** A flow is open: the streams that have waited for it get their turn. */
  opened(id: number): void {
    for (const message of this.#orphans) {
      const { header } = message;
      if (header?.flow !== id) continue;
      this.#orphans.delete(message);
      this.#begin(message, header);
    }
  }

  /**
   * Takes the next octets of a stream.
   *
   * @returns The stream's header, if these octets have completed it.
   * @throws {ProtocolError} if they say what cannot be, or are too many.
   */
  take(message: IncomingMessage, octets: Uint8Array): StreamHeader | undefined {
    if (message.dropped) return undefined;
    const known = message.header !== undefined;
    const before = message.octets;
    const cost = message.cost;
    message.take(octets);
    this.#hold(message.cost - cost);
    const { header } = message;
    if (header === undefined) return undefined;
    if (!known) {
      this.#place(message, header);
      return header;
    }
    const state = this.#flows.get(header.flow);
    if (state !== undefined && !this.#orphans.has(message)) {
      this.#account(state, header.sequence, message, before);
      if (message.complete) this.#complete(message, header, state);
    }
    return undefined;
  }

  /**
   * Accounts for what has come of a message beyond what has come of its other stream.
   *
   * @param before What had come of it on this stream.
   */
  #account(
    { copies, flow, streams }: FlowState,
    sequence: number,
    message: IncomingMessage,
    before: number,
  ): void {
    const [first, copy] = [streams.get(sequence), copies.get(sequence)];
    const known = Math.max(before, (message === copy ? first : copy)?.octets ?? 0);
    if (message.octets > known) this.#options.account(flow, message.octets - known);
  }

  /**
   * The peer gives a message up.
   *
   * @param octets What was sent of it, with its header.
   * @throws {ProtocolError} if the flow is not open, or the message was given up before.
   */
  giveUp(id: number, sequence: number, octets: number): void {
    const state = this.#state(id);
    const { order, streams, givenUp, flow } = state;
    this.#dropCopy(state, sequence);
    const message = streams.get(sequence);
    if (message !== undefined) {
      streams.delete(sequence);
      this.#drop(message);
    } else {
      if (givenUp.has(sequence)) throw new ProtocolError(`Message ${sequence} was given up before`);
      order.expect(sequence);
      givenUp.add(sequence);
      for (const oldest of givenUp) {
        if (givenUp.size <= MAX_GIVEN_UP) break;
        givenUp.delete(oldest);
      }
    }
    this.#options.account(flow, Math.max(octets - (message?.octets ?? 0), 0));
    this.#settle(state, sequence, undefined);
  }

  /**
   * The peer closes a flow that had so many messages.
   *
   * @throws {ProtocolError} if the flow is not open, or had more.
   */
  closeAfter(id: number, count: number): void {
    const state = this.#state(id);
    state.count = count;
    this.#closeIfDone(state);
  }

  /** Forgets everything. */
  end(): void {
    this.#flows.clear();
    this.#orphans.clear();
  }

  /** The header of a stream has come. */
  #place(message: IncomingMessage, header: StreamHeader): void {
    const { maxMessageOctets } = this.#options.limits;
    if (header.length > maxMessageOctets) {
      throw new LimitExceededError(
        `A message of ${header.length} octets is over the limit of ${maxMessageOctets}`,
      );
    }
    if (header.flow < this.#nextFlow) return this.#begin(message, header);
    this.#expectFlow(header.flow);
    if (this.#orphans.size >= MAX_ORPHANS) {
      throw new LimitExceededError(`More than ${MAX_ORPHANS} streams belong to no flow`);
    }
    this.#orphans.add(message);
  }

  /** The flow of a stream is open, or was. */
  #begin(message: IncomingMessage, header: StreamHeader): void {
    const { sequence, skip } = header;
    // Of a flow that is closed there is no message that matters.
    if (this.#options.flow(header.flow) === undefined) return this.#drop(message);
    const state = this.#state(header.flow);
    const { copies, order, streams } = state;
    if (state.givenUp.delete(sequence)) return this.#drop(message);
    const first = streams.get(sequence);
    // A copy of what has come, or what was skipped: how much of that was sent will be said.
    if (first?.dropped || (first === undefined && order.has(sequence))) {
      return this.#ignore(message);
    }
    if (first !== undefined) {
      if (copies.has(sequence)) throw new ProtocolError(`Message ${sequence} has three streams`);
      if (first.header?.length !== header.length) {
        throw new ProtocolError(`Message ${sequence} and its copy differ in length`);
      }
    }
    if (streams.size >= MAX_STREAMS) {
      throw new LimitExceededError(`More than ${MAX_STREAMS} messages are incomplete`);
    }
    order.expect(sequence);
    (first === undefined ? streams : copies).set(sequence, message);
    this.#account(state, sequence, message, 0);
    for (let before = Math.max(sequence - skip, order.next); before < sequence; before++) {
      const skipped = streams.get(before);
      if (skipped !== undefined) this.#drop(skipped);
      this.#dropCopy(state, before);
      this.#settle(state, before, undefined);
    }
    if (message.complete) this.#complete(message, header, state);
  }

  #complete(message: IncomingMessage, { sequence }: StreamHeader, state: FlowState): void {
    const { copies, order, streams } = state;
    const isCopy = copies.get(sequence) === message;
    const missing = isCopy ? sequence : order.next;
    if ((isCopy || missing < sequence) && missing > state.overtaken) {
      state.overtaken = missing;
      this.#options.overtaken();
    }
    for (const attempts of [streams, copies]) {
      const other = attempts.get(sequence);
      attempts.delete(sequence);
      if (other !== undefined && other !== message) this.#ignore(other);
    }
    const octets = message.join();
    this.#hold(octets.length - message.cost);
    this.#options.completed(state.flow);
    this.#settle(state, sequence, octets);
  }

  #settle(state: FlowState, sequence: number, message: Uint8Array | undefined): void {
    state.order.settle(sequence, message);
    this.#closeIfDone(state);
  }

  #closeIfDone({ id, count, order }: FlowState): void {
    if (count === undefined || order.next < count || !this.#flows.has(id)) return;
    if (order.next > count) {
      throw new ProtocolError(`Flow ${id} had ${order.next} messages and is closed after ${count}`);
    }
    this.#flows.delete(id);
    this.#options.closed(id);
  }

  #dropCopy({ copies }: FlowState, sequence: number): void {
    const copy = copies.get(sequence);
    copies.delete(sequence);
    if (copy !== undefined) this.#drop(copy);
  }

  #drop(message: IncomingMessage): void {
    const { cost } = message;
    message.drop();
    this.#hold(-cost);
  }

  /** It has come by another stream, or was skipped: the peer sends no more of it than is under way. */
  #ignore(message: IncomingMessage): void {
    const { cost } = message;
    message.ignore();
    this.#hold(-cost);
  }

  #hold(octets: number): void {
    const { maxAssemblyOctets } = this.#options.limits;
    this.#held += octets;
    if (this.#held > maxAssemblyOctets) {
      throw new LimitExceededError(
        `Messages that are incomplete or early are over the limit of ${maxAssemblyOctets} octets`,
      );
    }
  }

  #expectFlow(id: number): void {
    if (id < this.#nextFlow + MAX_FLOWS_AHEAD) return;
    throw new LimitExceededError(`Flow ${id} is too far ahead of flow ${this.#nextFlow}`);
  }

  #state(id: number): FlowState {
    const known = this.#flows.get(id);
    if (known !== undefined) return known;
    const flow = this.#options.flow(id);
    if (flow === undefined) throw new ProtocolError(`Flow ${id} is not open`);
    const state: FlowState = {
      id,
      flow,
      order: new MessageOrder((message) => {
        this.#hold(-message.length);
        flow.deliver(message);
      }),
      streams: new Map(),
      copies: new Map(),
      overtaken: -1,
      givenUp: new Set(),
      count: undefined,
    };
    this.#flows.set(id, state);
    return state;
  }
}
