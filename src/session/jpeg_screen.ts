import { VideoConverter, type VideoFrameMemory } from "../../ffi/mod.ts";
import type { ScreenArea, ScreenView } from "../display/shared_screen.ts";
import { BURST_MS } from "../media/encoder_description.ts";
import { FrameBudget } from "../media/frame_budget.ts";
import { JPEG_ENCODER, JpegEncoder } from "../media/jpeg_encoder.ts";
import { BEST, JpegQuality } from "../media/jpeg_quality.ts";
import { type Part, TileGrid } from "../media/tile_grid.ts";
import { encodeJpegTilesInto, type JpegTile, jpegTilesLength } from "../protocol/jpeg_tiles.ts";
import type { TakeOptions } from "./frame_loop.ts";
import type { PictureLimits, PictureSource, ScreenPicture } from "./picture_source.ts";
import type { EncodedFrame } from "./screen_encoder.ts";

/** Room for the header of a frame, in octets. */
const HEADROOM = 256;

/** Pictures of JPEG tiles, for viewers that can decode nothing else. */
export const jpegSource: PictureSource = {
  name: JPEG_ENCODER,
  codec: "jpeg",
  chroma: "420",
  open: (area, limits) => JpegScreen.open(area, limits),
};

/**
 * The screen as JPEG tiles: a frame has those parts that changed, as well as there is room for; and when the
 * screen has fallen still, the parts that could be better.
 */
export class JpegScreen implements ScreenPicture {
  readonly failed: Promise<Error>;
  ondamage: (() => void) | undefined;
  readonly #view: ScreenView;
  readonly #converter: VideoConverter;
  readonly #encoder: JpegEncoder;
  readonly #reduction: number;
  readonly #budget: FrameBudget;
  readonly #quality = new JpegQuality();
  readonly #grid: TileGrid;
  readonly #fail: (error: Error) => void;
  #targetKbit: number;

  private constructor(
    area: ScreenArea,
    encoder: JpegEncoder,
    { bitrate, framesPerSecond, reduction }: PictureLimits,
  ) {
    const { memory: source, rectangle, stride } = area;
    const matrix = "jpeg";
    this.#converter = new VideoConverter({ ...rectangle, stride, source, matrix, reduction });
    this.#encoder = encoder;
    this.#reduction = reduction;
    this.#targetKbit = bitrate;
    this.#budget = new FrameBudget(bitrate, BURST_MS, framesPerSecond);
    this.#grid = new TileGrid(this.#converter.frame);
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.failed = promise;
    this.#fail = resolve;
    this.#view = area.view();
    this.#view.ondamage = () => this.ondamage?.();
  }

  /** @throws {MissingElementError} if GStreamer's JPEG encoder is not installed. */
  static async open(area: ScreenArea, limits: PictureLimits): Promise<JpegScreen> {
    return new JpegScreen(area, await JpegEncoder.open(), limits);
  }

  /** In pixels. */
  get width(): number {
    return this.#converter.frame.width;
  }

  /** In pixels. */
  get height(): number {
    return this.#converter.frame.height;
  }

  get damagedAt(): number | undefined {
    return this.#view.damagedAt;
  }

  setBitrate(kbit: number): void {
    this.#targetKbit = kbit;
  }

  async take(
    { keyframe, mostBits = Infinity, bitrateKbit = Infinity }: TakeOptions,
  ): Promise<EncodedFrame | undefined> {
    const grabbedAt = performance.now();
    const { damagedAt } = this.#view;
    let converting = grabbedAt;
    let changed: Part[] = [];
    if (damagedAt !== undefined) {
      using part = await this.#view.take();
      converting = performance.now();
      await this.#converter.convertAsync(part.rectangles);
      changed = this.#grid.cut(part.rectangles.map((rectangle) => this.#onPicture(rectangle)));
      if (changed.length === 0 && !keyframe) return undefined;
    }
    const encoding = performance.now();
    this.#budget.setBitrate(Math.max(1, Math.min(this.#targetKbit, bitrateKbit)));
    const octets = Math.min(this.#budget.at(grabbedAt, keyframe), mostBits) / 8;
    const refining = damagedAt === undefined && !keyframe;
    const parts = keyframe
      ? this.#grid.whole()
      : refining
      ? this.#grid.worse(BEST, this.#quality.pixels(BEST, octets))
      : changed;
    if (parts.length === 0) return undefined;
    const quality = refining ? BEST : this.#quality.choose(area(parts), octets);
    const tiles = await this.#encode(this.#converter.frame, parts, quality);
    const data = new Uint8Array(HEADROOM + jpegTilesLength(tiles));
    encodeJpegTilesInto(data, HEADROOM, tiles);
    const { width, height } = this;
    return {
      chunk: {
        data,
        headroom: HEADROOM,
        keyframe,
        timestampUs: Math.round(grabbedAt * 1000),
        config: keyframe ? { codec: "jpeg", codedWidth: width, codedHeight: height } : undefined,
      },
      grabbedAt,
      // The tiles say it themselves.
      changed: [],
      damageToGrab: (grabbedAt - (damagedAt ?? grabbedAt)) * 1000,
      grab: (converting - grabbedAt) * 1000,
      convert: (encoding - converting) * 1000,
      encode: (performance.now() - encoding) * 1000,
    };
  }

  async #encode(
    picture: VideoFrameMemory,
    parts: readonly Part[],
    quality: number,
  ): Promise<JpegTile[]> {
    const tiles: JpegTile[] = [];
    try {
      for (const part of parts) {
        tiles.push({ ...part, image: await this.#encoder.encode(picture, part, quality) });
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    const octets = jpegTilesLength(tiles);
    this.#budget.spend(octets * 8);
    this.#quality.learn(area(parts), quality, octets);
    this.#grid.sent(parts, quality);
    return tiles;
  }

  /** Where a part of the screen is on the picture. */
  #onPicture({ x, y, width, height }: Part): Part {
    const by = this.#reduction;
    const [left, top] = [Math.floor(x / by), Math.floor(y / by)];
    const [right, bottom] = [Math.ceil((x + width) / by), Math.ceil((y + height) / by)];
    return { x: left, y: top, width: right - left, height: bottom - top };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#view[Symbol.dispose]();
    await this.#encoder[Symbol.asyncDispose]();
    this.#converter[Symbol.dispose]();
  }
}

function area(parts: readonly Part[]): number {
  return parts.reduce((sum, { width, height }) => sum + width * height, 0);
}
