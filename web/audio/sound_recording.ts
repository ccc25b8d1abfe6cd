/**
 * Records what the page plays, for tests: `?debug`.
 *
 * @module
 */

import { wallClock } from "../wall_clock.ts";

/** What was heard, on the left. */
export interface SoundRecording {
  readonly samples: Float32Array;
  /** Frames a second. */
  readonly rate: number;
  /** When the first sample was rendered, in ms since 1970, by the quickest of the audio thread's messages. */
  readonly renderedAt: number;
  /** Quanta that the tap was not given: 0 unless the browser is at fault. */
  readonly missing: number;
}

const QUANTUM = 128;
/** How long to wait for an audio thread that is held up, in ms. */
const PATIENCE = 10_000;

/**
 * @param source What is played; undefined while sound is off.
 * @param ms How long.
 * @throws {Error} if sound is off, or nothing is played.
 */
export async function recordSound(
  source: AudioNode | undefined,
  ms: number,
): Promise<SoundRecording> {
  if (source === undefined) throw new Error("Sound is off: turn it on first");
  const { context } = source;
  const tap = new AudioWorkletNode(context, "skerry-tap", { numberOfOutputs: 0 });
  const quanta: { frame: number; samples: Float32Array | undefined }[] = [];
  let origin = Infinity;
  const done = Promise.withResolvers<void>();
  tap.port.onmessage = ({ data }) => {
    const now = wallClock();
    quanta.push(data);
    // Messages are late, never early.
    origin = Math.min(origin, now - data.frame / context.sampleRate * 1000);
    if ((data.frame - quanta[0]!.frame) / context.sampleRate * 1000 >= ms) done.resolve();
  };
  source.connect(tap);
  const patience = setTimeout(
    () => done.reject(new Error(`The audio context is ${context.state} and plays nothing`)),
    3 * ms + PATIENCE,
  );
  try {
    await done.promise;
  } finally {
    clearTimeout(patience);
    source.disconnect(tap);
    // Its processor may go.
    tap.port.postMessage("stop");
    tap.port.onmessage = null;
  }
  const first = quanta[0]!.frame;
  const length = quanta.at(-1)!.frame - first + QUANTUM;
  const samples = new Float32Array(length);
  for (const { frame, samples: part } of quanta) if (part) samples.set(part, frame - first);
  return {
    samples,
    rate: context.sampleRate,
    renderedAt: origin + first / context.sampleRate * 1000,
    missing: length / QUANTUM - quanta.length,
  };
}
