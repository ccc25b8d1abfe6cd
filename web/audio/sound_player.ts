/**
 * Sound on its way from the transport to the audio thread: order, loss, decoding. It runs in the worker.
 *
 * @module
 */

import {
  AUDIO_RATE,
  decodeAudioMessage,
  MAX_REPEATED_AUDIO_PACKETS,
  missingAudioMessages,
} from "../../src/protocol/audio_message.ts";
import type { FromPlayout, OutputClock, ToPlayout } from "./audio_messages.ts";
import { LipSync } from "./lip_sync.ts";
import type { PlayoutReport } from "./playout.ts";
import type { DecodedSound, SoundDecoder, SoundDecoderFactory } from "./sound_decoder.ts";

/** Capture times that differ by more from the count of samples mean a jump, not jitter; 100 ms. */
const JUMP = AUDIO_RATE / 10;
/** A decoder that fails is replaced at the next packet, but not more often than this; in ms. */
const REPLACE_INTERVAL = 500;
/** More packets in the decoder than this, and it has stopped: 2 s of the usual ones. */
const MOST_PENDING = 200;
/** 10 ms of silence: full band, stereo, one frame (RFC 6716 §3.1). */
const SILENCE = { packet: Uint8Array.of(0xf4, 0xff, 0xfe), duration: 10_000 };
/** Packets are sent again until none was lost for so long, in ms. */
const REPEATED_FOR = 30_000;
/** How often each is, while it is not known whether any get lost. */
const REPEATS_AT_FIRST = 1;
/**
 * How often once some were. Where one in a hundred gets lost, two that follow each other do every
 * other minute, and three every few hours.
 */
const REPEATS_AT_LOSS = MAX_REPEATED_AUDIO_PACKETS;
/** Over which the bit rate is counted, in ms. */
const RATE_WINDOW = 2_000;

/** What the statistics panel shows. Lengths in ms. */
export interface SoundStatistics {
  readonly kilobitsPerSecond: number;
  /** From the sound server's rendering to the loudspeaker, as far as the browser knows it. */
  readonly latency: number | undefined;
  /** How much later sound is heard than the picture is seen; undefined while nothing moves. */
  readonly behindPicture: number | undefined;
  readonly buffer: number;
  readonly target: number;
  readonly jitter: number;
  /** In parts per million. */
  readonly drift: number;
  readonly underruns: number;
  readonly losses: number;
  /** Packets that were lost and found repeated in those that followed. */
  readonly repaired: number;
  readonly packets: number;
  readonly decoderFaults: number;
}

export interface SoundPlayerOptions {
  readonly createDecoder: SoundDecoderFactory;
  /** A time of the server, in µs, in ms since 1970; undefined while it is not known. */
  toViewer(microseconds: number): number | undefined;
  /** How old the picture is when it is seen, in ms; undefined while nothing moves. */
  pictureAge(): number | undefined;
  /** Ms since 1970. */
  now(): number;
  /** How often packets are to be sent again has changed: {@link SoundPlayer.repeats}. */
  repeatsChanged(): void;
}

/** A packet in the decoder. */
interface Pending {
  readonly timestamp: number;
  /** Undefined if it is not to be heard. */
  readonly position: number | undefined;
  readonly silenceFollows: boolean;
}

export class SoundPlayer {
  readonly #options: SoundPlayerOptions;
  readonly #lipSync = new LipSync();
  #port: MessagePort | undefined;
  #decoder: SoundDecoder | undefined;
  #decoderMade = -Infinity;
  #pending: Pending[] = [];
  #timestamp = 0;
  /** The last message's number, and where the next one's first frame is to be. */
  #sequence: number | undefined;
  #position = 0;
  #silence = true;
  /** Server's µs minus the position's, by the last message. */
  #offset = 0;
  #report: PlayoutReport | undefined;
  #clock: OutputClock | undefined;
  #startedAt = 0;
  #lostAt = -Infinity;
  #repeats = REPEATS_AT_FIRST;
  #received: { at: number; octets: number }[] = [];
  #counts = { repaired: 0, packets: 0, decoderFaults: 0 };

  constructor(options: SoundPlayerOptions) {
    this.#options = options;
  }

  /** Whether there is somebody to hear it. */
  get enabled(): boolean {
    return this.#port !== undefined;
  }

  /** With how many that follow the server is to send each packet again, since some get lost or may. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Plays to an audio thread from now on; undefined: to nobody. */
  connect(port: MessagePort | undefined): void {
    this.#port?.close();
    this.#port = port;
    this.#report = this.#clock = undefined;
    this.restart();
    if (port === undefined) return;
    port.onmessage = ({ data }: MessageEvent<FromPlayout>) => this.#onreport(data.report);
    // A decoder takes its time to start: better now than with the first sound.
    this.#decode(SILENCE.packet, SILENCE.duration, undefined, false);
  }

  /** Another stream begins. */
  restart(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
    this.#decoderMade = -Infinity;
    this.#pending = [];
    this.#sequence = undefined;
    this.#silence = true;
    this.#startedAt = this.#options.now();
    this.#lostAt = -Infinity;
    this.#repeats = REPEATS_AT_FIRST;
  }

  /** How the audio thread's clock and the page's lie to each other now. */
  set outputClock(clock: OutputClock) {
    this.#clock = clock;
  }

