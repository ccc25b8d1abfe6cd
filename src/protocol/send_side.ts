/**
 * The sending half of an endpoint: its flows, whose turn it is, and how much may be outstanding.
 *
 * @module
 */

import { DeadlineTimer, type Schedule } from "./deadline_timer.ts";
import {
  MessageTooLargeError,
  ProtocolError,
  QueueFullError,
  TooManyFlowsError,
} from "./errors.ts";
import { type FlowDelivery, Priority } from "./flow.ts";
import type { EndpointLimits } from "./limits.ts";
import { FRAGMENT_OCTETS, INITIAL_ACK_WINDOW, PathEstimator } from "./path_estimator.ts";
import type { MakePathModel, PathModel } from "./path_model.ts";
import type { ControlMessage } from "./rtwebsocket_message.ts";
import { RtwebsocketSendFlow, type SendFlowHost, type SendFlowOptions } from "./send_flow.ts";
import { SendScheduler } from "./send_scheduler.ts";

/**
 * How long there may be room and nothing sent before the application counts as what limits the rate,
 * in ms. A gated application captures and encodes in that time; a path with 50 ms queued stays busy.
 */
const APPLICATION_PAUSE_MS = 25;

/** Makes a send flow of some kind; undefined for a plain one. */
export type MakeSendFlow = (
  host: SendFlowHost,
  options: SendFlowOptions,
) => RtwebsocketSendFlow | undefined;

export interface SendSideOptions {
  /** Monotonic ms. */
  now(): number;
  readonly schedule: Schedule;
  readonly limits: EndpointLimits;
  /** Sends a control message, now. */
  control(message: ControlMessage): void;
  /** Sends a fragment, now. */
  readonly data: SendFlowHost["data"];
  /** Makes the flows; default: the plain ones. */
  readonly makeSendFlow?: MakeSendFlow;
  /** Whether the numbers of closed flows are given to new ones; default: yes. */
  readonly reuseFlowNumbers?: boolean;
  /** Whether the receiver acknowledges the end of each message at once; default: no. */
  readonly promptEnds?: boolean;
  /** Makes what decides how much may be sent; default: a {@link PathEstimator}. */
  readonly makePath: MakePathModel | undefined;
  /** There may be room again: to be followed by {@link SendSide.transmit} before long. */
  roomChanged(): void;
}

export class SendSide {
  readonly path: PathModel;
  readonly #options: SendSideOptions;
  readonly #scheduler = new SendScheduler<RtwebsocketSendFlow>();
  readonly #deadlines: DeadlineTimer;
  readonly #flows = new Map<number, RtwebsocketSendFlow>();
  readonly #host: SendFlowHost;
  readonly #freeIds: number[] = [];
  #nextId = 0;
  #queuedOctets = 0;
  #queuedMessages = 0;
  #running = false;
  #transmitting = false;
  /** Since when there has been room and nothing to send; undefined while there is not. */
  #idleSince: number | undefined;

