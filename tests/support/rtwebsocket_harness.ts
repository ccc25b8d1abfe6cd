/**
 * One endpoint on a virtual clock, with the test in the place of its peer.
 *
 * @module
 */

import type { ReceiveFlow, TransportClose } from "../../src/protocol/flow.ts";
import type { EndpointLimits } from "../../src/protocol/limits.ts";
import { RtwebsocketEndpoint } from "../../src/protocol/rtwebsocket_endpoint.ts";
import {
  type ControlMessage,
  decodeMessage,
  encodeControl,
  encodeData,
  type RtwebsocketMessage,
} from "../../src/protocol/rtwebsocket_message.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

export class Harness {
  readonly clock = new VirtualClock();
  readonly endpoint: RtwebsocketEndpoint;
  /** The flows that the endpoint took from the peer, and their messages. */
  readonly flows: ReceiveFlow[] = [];
  readonly received: Uint8Array[] = [];
  closedWith: { code: number; reason: string } | undefined;
  ended: TransportClose | undefined;
  #sent: Uint8Array[] = [];

  constructor(options: { limits?: Partial<EndpointLimits>; connecting?: boolean } = {}) {
    this.endpoint = new RtwebsocketEndpoint({
      now: () => this.clock.now(),
      schedule: (ms, callback) => this.clock.schedule(ms, callback),
      send: (octets) => this.#sent.push(octets),
      close: (code, reason) => {
        this.closedWith = { code, reason };
        this.endpoint.ended({ clean: true, code, reason });
      },
      ...options,
    });
    this.endpoint.onflow = (flow) => {
      this.flows.push(flow);
      flow.onmessage = (message) => this.received.push(message);
    };
    this.endpoint.closed.then((close) => this.ended = close);
  }

  /** What was sent since the last call, as octets. */
  takeOctets(): number[][] {
    const sent = this.#sent.map((octets) => [...octets]);
    this.#sent = [];
    return sent;
  }

  /** What was sent since the last call. */
  take(): RtwebsocketMessage[] {
    const sent = this.#sent.map(decodeMessage);
    this.#sent = [];
    return sent;
  }

  /** What was sent since the last call, of one type. */
  takeOnly<T extends RtwebsocketMessage["type"]>(type: T): (RtwebsocketMessage & { type: T })[] {
    return this.take().filter((message): message is RtwebsocketMessage & { type: T } =>
      message.type === type
    );
  }

  /** The peer sends octets. */
  feedOctets(...octets: number[]): void {
    this.endpoint.receive(new Uint8Array(octets));
  }

  /** The peer sends a message. */
  feed(message: ControlMessage): void {
    this.endpoint.receive(encodeControl(message));
  }

  /** The peer sends one fragment of so many octets. */
  feedData(flow: number, length: number, last = true): void {
    const whole = new Uint8Array(length + (last ? 0 : 1)).fill(7);
    this.endpoint.receive(encodeData(flow, whole, 0, length));
  }

  /** The peer opens a flow. */
  feedOpen(flow: number): void {
    this.feed({ type: "open", flow, metadata: new Uint8Array([flow]) });
  }

  /** The peer acknowledges. */
  feedAck(flow: number, octets: number, buffer = 1024 * 1024): void {
    this.feed({ type: "ack", flow, octets, buffer });
  }
}
