/**
 * Sends the viewer's input, at once unless the flow is busy; then motion is held back, and of it
 * only the last position and the sum of steps and distances. Keys and buttons always go out in order.
 *
 * @module
 */

import { encodeInputMessage } from "../../src/protocol/input_message.ts";
import type { ReplaySender } from "../../src/protocol/replay.ts";
import type { PageInput } from "../messages.ts";

/**
 * Octets queued or unacknowledged from which the flow counts as busy. Acks come after up to 250 ms,
 * in which a mouse that reports 125 times a second makes 400 octets, one of 1000 Hz 3,300.
 */
export const BUSY_OCTETS = 4096;
/** Events that a picture may still answer. */
const MOST_ANSWERABLE = 64;
const MOST_STEPS = 32_767;

type Motion = Extract<PageInput, { type: "pointer" | "wheel" | "motion" }>;
/** What takes the events to the server, and counts them. */
export type InputOutlet = Pick<
  ReplaySender,
  "send" | "last" | "queuedBytes" | "outstandingBytes"
>;

export class InputSender {
  readonly #outlet: InputOutlet;
  #held: Motion | undefined;
  #answerable: { sequence: number; at: number }[] = [];

  constructor(outlet: InputOutlet) {
    this.#outlet = outlet;
  }

  /** The sequence number of the last event sent; 0 before the first. */
  get sequence(): number {
    return this.#outlet.last;
  }

  /** @throws {QueueFullError} if too much waits for a server that is away. */
  send(input: PageInput): void {
    if (input.type === "pointer" || input.type === "wheel" || input.type === "motion") {
      return this.#move(input);
    }
    // A button says where it is pressed: the motion on the way there is in it.
    if (input.type === "button" && this.#held?.type === "pointer") this.#held = undefined;
    this.#release();
    this.#write(input);
  }

  /** The flow may have room again. */
  room(): void {
    if (!this.#busy) this.#release();
  }

  /**
   * @param lastInput The last event that a picture knows of.
   * @returns When the latest press, click or wheel turn up to there was made, if no picture has
   * answered it yet; ms since 1970.
   */
  answered(lastInput: number): number | undefined {
    let at: number | undefined;
    while (this.#answerable[0] !== undefined && this.#answerable[0].sequence <= lastInput) {
      at = this.#answerable.shift()?.at;
    }
    return at;
  }

  get #busy(): boolean {
    return this.#outlet.queuedBytes + this.#outlet.outstandingBytes > BUSY_OCTETS;
  }

  #move(input: Motion): void {
    const held = this.#held;
    if (held !== undefined && held.type !== input.type) this.#release();
    this.#held = held?.type === input.type && adds(held) && adds(input)
      ? { ...input, dx: sum(held.dx, input.dx), dy: sum(held.dy, input.dy), at: held.at }
      : input;
    this.room();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#write(held);
  }

  #write({ at, ...input }: PageInput): void {
    const sequence = this.#outlet.send(
      (sequence) => encodeInputMessage({ ...input, sequence }),
      { replaceable: input.type === "pointer" },
    );
    // Moves and releases of keys seldom change the picture: the next one would answer them by chance.
    if (input.type === "button" || input.type === "wheel" || (input.type === "key" && input.down)) {
      this.#answerable.push({ sequence, at });
      if (this.#answerable.length > MOST_ANSWERABLE) this.#answerable.shift();
    }
  }
}

/** Whether one such event and another make a third. */
function adds(input: Motion): input is Exclude<Motion, { type: "pointer" }> {
  return input.type !== "pointer";
}

function sum(a: number, b: number): number {
  return Math.min(Math.max(a + b, -MOST_STEPS), MOST_STEPS);
}