  constructor(options: SendSideOptions) {
    this.#options = options;
    const maxOutstanding = options.limits.maxOutstandingOctets;
    this.path = options.makePath?.({
      now: () => options.now(),
      ackWindow: INITIAL_ACK_WINDOW,
      promptEnds: options.promptEnds ?? false,
      maxOutstanding,
    }) ?? new PathEstimator(maxOutstanding);
    this.#idleSince = options.now();
    this.#deadlines = new DeadlineTimer({ now: options.now, schedule: options.schedule });
    this.#host = {
      now: options.now,
      admit: (octets) => this.#admit(octets),
      queued: (octets, messages) => {
        this.#queuedOctets += octets;
        this.#queuedMessages += messages;
      },
      control: options.control,
      data: options.data,
      ready: (flow) => this.#scheduler.add(flow),
      transmit: () => this.transmit(),
      reprioritised: (flow) => this.#scheduler.reprioritise(flow),
      watch: (message) => this.#deadlines.watch(message),
      forget: (message) => this.#deadlines.forget(message),
      shortened: options.roomChanged,
    };
  }

  /** Octets outstanding of flows that yield to others. */
  get yieldingBytes(): number {
    let octets = 0;
    for (const flow of this.#flows.values()) if (yields(flow)) octets += flow.outstandingBytes;
    return octets;
  }

  /** The flow of a number, if it is in use. */
  get(id: number): RtwebsocketSendFlow | undefined {
    return this.#flows.get(id);
  }

  /**
   * Opens a flow.
   *
   * @throws {MessageTooLargeError} if the metadata are over their limit.
   * @throws {TooManyFlowsError} if as many flows are open as the limits allow.
   */
  open(
    metadata: Uint8Array,
    { priority, delivery, returnFlow }: {
      priority: Priority | undefined;
      delivery: FlowDelivery | undefined;
      /** The peer's number of the flow that this one answers. */
      returnFlow: number | undefined;
    },
  ): RtwebsocketSendFlow {
    const { maxMetadataOctets, maxFlows } = this.#options.limits;
    if (metadata.length > maxMetadataOctets) {
      throw new MessageTooLargeError(metadata.length, maxMetadataOctets);
    }
    if (this.#flows.size >= maxFlows) {
      throw new TooManyFlowsError(`There are ${this.#flows.size} flows open: close one first`);
    }
    const id = this.#freeIds.shift() ?? this.#nextId++;
    const options = { id, metadata, priority, delivery };
    const flow = this.#options.makeSendFlow?.(this.#host, options) ??
      new RtwebsocketSendFlow(this.#host, options);
    this.#flows.set(id, flow);
    flow.openedAt = this.#options.now();
    this.#options.control({
      type: "open",
      flow: id,
      ...(returnFlow === undefined ? {} : { returnFlow }),
      metadata,
    });
    return flow;
  }

  /** The connection stands: data may be sent. */
  start(): void {
    this.#running = true;
    const now = this.#options.now();
    for (const flow of this.#flows.values()) flow.openedAt = now;
    this.transmit();
  }

  /** Ends every flow and timer. */
  end(): void {
    this.#running = false;
    this.#deadlines.stop();
    this.#scheduler.clear();
    for (const flow of this.#flows.values()) flow.end();
    this.#flows.clear();
  }

  /** @throws {ProtocolError} if it is for no flow, or for more than is outstanding. */
  takeAck(id: number, octets: number, buffer: number): void {
    const flow = this.#flow(id);
    const now = this.#options.now();
    flow.acknowledged(octets, buffer);
    this.path.acked(octets, now);
    if (flow.openedAt !== undefined) {
      // The first ack answers the open, at once.
      if (octets === 0) this.path.roundTrip(now - flow.openedAt, now);
      flow.openedAt = undefined;
    }
    this.transmit();
    this.#options.roomChanged();
  }

  /** @throws {ProtocolError} if the flow was not closed. */
  takeCloseAck(id: number): void {
    const flow = this.#flow(id);
    if (!flow.closeSent) throw new ProtocolError(`Flow ${id} was not closed, but is confirmed so`);
    // An ack of everything should have come first; what it left out is gone with the flow.
    if (flow.outstandingBytes > 0) this.takeAck(id, flow.outstandingBytes, 0);
    this.#flows.delete(id);
    if (this.#options.reuseFlowNumbers ?? true) this.#freeIds.push(id);
    flow.end();
  }

  /** @throws {ProtocolError} if it is for no flow. */
  takeException(id: number, code: number, reason: string): void {
    this.#flow(id).refused({ code, reason });
    this.#options.roomChanged();
  }

  /** Sends fragments while somebody has some and there is room for them. */
  transmit(): void {
    if (!this.#running || this.#transmitting) return;
    this.#transmitting = true;
    try {
      const now = this.#options.now();
      for (let flow = this.#scheduler.next(); flow !== undefined; flow = this.#scheduler.next()) {
        const chunk = this.#scheduler.alone(flow) ? this.path.fragmentOctets : FRAGMENT_OCTETS;
        const room = yields(flow) ? this.path.bulkRoom : this.path.room;
        const turn = flow.turn(room, chunk, now);
        if (turn === "no room") break;
        if (turn === "nothing") {
          this.#scheduler.remove(flow);
          continue;
        }
        const window = this.path.sent(turn, now);
        if (window !== undefined) this.#options.control({ type: "ackWindow", octets: window });
        this.#scheduler.turned(flow);
      }
      // Half the limit is what the strictest gate waits for: only a path that has stood open to
      // everyone is idle for want of data.
      const idle = this.#scheduler.empty && this.path.outstanding <= this.path.limit / 2;
      this.#idleSince = idle ? this.#idleSince ?? now : undefined;
    } finally {
      this.#transmitting = false;
    }
  }

  #flow(id: number): RtwebsocketSendFlow {
    const flow = this.#flows.get(id);
    if (flow === undefined) throw new ProtocolError(`There is no flow ${id} to answer for`);
    return flow;
  }

  #admit(octets: number): void {
    const { maxMessageOctets, maxQueuedOctets, maxQueuedMessages } = this.#options.limits;
    if (octets > maxMessageOctets) throw new MessageTooLargeError(octets, maxMessageOctets);
    if (
      this.#queuedOctets + octets > maxQueuedOctets || this.#queuedMessages >= maxQueuedMessages
    ) {
      throw new QueueFullError(this.#queuedOctets, maxQueuedOctets);
    }
    const now = this.#options.now();
    if (this.#idleSince !== undefined && now - this.#idleSince > APPLICATION_PAUSE_MS) {
      this.path.applicationLimited();
    }
  }
}

/** Whether a flow takes only what the others leave. */
function yields({ priority }: RtwebsocketSendFlow): boolean {
  return priority <= Priority.Data;
}
