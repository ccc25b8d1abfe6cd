/**
 * One end of an RTWebSocket connection, without the connection: see {@link FlowEndpoint}.
 *
 * @module
 */

import { FlowEndpoint, type FlowEndpointOptions } from "./flow_endpoint.ts";
import type { TransportKind } from "./flow.ts";
import type { OutgoingMessage } from "./outgoing_message.ts";
import {
  type ControlMessage,
  decodeMessage,
  encodeControl,
  encodeData,
} from "./rtwebsocket_message.ts";
import type { RtwebsocketSendFlow } from "./send_flow.ts";

export interface RtwebsocketEndpointOptions extends FlowEndpointOptions {
  /** Sends one binary message; the octets are not used again. */
  send(octets: Uint8Array<ArrayBuffer>): void;
  /** Default: websocket. */
  kind?: TransportKind;
}

export class RtwebsocketEndpoint extends FlowEndpoint {
  readonly #transmit: (octets: Uint8Array<ArrayBuffer>) => void;

  constructor(options: RtwebsocketEndpointOptions) {
    super(options, { kind: options.kind ?? "websocket" });
    this.#transmit = (octets) => options.send(octets);
  }

  /**
   * Takes one binary message of the peer's. Never throws: what is wrong with it closes the transport.
   *
   * @param octets They belong to the endpoint from now on.
   */
  receive(octets: Uint8Array): void {
    if (!this.open) return;
    this.countReceived(octets.length);
    this.guard(() => {
      const message = decodeMessage(octets);
      const { bytesSent } = this;
      this.take(message, octets.length);
      if (message.type === "ack" && bytesSent === this.bytesSent) this.#release();
    });
  }

  /**
   * Where acks are held back: sends something that TCP's own ack goes along with, which is what they wait
   * for. A ping's reply that nobody waits for is ignored.
   */
  #release(): void {
    const { acksHeld, outstanding } = this.sender.path;
    if (this.open && acksHeld && outstanding > 0) {
      this.sendControl({ type: "ping", octets: new Uint8Array() });
    }
  }

  protected override sendControl(message: ControlMessage): void {
    this.#send(encodeControl(message));
  }

  protected override sendData(
    flow: RtwebsocketSendFlow,
    message: OutgoingMessage,
    end: number,
  ): number {
    const octets = encodeData(flow.id, message.octets, message.offset, end);
    this.#send(octets);
    return octets.length;
  }

  #send(octets: Uint8Array<ArrayBuffer>): void {
    this.countSent(octets.length);
    this.#transmit(octets);
  }
}
