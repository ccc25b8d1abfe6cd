import { VideoConverter } from "../../ffi/mod.ts";
import { ScreenCapture } from "../display/capture.ts";
import type { DisplayConnection } from "../display/connection.ts";
import type { EncoderDescription } from "../media/encoder_catalogue.ts";
import { type EncodedChunk, VideoEncoder } from "../media/video_encoder.ts";
import { MAX_CHANGED_RECTANGLES, type PictureRectangle } from "../protocol/video_message.ts";
import type { Picture } from "./frame_loop.ts";

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
export interface ScreenEncoderOptions {
  readonly encoder: EncoderDescription;
  readonly framesPerSecond: number;
  /** In kbit/s. */
  readonly bitrate: number;
  readonly signal?: AbortSignal;
}

/**
 * The way of a frame from the X server to the encoder's output, all of it in place: the changed
 * part of the screen goes into shared memory, from there into the encoder's picture, and out comes
 * an access unit with room for its header in front.
 */
export class ScreenEncoder implements Picture<EncodedFrame>, AsyncDisposable {
  readonly #capture: ScreenCapture;
  readonly #converter: VideoConverter;
  readonly #encoder: VideoEncoder;
  /** Called on the first change since the last grab. */
  ondamage: (() => void) | undefined;
  /** Called when the screen has a new size, in pixels: open another one then. */
  onresize: ((width: number, height: number) => void) | undefined;

  private constructor(capture: ScreenCapture, converter: VideoConverter, encoder: VideoEncoder) {
    this.#capture = capture;
    this.#converter = converter;
    this.#encoder = encoder;
    capture.ondamage = () => this.ondamage?.();
    capture.onresize = (width, height) => this.onresize?.(width, height);
  }

  /**
   * Opens the capture and the encoder for the size that the display has now.
   *
   * @throws {GStreamerError} if the encoder does not start.
   */
  static async open(
    connection: DisplayConnection,
    options: ScreenEncoderOptions,
  ): Promise<ScreenEncoder> {
    await using opened = new AsyncDisposableStack();
    const capture = opened.use(await ScreenCapture.open(connection));
    const { width, height, stride, memory } = capture;
    const converter = opened.use(
      new VideoConverter({
        width,
        height,
        stride,
        source: memory,
        format: options.encoder.format,
        matrix: options.encoder.matrix?.(height),
      }),
    );
    const encoder = opened.use(
      await VideoEncoder.open({
        encoder: options.encoder,
        fps: options.framesPerSecond,
        bitrateKbit: options.bitrate,
        converter,
        ...(options.signal ? { signal: options.signal } : {}),
      }),
    );
    opened.move();
    return new ScreenEncoder(capture, converter, encoder);
  }

  /** In pixels. */
  get width(): number {
    return this.#capture.width;
  }

  /** In pixels. */
  get height(): number {
    return this.#capture.height;
  }

  get damagedAt(): number | undefined {
    return this.#capture.damagedAt;
  }

  /** Resolves with the reason if the encoder fails by itself. */
  get failed(): Promise<Error> {
    return this.#encoder.failed;
  }

  async take(options: { keyframe: boolean }): Promise<EncodedFrame | undefined> {
    const grabbedAt = performance.now();
    const { damagedAt } = this.#capture;
    let converting = grabbedAt;
    let changed: readonly PictureRectangle[] = [];
    if (damagedAt !== undefined) {
      const { rectangles } = await this.#capture.grab();
      converting = performance.now();
      // Some of what is announced as damage turns out to have been outside the screen.
      if (rectangles.length === 0 && !options.keyframe) return undefined;
      await this.#converter.convertAsync(rectangles);
      if (rectangles.length <= MAX_CHANGED_RECTANGLES) changed = rectangles;
    }
    const encoding = performance.now();
    const chunk = await this.#encoder.encode({
      timestampUs: Math.round(grabbedAt * 1000),
      keyframe: options.keyframe,
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#encoder[Symbol.asyncDispose]();
    this.#converter[Symbol.dispose]();
    await this.#capture[Symbol.asyncDispose]();
  }
}
