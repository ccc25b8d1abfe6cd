/**
 * Sound as the page has it: what the user wants, what the server offers, and what the browser allows.
 *
 * @module
 */

import type { ToWorker } from "../messages.ts";
import type { ServerSound } from "./audio_messages.ts";
import { SoundOutput, type SoundState } from "./sound_output.ts";
import { rememberSound, soundWanted } from "./sound_preference.ts";

export interface PageSoundOptions {
  post(message: ToWorker, transfer?: Transferable[]): void;
  changed(state: SoundState, reason: string): void;
}

export class PageSound {
  readonly output: SoundOutput;
  #offered = false;

  constructor({ post, changed }: PageSoundOptions) {
    this.output = new SoundOutput({
      script: new URL("worklet.js", document.baseURI),
      connect: (port) => post({ type: "audio", port }, port === undefined ? [] : [port]),
      clock: (clock) => post({ type: "audio-clock", clock }),
      changed,
    });
  }

  static get supported(): boolean {
    return SoundOutput.supported;
  }

  /** The server has said whether there is sound. What was turned on here before is again. */
  offered({ state }: ServerSound): void {
    if (state === "off" || state === "not-installed" || this.#offered) return;
    this.#offered = true;
    if (soundWanted() && PageSound.supported) this.output.turnOn();
  }

  /** The user has pressed the button. */
  turn(on: boolean): void {
    rememberSound(on);
    if (on) this.output.turnOn();
    else this.output.turnOff();
  }
}
