/**
 * Plays the video flow by the best way that this page has, and by the next best when that one fails or
 * cannot keep up. Where the decoder of one codec fails and the way has others, the server is told, and
 * sends one of those. The last picture stays meanwhile, and nothing is tried twice: it ends with the
 * last codec of the last way.
 *
 * @module
 */

import { decodeVideoMessage, videoOrder } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";
import { decoderOf, failsWith } from "./codec_family.ts";
import type { DecoderTrouble } from "./decoder_supervisor.ts";
import { Overload } from "./overload.ts";
import type { PictureWay, WayName, WayOpener } from "./picture_way.ts";
import { VideoPlayer, type VideoPlayerOptions } from "./video_player.ts";
import type { DecodedFrame, PictureDecoder } from "./picture_decoder.ts";

export interface PicturePlayerOptions
  extends Omit<VideoPlayerOptions<DecodedFrame>, "painter" | "createDecoder"> {
  /** Those to try, the best first; at least one. */
  readonly ways: readonly { readonly name: WayName; readonly open: WayOpener }[];
  /** Another way was taken than before, or it decodes less than before, for the reason given. */
  changed(way: PictureWay, reason: string): void;
  /** Monotonic, in ms. */
  now(): number;
}

/** This page has none of the ways to decode that it may use. */
export class NoDecoderError extends Error {
  override readonly name = "NoDecoderError";
}

/** More comes than the decoder can do. */
export class DecoderOverloadError extends Error {
  override readonly name = "DecoderOverloadError";
}

const BROKEN: PictureDecoder = {
  closed: false,
  configure: () => {},
  decode: () => {
    throw new Error("The decoder is broken");
  },
  close: () => {},
};

export class PicturePlayer {
  readonly #options: PicturePlayerOptions;
  readonly #overload = new Overload();
  /** The ways that were not tried yet. */
  readonly #left: PicturePlayerOptions["ways"][number][];
  #way: PictureWay | undefined;
  #player: VideoPlayer<DecodedFrame> | undefined;
  #opening: Promise<void>;
  #precise = false;
  /** What the stream needs to be decoded, by the protocol's names; empty before the first keyframe. */
  #needed = "";
  /** What has failed for good, of the way in use. */
  #failed: string[] = [];
  #broken: { readonly way: WayName; readonly name: string }[] = [];
  #faults = 0;

  constructor(options: PicturePlayerOptions) {
    this.#options = options;
    this.#left = [...options.ways];
    this.#opening = this.#take("");
  }

  /** The way in use; undefined before the first is open, and when there is none. */
  get way(): PictureWay | undefined {
    return this.#way;
  }

  get supervisor(): VideoPlayer<DecodedFrame>["supervisor"] | undefined {
    return this.#player?.supervisor;
  }

  /** Of the picture, in pixels. */
  get size(): Size {
    return this.#way?.painter.size ?? { width: 0, height: 0 };
  }

  /** What went wrong in decoders since the start. */
  get faults(): number {
    return this.#faults + (this.#player?.supervisor.faults ?? 0);
  }

  /** What the way in use decodes, by the protocol's names, best first. */
  async decoders(): Promise<readonly string[]> {
    await this.#opening;
    const way = this.#way;
    return way === undefined ? [] : await this.#working(way);
  }

