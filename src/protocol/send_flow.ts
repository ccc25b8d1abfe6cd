/**
 * The sending end of a flow: its queue of messages, what of it is acknowledged, and how it ends.
 *
 * @module
 */

import { FlowClosedError, ProtocolError } from "./errors.ts";
import {
  type Delivery,
  type FlowDelivery,
  type FlowException,
  Priority,
  type SendFlow,
  type WriteOptions,
} from "./flow.ts";
import { type MessageOwner, OutgoingMessage } from "./outgoing_message.ts";
import { FRAGMENT_OCTETS } from "./path_estimator.ts";
import { type ControlMessage, dataHeaderLength } from "./rtwebsocket_message.ts";

/** The receive buffer to reckon with before the first ack; the reference implementation's. */
const INITIAL_BUFFER = 64 * 1024;
/** Keeps sums of positions and buffers exact. */
const MAX_BUFFER = 2 ** 40;

/** The part of the endpoint that its send flows use. */
export interface SendFlowHost {
  now(): number;
  /** @throws {QueueFullError | MessageTooLargeError} if it may not be queued. */
  admit(octets: number): void;
  /** Octets and messages have joined the queue, or left it (negative). */
  queued(octets: number, messages: number): void;
  /** Sends a control message, now. */
  control(message: ControlMessage): void;
  /**
   * Sends the next octets of a message, up to `end`, now.
   *
   * @returns How many octets that took, with headers.
   */
  data(flow: RtwebsocketSendFlow, message: OutgoingMessage, end: number): number;
  /** The flow has something to send. */
  ready(flow: RtwebsocketSendFlow): void;
  /** Sends whatever may be sent. */
  transmit(): void;
  reprioritised(flow: RtwebsocketSendFlow): void;
  watch(message: OutgoingMessage): void;
  forget(message: OutgoingMessage): void;
  /** A queue has become shorter without anything being sent. */
  shortened(): void;
}

export interface SendFlowOptions {
  /** Our number for the flow. */
  readonly id: number;
  /** What the peer is told of it. */
  readonly metadata: Uint8Array;
  /** Default: routine. */
  readonly priority: Priority | undefined;
  /** Default: ordered. */
  readonly delivery: FlowDelivery | undefined;
}

/** What came of a flow's turn: octets sent, or why none were. */
export type Turn = number | "no room" | "nothing";

export class RtwebsocketSendFlow implements SendFlow, MessageOwner {
  readonly id: number;
  readonly metadata: Uint8Array;
  /** When the flow was opened, until its first ack has come; in ms. */
  openedAt: number | undefined;
  readonly #host: SendFlowHost;
  readonly #headerOctets: number;
  #priority: Priority;
  readonly #queue: OutgoingMessage[] = [];
  /** Entries of the queue that stand for abandoned messages. */
  #tombstones = 0;
  /** Whole messages sent, up to the first that is not acknowledged in full. */
  readonly #unacked: OutgoingMessage[] = [];
  #queuedBytes = 0;
  #sent = 0;
  #acked = 0;
  #advertised = INITIAL_BUFFER;
  #state: SendFlow["state"] = "open";
  #closeSent = false;
  /** Whether all of the queue is being abandoned, for the peer to be told once. */
  #givingUp = false;
  readonly #closed = Promise.withResolvers<FlowException | undefined>();

  /** @param host The endpoint. */
  constructor(host: SendFlowHost, options: SendFlowOptions) {
    this.#host = host;
    this.id = options.id;
    this.metadata = options.metadata;
    this.#priority = options.priority ?? Priority.Routine;
    this.#headerOctets = dataHeaderLength(options.id);
  }

