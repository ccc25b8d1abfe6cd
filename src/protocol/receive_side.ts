/**
 * The receiving half of an endpoint: the peer's flows, and the acks for them.
 *
 * @module
 */

import { AckScheduler } from "./ack_scheduler.ts";
import type { Schedule } from "./deadline_timer.ts";
import { LimitExceededError, ProtocolError } from "./errors.ts";
import type { EndpointLimits } from "./limits.ts";
import { FlowRefusal } from "./metadata.ts";
import { type ReceiveFlowHost, RtwebsocketReceiveFlow } from "./receive_flow.ts";
import type { ControlMessage } from "./rtwebsocket_message.ts";
import type { RtwebsocketSendFlow } from "./send_flow.ts";

export interface ReceiveSideOptions {
  readonly schedule: Schedule;
  readonly limits: EndpointLimits;
  /** Sends a control message, now. */
  control(message: ControlMessage): void;
  /** Hands a new flow to the application. */
  accept(flow: RtwebsocketReceiveFlow): void;
}

export class ReceiveSide {
  readonly #options: ReceiveSideOptions;
  readonly #acks: AckScheduler<RtwebsocketReceiveFlow>;
  readonly #flows = new Map<number, RtwebsocketReceiveFlow>();
  readonly #host: ReceiveFlowHost;

  constructor(options: ReceiveSideOptions) {
    this.#options = options;
    this.#acks = new AckScheduler({
      schedule: options.schedule,
      send: (flow) => this.#sendAck(flow),
    });
    this.#host = {
      limits: options.limits,
      assembly: 0,
      refuse: ({ id }, code, reason) =>
        options.control({ type: "exception", flow: id, code, reason }),
    };
  }

  /** Whether a flow is one of these and open. */
  has(flow: RtwebsocketReceiveFlow): boolean {
    return flow.open && this.#flows.get(flow.id) === flow;
  }

  /** The flow of a number, if the peer has not closed it. */
  get(id: number): RtwebsocketReceiveFlow | undefined {
    return this.#flows.get(id);
  }

  /**
   * The peer opens a flow.
   *
   * @param returnFlow The number, if any, and the flow itself, if it exists, that it answers.
   * @throws {ProtocolError} if the number is in use.
   * @throws {LimitExceededError} if the metadata or the flows are too many.
   */
  takeOpen(
    id: number,
    metadata: Uint8Array,
    returnFlow: { id: number | undefined; flow: RtwebsocketSendFlow | undefined },
  ): void {
    const { maxFlows, maxMetadataOctets } = this.#options.limits;
    if (this.#flows.has(id)) throw new ProtocolError(`Flow ${id} is open already`);
    if (metadata.length > maxMetadataOctets) {
      throw new LimitExceededError(
        `Metadata of ${metadata.length} octets are over the limit of ${maxMetadataOctets}`,
      );
    }
    // A refused flow keeps its number until the peer closes it: one that never does is cut off.
    if (this.#flows.size >= 2 * maxFlows) {
      throw new LimitExceededError(`More than ${2 * maxFlows} flows are open`);
    }
    const flow = new RtwebsocketReceiveFlow(this.#host, {
      id,
      metadata: metadata.slice(),
      returnFor: returnFlow.flow,
    });
    const tooMany = this.#flows.size >= maxFlows;
    this.#flows.set(id, flow);
    // Before the application is asked, which may take its time: the ack is timed.
    this.#acks.acknowledge(flow);
    if (tooMany) {
      flow.reject(FlowRefusal.TooManyFlows, `There are ${maxFlows} flows already`);
    } else if (returnFlow.id !== undefined && returnFlow.flow?.state !== "open") {
      flow.reject(FlowRefusal.NotAccepted, "The flow that it answers is not open");
    } else {
      this.#options.accept(flow);
      if (flow.onmessage === undefined) {
        flow.reject(FlowRefusal.NotAccepted, "Nobody took the flow");
      }
    }
  }

  /**
   * The peer sends data.
   *
   * @param octets The size of the data message, with its header.
   * @throws {ProtocolError} if the flow is not open.
   * @throws {LimitExceededError} if the message becomes too large.
   */
  takeData(id: number, fragment: Uint8Array, last: boolean, octets: number): void {
    const flow = this.#flow(id);
    this.account(flow, octets);
    flow.received(fragment, last);
  }

  /** Octets of a flow have come, which are to be acknowledged in time. */
  account(flow: RtwebsocketReceiveFlow, octets: number): void {
    this.#acks.received(flow, octets);
  }

  /** Acknowledges a flow at once. */
  acknowledge(flow: RtwebsocketReceiveFlow): void {
    this.#acks.acknowledge(flow);
  }

  /** @throws {ProtocolError} if the flow is not open. */
  takeAbandon(id: number): void {
    this.#flow(id).abandon();
  }

  /** @throws {ProtocolError} if the flow is not open. */
  takeClose(id: number): void {
    const flow = this.#flow(id);
    if (flow.unacked > 0) this.#acks.acknowledge(flow);
    this.#flows.delete(id);
    this.#options.control({ type: "closeAck", flow: id });
    flow.close();
  }

  /** The peer wants an ack after each so many octets. */
  setAckWindow(octets: number): void {
    this.#acks.setWindow(octets);
  }

  /**
   * Ends every flow and timer.
   *
   * @throws {AggregateError} what the flows' `onclose` have thrown.
   */
  end(): void {
    this.#acks.stop();
    const flows = [...this.#flows.values()];
    this.#flows.clear();
    const errors: unknown[] = [];
    for (const flow of flows) {
      try {
        flow.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, "An onclose handler failed");
  }

  #flow(id: number): RtwebsocketReceiveFlow {
    const flow = this.#flows.get(id);
    if (flow === undefined) throw new ProtocolError(`Flow ${id} is not open`);
    return flow;
  }

  #sendAck(flow: RtwebsocketReceiveFlow): void {
    const { id, unacked, buffer } = flow;
    flow.unacked = 0;
    flow.advertised = buffer;
    this.#options.control({ type: "ack", flow: id, octets: unacked, buffer });
  }
}
