/**
 * Plays a stream of samples that come in packets, late and unevenly, without gaps where that can be
 * had and without clicks where it cannot.
 *
 * Positions count frames of the stream at 48 kHz, by the server's clock; times count frames of the
 * output, by the sound card's. The delay between the two is what is controlled: it is as long as the
 * jitter measured needs ({@link DelayTarget}), held by playing a hair faster or slower
 * ({@link DriftController}). All of it runs on the audio thread, and makes no garbage there.
 *
 * @module
 */

import { DelayTarget } from "./delay_target.ts";
import { DriftController } from "./drift_controller.ts";
import { JitterEstimator } from "./jitter_estimator.ts";
import { HALF_WIDTH, interpolate } from "./resampler.ts";
import { SampleRing } from "./sample_ring.ts";
import { TailFade } from "./tail_fade.ts";

/** Of the stream, in frames a second. */
export const STREAM_RATE = 48_000;
/** Frames of the output that are rendered at a time (Web Audio §1.1, "render quantum"). */
const QUANTUM = 128;
/** In which sound comes in after a gap; in frames, 5 ms. */
const FADE_IN = 240;
/** Delay that is too long by so much is jumped over, not played away; in frames, 100 ms. */
const EXCESS = 4800;
/**
 * A start says little: decoder and threads are cold. After so many packets all is measured anew, and
 * delay that is too long by so much is jumped over; 40 packets, 15 ms.
 */
const COLD_PACKETS = 40;
const COLD_EXCESS = 720;
/** Lost or silent frames after which to start anew; 500 ms. */
const LONG_GAP = 24_000;

/** Samples that follow each other. */
export interface SampleBlock {
  /** Of the first frame. */
  readonly position: number;
  /** One array a channel. */
  readonly channels: readonly Float32Array[];
  /** Nothing comes after this until there is something to hear. */
  readonly silenceFollows: boolean;
}

/** What has happened since the start; lengths in ms. */
export interface PlayoutReport {
  readonly playing: boolean;
  /** Frames of the stream per second of output, over the nominal, minus 1: how fast it comes. */
  readonly drift: number;
  /** From a packet that came as quickly as can be to its being played; and what it should be. */
  readonly buffer: number;
  readonly target: number;
  /** The spread of the packets' lateness. */
  readonly jitter: number;
  /** Position and time, in frames: this position is played at this time. */
  readonly position: number;
  readonly time: number;
  /** How often there was nothing to play although there should have been. */
  readonly underruns: number;
  /** How often packets were missing in between. */
  readonly losses: number;
  /** How often too much delay was jumped over. */
  readonly jumps: number;
}

export class Playout {
  readonly #step: number;
  readonly #ring: SampleRing;
  readonly #jitter = new JitterEstimator();
  readonly #target: DelayTarget;
  readonly #drift = new DriftController();
  readonly #tail: TailFade;
  /** The position that is played next, with a fraction. */
  #read = 0;
  /** When it is played, in frames of the output. */
  #now = 0;
  /** Whether there is a stream, with sound or in a gap. */
  #active = false;
  /** Whether the stream has announced silence at the ring's end. */
  #ending = false;
  #starved = false;
  #fadeIn = 0;
  #packets = 0;
  #wantedDelay = 0;
  #counts = { underruns: 0, losses: 0, jumps: 0 };

  /** @param outputRate In frames a second. */
  constructor(outputRate: number, channels = 2) {
    this.#step = STREAM_RATE / outputRate;
    this.#ring = new SampleRing(channels);
    this.#tail = new TailFade(channels);
    this.#target = new DelayTarget(Math.ceil(QUANTUM * this.#step) + HALF_WIDTH);
  }

  /** More delay than the network asks for, so that the picture is not behind; in frames. */
  set extraDelay(frames: number) {
    this.#target.extra = frames;
  }