  get priority(): Priority {
    return this.#priority;
  }
  set priority(priority: Priority) {
    if (priority === this.#priority) return;
    this.#priority = priority;
    this.#host.reprioritised(this);
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get outstandingBytes(): number {
    return this.#sent - this.#acked;
  }

  get advertisedBytes(): number {
    return this.#advertised;
  }

  get state(): SendFlow["state"] {
    return this.#state;
  }

  get closed(): Promise<FlowException | undefined> {
    return this.#closed.promise;
  }

  /** Whether nothing waits to be sent. */
  get idle(): boolean {
    return this.#queue.length === 0;
  }

  /** Whether the peer was told that the flow is closed, and may confirm it. */
  get closeSent(): boolean {
    return this.#closeSent;
  }

  write(octets: Uint8Array, options: WriteOptions = {}): Delivery {
    if (this.#state !== "open") {
      throw new FlowClosedError(`The flow is ${this.#state}: open another one`);
    }
    this.#host.admit(octets.length);
    const before = this.#queue.at(-1);
    if (options.replaceable && before?.replaceable && !before.started) before.abandon();
    const message = new OutgoingMessage(this, octets, options);
    this.#queue.push(message);
    this.#queuedBytes += octets.length;
    this.#host.queued(octets.length, 1);
    if (options.dependsOn !== undefined) depend(message, options.dependsOn);
    if (message.deadline < this.#host.now()) message.abandon();
    if (message.unfinished) {
      this.#host.ready(this);
      this.#host.transmit();
      // Only what had to wait needs the timer.
      if (message.unfinished) this.#host.watch(message);
    }
    return message;
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#settleFront();
  }

  deadlinesChanged(message: OutgoingMessage): void {
    if (message.deadline < this.#host.now()) message.abandon();
    else this.#host.watch(message);
  }

  /**
   * Sends the next fragment.
   *
   * @param room Octets that may be sent, header included.
   * @param chunk The most payload wanted.
   * @param now In ms.
   * @returns The octets sent, header included; "no room" if that is all that keeps it from sending;
   * "nothing" if it has nothing to send, or the receiver's buffer is full.
   */
  turn(room: number, chunk: number, now: number): Turn {
    let message = this.#queue[0];
    while (message !== undefined && message.deadline < now) {
      message.abandon();
      message = this.#queue[0];
    }
    if (message === undefined) return "nothing";
    const start = message.offset;
    const left = message.octets.length - start;
    const header = this.headerOctets(message);
    const buffer = this.#acked + this.#advertised - this.#sent - header;
    let size = Math.min(left, chunk, buffer);
    if (size < 0 || (size === 0 && left > 0)) return "nothing";
    if (size + header > room) {
      // Fragments shrink to the room only if they were large: small ones would but cost headers.
      if (room < FRAGMENT_OCTETS + header) return "no room";
      size = Math.min(size, room - header);
    }
    const octets = this.#host.data(this, message, start + size);
    this.#sent += octets;
    this.#queuedBytes -= size;
    message.sentUpTo(start + size);
    this.#host.queued(-size, message.finished ? -1 : 0);
    if (message.finished) {
      message.endPosition = this.#sent;
      this.#unacked.push(message);
      this.#queue.shift();
      this.#host.forget(message);
      this.#settleFront();
    }
    return octets;
  }

  /**
   * Takes an ack.
   *
   * @throws {ProtocolError} if it acknowledges what was not sent.
   */
  acknowledged(octets: number, buffer: number): void {
    if (octets > this.outstandingBytes) {
      throw new ProtocolError(
        `An ack of ${octets} octets is for more than the ${this.outstandingBytes} outstanding`,
      );
    }
    this.#acked += octets;
    this.#advertised = Math.min(buffer, MAX_BUFFER);
    while (this.#unacked[0] !== undefined && this.#unacked[0].endPosition <= this.#acked) {
      this.#unacked.shift()?.settle("delivered");
    }
    if (this.#queue.length > 0) this.#host.ready(this);
  }

  /** The receiver wants no more: what was not delivered will not be, and the flow closes. */
  refused(exception: FlowException): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#giveUp();
    this.#settleFront();
    this.#closed.resolve(exception);
  }

  /** The receiver has confirmed the close, or the transport has ended. */
  end(): void {
    this.#giveUp();
    this.#queue.length = 0;
    this.#state = "closed";
    this.#closed.resolve(undefined);
  }

  /** How many octets the next fragment of a message needs beside its payload. */
  protected headerOctets(_message: OutgoingMessage): number {
    return this.#headerOctets;
  }

  /** Tells the peer that messages are given up: the one that is half sent, if any, and then others. */
  protected tellAbandoned(count: number): void {
    this.#host.control({ type: "abandon", flow: this.id, count });
  }

  /** Takes a message out of the accounts; what is left of it in the queue is its place. */
  dropped(message: OutgoingMessage, unsent: number): void {
    this.#queuedBytes -= unsent;
    this.#host.queued(-unsent, -1);
    this.#host.forget(message);
    this.#tombstones++;
  }

  droppedAll(): void {
    if (!this.#givingUp) {
      if (this.#tombstones > 64 && this.#tombstones * 2 > this.#queue.length) this.#compact();
      this.#settleFront();
    }
    this.#host.shortened();
  }

  /** Abandons the whole queue, and what was sent and not acknowledged. */
  #giveUp(): void {
    this.#givingUp = true;
    for (const message of this.#queue) message.abandon();
    this.#givingUp = false;
    for (const message of this.#unacked) message.settle("abandoned");
    this.#unacked.length = 0;
  }

  /**
   * Tells the peer what has become final at the front of the queue. An abandonment takes back the
   * message that is half sent, if there is one: those behind such a one have to wait for its end.
   */
  #settleFront(): void {
    let count = 0;
    while (this.#queue[0]?.abandoned) {
      count += this.#queue[0].count;
      this.#queue.shift();
      this.#tombstones--;
    }
    if (count > 0) this.tellAbandoned(count);
    if (this.#state !== "open" && this.#queue.length === 0 && !this.#closeSent) {
      this.#closeSent = true;
      this.#host.control({ type: "close", flow: this.id });
    }
  }

  /** Joins neighbours that were abandoned, so that a queue that is stuck does not grow. */
  #compact(): void {
    let kept = 0;
    for (const message of this.#queue) {
      const before = this.#queue[kept - 1];
      if (message.abandoned && before?.abandoned) before.count += message.count;
      else this.#queue[kept++] = message;
    }
    this.#queue.length = kept;
    this.#tombstones = this.#queue.filter((message) => message.abandoned).length;
  }
}

/** Has a message abandoned along with another one, at once if that is so already. */
function depend(message: OutgoingMessage, on: Delivery): void {
  if (on instanceof OutgoingMessage) {
    if (on.abandoned) message.abandon();
    else on.addDependent(message);
  } else {
    // Of another transport, before a failover.
    on.outcome.then((outcome) => {
      if (outcome === "abandoned") message.abandon();
    });
  }
}
