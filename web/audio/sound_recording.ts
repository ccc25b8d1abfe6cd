/**
 * Records what the page plays, for tests: `?debug`.
 *
 * @module
 */

import { hasAudioThread } from "./speaker.ts";
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
  const quanta: Quantum[] = [];
  let origin = Infinity;
  const done = Promise.withResolvers<void>();
  const close = tap(source, (quantum) => {
    quanta.push(quantum);
    // Messages are late, never early.
    origin = Math.min(origin, wallClock() - quantum.frame / context.sampleRate * 1000);
    if ((quantum.frame - quanta[0]!.frame) / context.sampleRate * 1000 >= ms) done.resolve();
  });
  const patience = setTimeout(
    () => done.reject(new Error(`The audio context is ${context.state} and plays nothing`)),
    3 * ms + PATIENCE,
  );
  try {
    await done.promise;
  } finally {
    clearTimeout(patience);
    close();
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

/** One render quantum of the left channel. */
interface Quantum {
  /** Its first frame, of the context's. */
  readonly frame: number;
  /** Undefined for silence. */
  readonly samples: Float32Array | undefined;
}

/** Listens to a node. @returns What ends it. */
function tap(source: AudioNode, heard: (quantum: Quantum) => void): () => void {
  const { context } = source;
  if (!hasAudioThread(context)) return tapOnPage(source, heard);
  const node = new AudioWorkletNode(context, "skerry-tap", { numberOfOutputs: 0 });
  node.port.onmessage = ({ data }: MessageEvent<Quantum>) => heard(data);
  source.connect(node);
  return () => {
    source.disconnect(node);
    // Its processor may go.
    node.port.postMessage("stop");
    node.port.onmessage = null;
  };
}

/** Frames that the page's thread is handed at a time: 43 ms. */
const BATCH = 2048;

/** The same on pages that are no secure context; what a busy thread was not handed counts as missing. */
function tapOnPage(source: AudioNode, heard: (quantum: Quantum) => void): () => void {
  const { context } = source;
  const node = context.createScriptProcessor(BATCH, 1, 1);
  node.onaudioprocess = ({ inputBuffer, playbackTime }) => {
    const samples = inputBuffer.getChannelData(0);
    const first = Math.round(playbackTime * context.sampleRate / QUANTUM) * QUANTUM;
    for (let at = 0; at < samples.length; at += QUANTUM) {
      heard({ frame: first + at, samples: samples.slice(at, at + QUANTUM) });
    }
  };
  source.connect(node);
  node.connect(context.destination);
  return () => {
    node.onaudioprocess = null;
    source.disconnect(node);
    node.disconnect();
  };
}