  /** Takes samples in; they are copied. */
  push(block: SampleBlock): void {
    const { position, channels, silenceFollows } = block;
    const lateness = this.#now * this.#step - position;
    const gap = position - this.#ring.end;
    const long = Math.abs(gap) > LONG_GAP;
    const anew = !this.#active || long || (this.#starved && gap > 0);
    if (gap < 0 && !anew) return;
    if (long) this.#jitter.rebase(lateness);
    if (++this.#packets === COLD_PACKETS) {
      this.#jitter.reset();
      this.#target.reset();
    }
    this.#jitter.add(lateness);
    if (anew) this.#begin(position);
    if (!anew && gap === 0) {
      this.#ring.append(channels);
    } else {
      // What is lost between two packets is bridged; a beginning comes in over silence.
      if (!anew) this.#counts.losses++;
      this.#ring.bridge(anew ? 0 : gap, channels);
    }
    if (this.#starved) {
      this.#starved = false;
      this.#fadeIn = FADE_IN;
    }
    this.#ring.clearAhead(HALF_WIDTH);
    this.#ending = silenceFollows;
  }

  /**
   * Fills one quantum.
   *
   * @param output One array a channel, all of the same length.
   * @param time Of the first frame, in frames of the output.
   */
  render(output: readonly Float32Array[], time: number): void {
    const { length } = output[0]!;
    this.#now = time;
    if (this.#active) this.#control(length);
    const speed = this.#step * (1 + this.#drift.correction);
    const ring = this.#ring;
    for (let i = 0; i < length; i++) {
      if (this.#active && !this.#starved && !this.#available()) this.#runOut();
      const sounding = this.#active && !this.#starved;
      let gain = 0;
      if (sounding) gain = this.#fadeIn > 0 ? 1 - this.#fadeIn-- / FADE_IN : 1;
      for (let c = 0; c < output.length; c++) {
        const sample = gain === 0
          ? 0
          : gain * interpolate(ring.channels[c]!, ring.mask, this.#read);
        output[c]![i] = this.#tail.mix(c, sample);
      }
      this.#tail.advance();
      if (sounding) this.#read += speed;
    }
    this.#now = time + length;
  }

  report(): PlayoutReport {
    const { least, latest } = this.#jitter;
    const delay = this.#now * this.#step - this.#read;
    return {
      playing: this.#active && !this.#starved,
      drift: this.#drift.drift,
      buffer: this.#active ? (delay - least) / 48 : 0,
      target: (this.#wantedDelay - least) / 48,
      jitter: (latest - least) / 48,
      position: this.#read,
      time: this.#now,
      ...this.#counts,
    };
  }

  /** Whether the filter has all that it reads for the next frame. */
  #available(): boolean {
    return this.#read + (this.#ending ? 0 : HALF_WIDTH) < this.#ring.end;
  }

  /** The first frames of a sound are never skipped: the delay is what they need, or more. */
  #begin(position: number): void {
    if (this.#active && !this.#starved) this.#tail.start();
    this.#ring.restart(position);
    const delay = this.#wantedDelay = this.#target.update(this.#jitter, 0);
    this.#read = Math.min(this.#now * this.#step - delay, position);
    this.#active = true;
    this.#starved = false;
  }

  #runOut(): void {
    if (this.#ending) {
      // All was played, and nothing was promised.
      this.#active = false;
      return;
    }
    this.#starved = true;
    this.#tail.start();
    this.#counts.underruns++;
  }

  #control(elapsed: number): void {
    const delay = this.#now * this.#step - this.#read;
    this.#wantedDelay = this.#target.update(this.#jitter, elapsed);
    if (this.#starved) return;
    const excess = delay - this.#wantedDelay;
    const warm = this.#packets > 2 * COLD_PACKETS || this.#packets < 1.5 * COLD_PACKETS;
    if (excess > (warm ? EXCESS : COLD_EXCESS) && this.#read + excess + QUANTUM < this.#ring.end) {
      this.#tail.start();
      this.#fadeIn = FADE_IN;
      this.#read += excess;
      this.#counts.jumps++;
      return;
    }
    this.#drift.update(excess / STREAM_RATE, elapsed * this.#step / STREAM_RATE);
  }
}
