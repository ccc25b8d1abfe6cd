import { VideoConverter } from "../../ffi/mod.ts";
import type { ScreenArea, ScreenView } from "../display/shared_screen.ts";
import type { EncoderDescription } from "../media/encoder_catalogue.ts";
import { type EncodedChunk, VideoEncoder } from "../media/video_encoder.ts";
import { MAX_CHANGED_RECTANGLES, type PictureRectangle } from "../protocol/video_message.ts";
import { changeBudget } from "./change_budget.ts";
import type { TakeOptions } from "./frame_loop.ts";
import type { PictureLimits, ScreenPicture } from "./picture_source.ts";

/** A frame on its way out: the encoder's output, and what each step took, in microseconds. */
export interface EncodedFrame {
  readonly chunk: EncodedChunk;
  /** When the grab started, in milliseconds of `performance.now()`. */
  readonly grabbedAt: number;
  /** What changed since the last frame; empty for all of it. */
  readonly changed: readonly PictureRectangle[];
  readonly damageToGrab: number;
  readonly grab: number;
  readonly convert: number;
  readonly encode: number;
}

/** What a {@link ScreenEncoder} is opened with. */
export interface ScreenEncoderOptions extends PictureLimits {
  readonly encoder: EncoderDescription;
  /** For one frame; by default what is best for its size. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal;
}

/**
 * The way of a frame from the X server to the encoder's output, all of it in place: the changed
 * part of the screen goes into shared memory, from there into the encoder's picture, and out comes
 * an access unit with room for its header in front. Dispose of it before the screen.
 */
export class ScreenEncoder implements ScreenPicture {
  readonly #view: ScreenView;
  readonly #converter: VideoConverter;
  readonly #encoder: VideoEncoder;
  readonly #reduction: number;
  /** Called on the first change since the last frame. */
  ondamage: (() => void) | undefined;

  private constructor(
    view: ScreenView,
    converter: VideoConverter,
    encoder: VideoEncoder,
    reduction: number,
  ) {
    this.#reduction = reduction;
    this.#view = view;
    this.#converter = converter;
    this.#encoder = encoder;
    view.ondamage = () => this.ondamage?.();
  }

  /**
   * Opens an encoder for the screen or a part of it.
   *
   * @throws {GStreamerError} if the encoder does not start.
   */
  static async open(area: ScreenArea, options: ScreenEncoderOptions): Promise<ScreenEncoder> {
    await using opened = new AsyncDisposableStack();
    const { memory, rectangle, stride } = area;
    const converter = opened.use(
      new VideoConverter({
        ...rectangle,
        stride,
        source: memory,
        format: options.encoder.format,
        matrix: options.encoder.matrix?.(Math.floor(rectangle.height / options.reduction)),
        reduction: options.reduction,
      }),
    );
    const encoder = opened.use(
      await VideoEncoder.open({
        encoder: options.encoder,
        fps: options.framesPerSecond,
        bitrateKbit: options.bitrate,
        converter,
        ...(options.threads ? { threads: options.threads } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
      }),
    );
    opened.move();
    return new ScreenEncoder(area.view(), converter, encoder, options.reduction);
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

  /** Resolves with the reason if the encoder fails by itself. */
  get failed(): Promise<Error> {
    return this.#encoder.failed;
  }

  setBitrate(kbit: number): void {
    this.#encoder.setBitrate(kbit);
  }

  async take({ keyframe, mostBits, bitrateKbit }: TakeOptions): Promise<EncodedFrame | undefined> {
    const grabbedAt = performance.now();
    const { damagedAt } = this.#view;
    let converting = grabbedAt;
    let changed: readonly PictureRectangle[] = [];
    let changedPixels = 0;
    if (damagedAt !== undefined) {
      using part = await this.#view.take();
      const { rectangles } = part;
      converting = performance.now();
      // Some of what is announced as damage turns out to have been outside the screen.
      if (rectangles.length === 0 && !keyframe) return undefined;
      await this.#converter.convertAsync(rectangles);
      if (rectangles.length <= MAX_CHANGED_RECTANGLES) changed = this.#onPicture(rectangles);
      changedPixels = rectangles.reduce((sum, part) => sum + part.width * part.height, 0);
    }
    const encoding = performance.now();
    const chunk = await this.#encoder.encode({
      timestampUs: Math.round(grabbedAt * 1000),
      keyframe,
      changedPixels,
      mostBits: keyframe || damagedAt === undefined
        ? mostBits
        : Math.min(mostBits ?? Infinity, changeBudget(changedPixels, bitrateKbit)),
      bitrateKbit,
    });
    return {
      chunk,
      grabbedAt,
      changed,
      damageToGrab: (grabbedAt - (damagedAt ?? grabbedAt)) * 1000,
      grab: (converting - grabbedAt) * 1000,
      convert: (encoding - converting) * 1000,
      encode: (performance.now() - encoding) * 1000,
    };
  }

  /** Where parts of the screen are on the picture. */
  #onPicture(rectangles: readonly PictureRectangle[]): readonly PictureRectangle[] {
    const by = this.#reduction;
    if (by === 1) return rectangles;
    return rectangles.map(({ x, y, width, height }) => {
      const [left, top] = [Math.floor(x / by), Math.floor(y / by)];
      const [right, bottom] = [Math.ceil((x + width) / by), Math.ceil((y + height) / by)];
      return { x: left, y: top, width: right - left, height: bottom - top };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#view[Symbol.dispose]();
    await this.#encoder[Symbol.asyncDispose]();
    this.#converter[Symbol.dispose]();
  }
}
