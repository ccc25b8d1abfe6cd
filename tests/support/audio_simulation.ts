/**
 * A stream of sound and an audio thread on virtual clocks: a tone that is sent in packets over a
 * network that delays and loses them, and is played by the client's {@link Playout}.
 *
 * @module
 */
import { Playout, type PlayoutReport, STREAM_RATE } from "../../web/audio/playout.ts";

export interface SimulationOptions {
  readonly seconds: number;
  /** By how much the server's clock is faster than the sound card's, in parts per million. */
  readonly drift?: number;
  /** How long packet n is under way, in seconds; undefined if it is lost. Default: 5 ms. */
  readonly delay?: (packet: number) => number | undefined;
  /** Whether packet n is silence, which is not sent. */
  readonly silent?: (packet: number) => boolean;
  /** Frames of a packet. */
  readonly frames?: number;
  /** Of the sound card, in frames a second. */
  readonly outputRate?: number;
  /** Quanta that the sound card takes at a time. */
  readonly batch?: number;
  /** In Hz. */
  readonly frequency?: number;
  /** Called with each quantum that was played. */
  readonly played?: (samples: Float32Array, time: number, playout: Playout) => void;
}

const QUANTUM = 128;

/** Runs it and gives the last report. */
export function simulatePlayout(options: SimulationOptions): PlayoutReport {
  const {
    seconds,
    drift = 0,
    delay = () => 0.005,
    silent = () => false,
    frames = 480,
    outputRate = STREAM_RATE,
    batch = 1,
    frequency = 440,
    played,
  } = options;
  const playout = new Playout(outputRate, 1);
  const output = [new Float32Array(QUANTUM)];
  /** In the order of arrival; by the sound card's clock, in seconds. */
  let underWay: { at: number; position: number; silenceFollows: boolean }[] = [];
  const block = [new Float32Array(frames)];
  const packetSeconds = frames / STREAM_RATE / (1 + drift * 1e-6);
  let packet = 0;
  let ordered = 0;
  const send = (until: number) => {
    for (; (packet + 1) * packetSeconds <= until; packet++) {
      if (silent(packet)) continue;
      const late = delay(packet);
      if (late === undefined) continue;
      // A flow hands its messages out in order.
      ordered = Math.max(ordered, (packet + 1) * packetSeconds + late);
      underWay.push({
        at: ordered,
        position: packet * frames,
        silenceFollows: silent(packet + 1),
      });
    }
  };
  const total = Math.floor(seconds * outputRate / QUANTUM);
  for (let quantum = 0; quantum < total; quantum++) {
    const time = quantum * QUANTUM;
    if (quantum % batch === 0) {
      const now = time / outputRate;
      send(now);
      let taken = 0;
      for (const { at, position, silenceFollows } of underWay) {
        if (at > now) break;
        taken++;
        for (let i = 0; i < frames; i++) {
          block[0]![i] = Math.sin(2 * Math.PI * frequency * (position + i) / STREAM_RATE);
        }
        playout.push({ position, channels: block, silenceFollows });
      }
      if (taken > 0) underWay = underWay.slice(taken);
    }
    playout.render(output, time);
    played?.(output[0]!, time, playout);
  }
  return playout.report();
}

/** Looks for clicks: the largest step of the slope, which a sine of this frequency keeps small. */
export class ClickMeter {
  #last = 0;
  #slope = 0;
  largest = 0;

  add(samples: Float32Array): void {
    for (const sample of samples) {
      const slope = sample - this.#last;
      this.largest = Math.max(this.largest, Math.abs(slope - this.#slope));
      this.#slope = slope;
      this.#last = sample;
    }
  }
}

/** Numbers that look random and are the same each time (mulberry32). */
export function pseudoRandom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
