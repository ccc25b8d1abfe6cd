/**
 * Where the milliseconds of a frame went, and of the key press that it answers.
 *
 * @module
 */

import type { VideoHeader } from "../../src/protocol/video_message.ts";
import type { ServerClock } from "./server_clock.ts";

/** When a frame passed the steps on this side, in ms of the viewer's clock. */
export interface FrameTimes {
  /** The last octet of its message was here. */
  readonly arrived: number;
  /** The decoder gave it out. */
  readonly decoded: number;
  /** It was drawn, or the browser took the drawing over, whichever is known. */
  readonly presented: number;
}

/** Milliseconds; what is not known is undefined. */
export interface LatencySplit {
  /** From the first change on the screen to the start of the grab: waiting for room, mostly. */
  readonly wait: number;
  readonly grab: number;
  readonly convert: number;
  readonly encode: number;
  /** From the encoder's output to the last octet's arrival: queues, the network, both kernels. */
  readonly network: number | undefined;
  /** From arrival to the decoder's output. */
  readonly decode: number;
  readonly present: number;
}

/** Milliseconds from an event of the keyboard or mouse to the picture that answers it. */
export interface InputLatency {
  /** From the browser's event to its injection on the server. */
  readonly uplink: number | undefined;
  /** From the injection to the start of the grab: the program and the X server. */
  readonly answer: number;
  /** From the browser's event to the presented picture, all of it. */
  readonly total: number;
}

/** @param header The frame's, with the server's own times. */
export function latencySplit(
  header: VideoHeader,
  times: FrameTimes,
  clock: ServerClock,
): LatencySplit {
  const sent = clock.toViewer(
    header.captureTime + header.grab + header.convert + header.encode,
  );
  return {
    wait: header.damageToGrab / 1000,
    grab: header.grab / 1000,
    convert: header.convert / 1000,
    encode: header.encode / 1000,
    // The clock is off by up to half a round trip; no network is faster than none.
    network: sent === undefined ? undefined : Math.max(0, times.arrived - sent),
    decode: times.decoded - times.arrived,
    present: times.presented - times.decoded,
  };
}

/**
 * @param inputAt When the event that `header.lastInput` names happened, in ms of the viewer's clock.
 */
export function inputLatency(
  header: VideoHeader,
  times: FrameTimes,
  inputAt: number,
  clock: ServerClock,
): InputLatency {
  const injected = clock.toViewer(header.captureTime - header.inputToGrab);
  return {
    uplink: injected === undefined ? undefined : Math.max(0, injected - inputAt),
    answer: header.inputToGrab / 1000,
    total: times.presented - inputAt,
  };
}

/** @returns The middle value, the upper one of an even number; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
