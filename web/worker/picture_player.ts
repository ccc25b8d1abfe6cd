/**
 * Plays the video flow by the best way that this page has, and by the next best when that one fails or
 * cannot keep up. The last picture stays meanwhile, and nothing is tried twice: it ends with the last.
 *
 * @module
 */

import { decodeVideoMessage, videoOrder } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";
import { Overload } from "./overload.ts";
import type { PictureWay, WayName, WayOpener } from "./picture_way.ts";
import { VideoPlayer, type VideoPlayerOptions } from "./video_player.ts";
import type { DecodedFrame, PictureDecoder } from "./picture_decoder.ts";

export interface PicturePlayerOptions
  extends Omit<VideoPlayerOptions<DecodedFrame>, "painter" | "createDecoder"> {
  /** Those to try, the best first; at least one. */
  readonly ways: readonly { readonly name: WayName; readonly open: WayOpener }[];
  /** Another way was taken than before, for the reason given. */
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
  #broken: WayName | undefined;
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
    return await this.#way?.decoders ?? [];
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
    if (this.#wantsJpeg(octets)) {
      this.#opening = this.#take("the server has nothing else than JPEG for it", "jpeg");
    }
    const player = this.#player;
    if (player === undefined) return;
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

  /** Somebody asked for one more attempt after all. */
  retry(): void {
    this.#player?.supervisor.retry();
  }

  /** Decodes nothing any more. */
  close(): void {
    this.#left.length = 0;
    this.#drop();
  }

  /** For tests: every decoder of the way in use fails from now on. */
  breakDecoder(): void {
    this.#broken = this.#way?.name;
    this.#player?.restart();
  }

  /** @returns The picture as it is now, in PNG. @throws {NoDecoderError} */
  png(): Promise<Blob> {
    if (this.#way === undefined) throw new NoDecoderError("There is no picture");
    return this.#way.painter.png();
  }

  /** Whether this is what only the way of JPEG decodes, and that is to be had. */
  #wantsJpeg(octets: Uint8Array): boolean {
    if (this.#way === undefined || this.#left.every(({ name }) => name !== "jpeg")) return false;
    return videoOrder(octets).keyframe && decodeVideoMessage(octets).config?.codec === "jpeg";
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
    this.#player = new VideoPlayer({
      ...this.#options,
      painter: way.painter,
      createDecoder: (events) => this.#broken === way.name ? BROKEN : way.createDecoder(events),
      trouble: (trouble) => {
        if (trouble === undefined || this.#left.length === 0) {
          return this.#options.trouble(trouble);
        }
        this.#opening = this.#take(`${way.name} failed: ${trouble.error.message}`);
      },
    });
    this.#player.precise = this.#precise;
    this.#options.changed(way, reason);
  }

  #drop(): void {
    this.#faults = this.faults;
    this.#player?.[Symbol.dispose]();
    this.#player = undefined;
    this.#way?.close();
    this.#way = undefined;
  }
}
