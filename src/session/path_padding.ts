/**
 * Sends padding on a path that is idle, when the rate control wants to know what it can do: its frames have
 * shown that long ago, or on a bad day.
 *
 * @module
 */

import type { Schedule } from "../protocol/deadline_timer.ts";
import { TransportClosedError } from "../protocol/errors.ts";
import { Priority, type SendFlow, type Transport } from "../protocol/flow.ts";
import { encodeMetadata, PADDING_VERSION } from "../protocol/metadata.ts";
import { RatePath } from "../rate/mod.ts";

/** The receiver drops it, so one message is like the other. */
const MESSAGE_OCTETS = 16 * 1024;

export class PathPadding implements Disposable {
  readonly #transport: Transport;
  readonly #schedule: Schedule;
  readonly #rate: RatePath | undefined;
  #flow: SendFlow | undefined;
  #cancel: (() => void) | undefined;

  constructor(transport: Transport, schedule: Schedule) {
    this.#transport = transport;
    this.#schedule = schedule;
    this.#rate = transport.path instanceof RatePath ? transport.path : undefined;
  }

  /** Looks when padding is due; to be called when acks have come. */
  consider(): void {
    if (this.#cancel !== undefined || this.#rate === undefined) return;
    const { paddingIn } = this.#rate;
    if (paddingIn === Infinity) return;
    this.#cancel = this.#schedule(paddingIn, () => {
      this.#cancel = undefined;
      // It is later if frames were sent meanwhile.
      if (this.#rate?.paddingIn !== 0) return this.consider();
      try {
        this.#send(this.#rate.padding());
      } catch (error) {
        if (!(error instanceof TransportClosedError)) throw error;
      }
    });
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#flow?.close();
    this.#flow = undefined;
  }

  /** @throws {TransportClosedError} if the transport is ending. */
  #open(): SendFlow {
    return this.#transport.openFlow(
      encodeMetadata({ kind: "padding", version: PADDING_VERSION }),
      { priority: Priority.Background },
    );
  }

  #send(octets: number): void {
    const flow = this.#flow ??= this.#open();
    for (let left = octets; left > 0 && flow.state === "open"; left -= MESSAGE_OCTETS) {
      flow.write(new Uint8Array(Math.min(left, MESSAGE_OCTETS)));
    }
  }
}