  /**
   * @param octets A message of the audio flow.
   * @returns How many messages before it did not come.
   * @throws {ProtocolError} if it is none.
   */
  play(octets: Uint8Array): number {
    const message = decodeAudioMessage(octets);
    if (this.#port === undefined) return 0;
    const missing = this.#sequence === undefined
      ? 0
      : missingAudioMessages(this.#sequence, message.sequence);
    if (missing === undefined) return 0;
    this.#sequence = message.sequence;
    this.#count(octets.length, missing);
    const frames = Math.round(message.duration * AUDIO_RATE / 1e6);
    const captured = message.captureTime * AUDIO_RATE / 1e6;
    this.#position += missing * frames;
    if (this.#silence || Math.abs(captured - this.#position) > JUMP) {
      this.#position = Math.round(captured);
    }
    for (let back = Math.min(missing, message.repeated.length); back > 0; back--) {
      this.#counts.repaired++;
      const again = message.repeated[back - 1]!;
      this.#decode(again, message.duration, this.#position - back * frames, false);
    }
    this.#offset = message.captureTime - this.#position * 1e6 / AUDIO_RATE;
    this.#decode(message.packet, message.duration, this.#position, message.silenceFollows);
    this.#position += frames;
    this.#silence = message.silenceFollows;
    return missing;
  }

  /** What there is to tell; undefined while nothing is played. */
  statistics(): SoundStatistics | undefined {
    const report = this.#report;
    if (report === undefined) return undefined;
    const since = this.#options.now() - RATE_WINDOW;
    let octets = 0;
    for (const item of this.#received) if (item.at >= since) octets += item.octets;
    const latency = this.#latency(report);
    const picture = this.#options.pictureAge();
    const { buffer, target, jitter, underruns, losses } = report;
    return {
      kilobitsPerSecond: octets * 8 / RATE_WINDOW,
      latency,
      behindPicture: latency === undefined || picture === undefined ? undefined : latency - picture,
      ...{ buffer, target, jitter, underruns, losses },
      drift: report.drift * 1e6,
      ...this.#counts,
    };
  }

  #count(octets: number, missing: number): void {
    const at = this.#options.now();
    if (missing > 0) this.#lostAt = at;
    let repeats = 0;
    if (at - this.#lostAt < REPEATED_FOR) repeats = REPEATS_AT_LOSS;
    else if (at - this.#startedAt < REPEATED_FOR) repeats = REPEATS_AT_FIRST;
    if (repeats !== this.#repeats) {
      this.#repeats = repeats;
      this.#options.repeatsChanged();
    }
    this.#counts.packets++;
    this.#received.push({ at, octets });
    while (this.#received[0]!.at < at - RATE_WINDOW) this.#received.shift();
  }

  #decode(
    packet: Uint8Array,
    duration: number,
    position: number | undefined,
    silenceFollows: boolean,
  ): void {
    const decoder = this.#workingDecoder();
    if (decoder === undefined) return;
    const timestamp = this.#timestamp;
    this.#timestamp += duration;
    this.#pending.push({ timestamp, position, silenceFollows });
    try {
      decoder.decode(packet, timestamp, duration);
    } catch (error) {
      this.#onerror(decoder, error);
    }
  }

  /** The decoder, a new one if there is none; undefined if it is too early for another. */
  #workingDecoder(): SoundDecoder | undefined {
    if (this.#pending.length > MOST_PENDING) {
      this.#onerror(this.#decoder, new Error("The decoder gives nothing out"));
    }
    if (this.#decoder !== undefined && !this.#decoder.closed) return this.#decoder;
    const now = this.#options.now();
    if (now - this.#decoderMade < REPLACE_INTERVAL) return undefined;
    this.#decoderMade = now;
    this.#pending = [];
    try {
      const decoder: SoundDecoder = this.#options.createDecoder({
        sound: (sound) => {
          if (decoder === this.#decoder) this.#onsound(sound);
        },
        error: (error) => this.#onerror(decoder, error),
      });
      return this.#decoder = decoder;
    } catch (error) {
      this.#onerror(undefined, error);
      return undefined;
    }
  }

  #onerror(decoder: SoundDecoder | undefined, error: unknown): void {
    if (decoder !== this.#decoder && decoder !== undefined) return;
    this.#counts.decoderFaults++;
    console.warn("The sound decoder failed:", error);
    this.#decoder?.close();
    this.#decoder = undefined;
    this.#pending = [];
  }

  #onsound({ timestamp, channels }: DecodedSound): void {
    // What comes before it gave nothing out.
    while (this.#pending.length > 1 && this.#pending[1]!.timestamp <= timestamp) {
      this.#pending.shift();
    }
    const pending = this.#pending.shift();
    if (pending?.position === undefined || this.#port === undefined) return;
    const { position, silenceFollows } = pending;
    const message: ToPlayout = { type: "samples", position, channels, silenceFollows };
    this.#port.postMessage(message, channels.map(({ buffer }) => buffer));
  }

  #onreport(report: PlayoutReport): void {
    this.#report = report;
    const latency = this.#latency(report);
    if (latency === undefined || !report.playing) return;
    const before = Math.round(this.#lipSync.extra);
    const extra = Math.round(this.#lipSync.update(latency, this.#options.pictureAge()));
    if (extra === before) return;
    const message: ToPlayout = { type: "extra-delay", frames: extra * AUDIO_RATE / 1000 };
    this.#port?.postMessage(message);
  }

  /** How old what is heard now is, in ms. */
  #latency({ position, time, playing }: PlayoutReport): number | undefined {
    if (this.#clock === undefined || !playing) return undefined;
    const made = this.#options.toViewer(position * 1e6 / AUDIO_RATE + this.#offset);
    if (made === undefined) return undefined;
    const { contextTime, heardAt, rate } = this.#clock;
    return heardAt + (time / rate - contextTime) * 1000 - made;
  }
}
