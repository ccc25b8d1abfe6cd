/**
 * The sending end of a flow whose messages are datagrams: never sent again, and nothing waits for them.
 *
 * @module
 */

import type { Delivery, WriteOptions } from "./flow.ts";
import { RtwebsocketSendFlow, type SendFlowHost, type SendFlowOptions } from "./send_flow.ts";

export interface LosableSendFlowOptions {
  /** The largest message that fits a datagram, in octets; may change. */
  readonly maxDatagramOctets: () => number;
  /** Sends one, or loses it. */
  readonly datagram: (octets: Uint8Array) => void;
}

/** Nobody will know whether it arrives; as far as the sender goes, it is done. */
const SENT: Delivery = {
  outcome: Promise.resolve("delivered"),
  started: true,
  finished: true,
  revise() {},
  abandon() {},
};

export class LosableSendFlow extends RtwebsocketSendFlow {
  readonly #own: LosableSendFlowOptions;

  constructor(host: SendFlowHost, options: SendFlowOptions, own: LosableSendFlowOptions) {
    super(host, options);
    this.#own = own;
  }

  override write(octets: Uint8Array, options: WriteOptions = {}): Delivery {
    // The receiver must know the flow; and what is too large goes on the reliable stream.
    const alone = this.state === "open" && this.openedAt === undefined &&
      octets.length <= this.#own.maxDatagramOctets();
    if (!alone) return super.write(octets, options);
    this.#own.datagram(octets);
    return SENT;
  }
}