  /** Whether to wait for the browser to take each drawing over, to time it. */
  set precise(precise: boolean) {
    this.#precise = precise;
    if (this.#player !== undefined) this.#player.precise = precise;
  }

  /**
   * @param octets A message of the video flow.
   * @throws {ProtocolError} if it is none.
   */
  play(octets: Uint8Array): void {
    if (videoOrder(octets).keyframe) {
      const codec = decodeVideoMessage(octets).config?.codec;
      if (codec !== undefined) this.#needed = decoderOf(codec);
    }
    if (this.#wantsJpeg()) {
      this.#opening = this.#take("the server has nothing else than JPEG for it", "jpeg");
    }
    const player = this.#player;
    // What was sent before the server knew.
    if (player === undefined || this.#hasFailed(this.#needed)) return;
    player.play(octets);
    const { pending } = player.supervisor;
    const slow = this.#overload.watch(pending, this.#options.now());
    // Decoders of the browser may hold frames back, and nothing else is quicker.
    if (!slow || this.#left.length === 0 || this.#way?.name === "webcodecs") return;
    this.#opening = this.#take(`${this.#way?.name} cannot keep up`);
  }

  /** Another stream begins. The last picture stays until the first of the new ones. */
  restart(): void {
    this.#overload.reset();
    this.#player?.restart();
  }

  /** The server has nothing that is still decoded: goes on with the next way, if there is one. */
  starve(): void {
    if (this.#failed.length === 0 || this.#left.length === 0) return;
    this.#opening = this.#take(`${this.#way?.name} has no decoder left for what the server has`);
  }

  /** Somebody asked for one more attempt after all. */
  retry(): void {
    this.#player?.supervisor.retry();
  }

  /** Decodes nothing any more. */
  close(): void {
    this.#left.length = 0;
    this.#drop();
  }

  /** For tests: every decoder of the codec in use fails from now on, by the way in use. */
  breakDecoder(): void {
    if (this.#way !== undefined) this.#broken.push({ way: this.#way.name, name: this.#needed });
    this.#player?.restart();
  }

  /** @returns The picture as it is now, in PNG. @throws {NoDecoderError} */
  png(): Promise<Blob> {
    if (this.#way === undefined) throw new NoDecoderError("There is no picture");
    return this.#way.painter.png();
  }

  /** Whether this is what only the way of JPEG decodes, and that is to be had. */
  #wantsJpeg(): boolean {
    return this.#needed === "jpeg" && this.#way !== undefined &&
      this.#left.some(({ name }) => name === "jpeg");
  }

  #hasFailed(name: string): boolean {
    return this.#failed.some((failed) => failsWith(name, failed));
  }

  /** What a way decodes but for what has failed. */
  async #working({ decoders }: PictureWay): Promise<readonly string[]> {
    const names = await decoders;
    return names.filter((name) => !this.#hasFailed(name));
  }

  /** Goes on without the decoder in use: with another of the way's, or else by the next way. */
  async #forgo(way: PictureWay, trouble: DecoderTrouble): Promise<void> {
    const needed = this.#needed;
    const others = (await this.#working(way)).filter((name) => !failsWith(name, needed));
    if (way !== this.#way) return;
    const reason = `${way.name} failed: ${trouble.error.message}`;
    // JPEG has a way of its own.
    if (needed === "" || others.every((name) => name === "jpeg")) {
      if (this.#left.length === 0) return this.#options.trouble(trouble);
      this.#opening = this.#take(reason);
      return;
    }
    this.#failed.push(needed);
    this.#stop();
    this.#use(way, `${reason} (${needed})`);
  }

  /**
   * Goes on with the best way that is left.
   *
   * @param name Only with this one.
   */
  async #take(reason: string, name?: WayName): Promise<void> {
    this.#drop();
    while (name !== undefined && this.#left.length > 0 && this.#left[0]!.name !== name) {
      this.#left.shift();
    }
    let failure: unknown;
    for (;;) {
      const candidate = this.#left.shift();
      if (candidate === undefined) break;
      try {
        // Without a pause where there is no need for one: the first picture waits for this.
        const opened = candidate.open();
        const way = opened instanceof Promise ? await opened : opened;
        if (way !== undefined) return this.#use(way, reason);
      } catch (error) {
        failure = error;
      }
    }
    const detail = failure === undefined ? "" : `: ${failure}`;
    const error = new NoDecoderError(`This page has nothing to decode the picture with${detail}`);
    this.#options.trouble({ error, retryIn: undefined });
  }

  #use(way: PictureWay, reason: string): void {
    this.#way = way;
    this.#overload.reset();
    const broken = () =>
      this.#broken.some((each) => each.way === way.name && failsWith(this.#needed, each.name));
    this.#player = new VideoPlayer({
      ...this.#options,
      painter: way.painter,
      createDecoder: (events) => broken() ? BROKEN : way.createDecoder(events),
      trouble: (trouble) => {
        if (trouble === undefined) return this.#options.trouble(trouble);
        void this.#forgo(way, trouble);
      },
    });
    this.#player.precise = this.#precise;
    this.#options.changed(way, reason);
  }

  #stop(): void {
    this.#faults = this.faults;
    this.#player?.[Symbol.dispose]();
    this.#player = undefined;
  }

  #drop(): void {
    this.#stop();
    this.#way?.close();
    this.#way = undefined;
    this.#failed = [];
  }
}
