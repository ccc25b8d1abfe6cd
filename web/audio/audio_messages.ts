/**
 * What the worker, the page and the audio thread say to each other about sound.
 *
 * @module
 */

import type { PlayoutReport, SampleBlock } from "./playout.ts";

/** From the worker to the audio thread. */
export type ToPlayout =
  | ({ readonly type: "samples" } & SampleBlock)
  /** Wait longer than the network asks for, so that the picture is not behind; frames at 48 kHz. */
  | { readonly type: "extra-delay"; readonly frames: number };

/** From the audio thread to the worker. */
export type FromPlayout = { readonly type: "report"; readonly report: PlayoutReport };

/** From the page to the audio thread, once: where the samples come from. */
export interface PlayoutStart {
  readonly port: MessagePort;
}

/** How the audio thread's clock and the page's lie to each other. */
export interface OutputClock {
  /** A time of the audio context, in seconds. */
  readonly contextTime: number;
  /** When what is rendered for that time is heard, in ms since 1970. */
  readonly heardAt: number;
  /** Frames a second of the audio context. */
  readonly rate: number;
}

/** What the server says about the desktop's sound. */
export interface ServerSound {
  readonly state: "ready" | "off" | "not-installed" | "lost";
  readonly detail: string;
}
