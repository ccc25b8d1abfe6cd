/**
 * The sending end of a flow on the reliable stream of a WebTransport session.
 *
 * @module
 */

import { type Delivery, Priority, type WriteOptions } from "./flow.ts";
import { LatestSender, type LatestSenderOptions } from "./latest_sender.ts";
import type { OutgoingMessage } from "./outgoing_message.ts";
import { RtwebsocketSendFlow, type SendFlowHost, type SendFlowOptions } from "./send_flow.ts";
import type { CopyFrame } from "./webtransport_message.ts";

export interface OrderedSendFlowOptions extends LatestSenderOptions {
  /** The largest message that fits a datagram, in octets; may change. */
  readonly maxDatagramOctets: () => number;
  /** Sends a copy of a message as a datagram if the path is worth it. */
  readonly copy: (message: Omit<CopyFrame, "type" | "flow">) => void;
}

export class OrderedSendFlow extends RtwebsocketSendFlow {
  readonly #latest: LatestSender;
  readonly #own: OrderedSendFlowOptions;
  /** How many messages have gone out on the reliable stream. */
  #sentMessages = 0;

  constructor(host: SendFlowHost, options: SendFlowOptions, own: OrderedSendFlowOptions) {
    super(host, options);
    this.#latest = new LatestSender(own);
    this.#own = own;
  }

  /** Accounts for a message of which all was sent, the last octets of it just now. */
  messageSent({ octets, offset }: OutgoingMessage): void {
    const before = this.#sentMessages++;
    const urgent = this.priority > Priority.Data && this.openedAt === undefined;
    const whole = offset === 0 && octets.length <= this.#own.maxDatagramOctets();
    if (urgent && whole) this.#own.copy({ before, index: this.#latest.index, octets });
  }

  /** The receiver has had the replaceable message of this index. */
  latestAcknowledged(index: number): void {
    this.#latest.acknowledged(index);
  }

  override write(octets: Uint8Array, options: WriteOptions = {}): Delivery {
    // The receiver must know the flow, and what was written before must have gone out.
    const ahead = options.replaceable === true && this.state === "open" && this.idle &&
      this.openedAt === undefined && options.dependsOn === undefined &&
      octets.length <= this.#own.maxDatagramOctets();
    if (ahead) return this.#latest.write(octets, this.#sentMessages);
    if (this.state === "open") this.#latest.flush();
    return super.write(octets, options);
  }

  override close(): void {
    if (this.state === "open") this.#latest.flush();
    super.close();
  }

  override end(): void {
    this.#latest.stop();
    super.end();
  }

  override refused(...exception: Parameters<RtwebsocketSendFlow["refused"]>): void {
    this.#latest.stop();
    super.refused(...exception);
  }
}
