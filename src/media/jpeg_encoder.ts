/**
 * JpegEncoder: parts of a picture in, JPEG images out, one at a time.
 *
 * @module
 */

import {
  type AppSink,
  type Element,
  Pipeline,
  type SinkPad,
  VideoFrameMemory,
} from "../../ffi/mod.ts";
import { EncoderFailedError } from "./video_encoder.ts";

/** Name of the GStreamer element. */
export const JPEG_ENCODER = "jpegenc";

/** What the element may take for one image, in milliseconds, until it counts as failed. */
const PATIENCE_MS = 5000;

/** A part of a picture, in pixels; all even. */
export interface JpegPart {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Encodes parts of an I420 picture of full range as JFIF images. */
export class JpegEncoder implements AsyncDisposable {
  readonly #pipeline: Pipeline;
  readonly #element: Element;
  readonly #sink: AppSink;
  readonly #pad: SinkPad;
  /** What is encoded, cut out; it is used again for a part of the same size. */
  #part: VideoFrameMemory;
  #quality = -1;
  #pts = 0;

  private constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
    this.#element = pipeline.element("encoder");
    this.#sink = pipeline.appSink("sink");
    pipeline.play();
    this.#part = new VideoFrameMemory("I420", 16, 16, "jpeg");
    this.#pad = pipeline.sinkPad("encoder", this.#part.caps(60));
  }

  /**
   * @throws {MissingElementError} If the element is not installed.
   * @throws {GStreamerError} If it does not start.
   */
  static async open(): Promise<JpegEncoder> {
    const pipeline = Pipeline.parse(
      `${JPEG_ENCODER} name=encoder idct-method=islow ` +
        "! appsink name=sink sync=false async=false qos=false enable-last-sample=false",
    );
    try {
      return new JpegEncoder(pipeline);
    } catch (error) {
      await pipeline[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * @param picture I420 of full range; it must not change until this resolves.
   * @param part Within the picture.
   * @param quality 0 to 100.
   * @throws {EncoderFailedError} If the element fails.
   */
  async encode(
    picture: VideoFrameMemory,
    part: JpegPart,
    quality: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (quality !== this.#quality) this.#element.set("quality", `${quality}`);
    this.#quality = quality;
    const { width, height } = part;
    if (width !== this.#part.width || height !== this.#part.height) {
      this.#part = new VideoFrameMemory("I420", width, height, "jpeg");
      this.#pad.setCaps(this.#part.caps(60));
    }
    cutOut(picture, part, this.#part);
    try {
      await this.#pad.chain(this.#part, { pts: this.#pts += 1000 });
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const sample = this.#sink.poll() ?? await this.#sink.pull({ signal });
      if (sample === null) throw new Error("it gave nothing out");
      for (let word = this.#pipeline.bus.poll(); word; word = this.#pipeline.bus.poll()) {
        if (word.type === "error") throw word.error;
      }
      return sample.data;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EncoderFailedError(JPEG_ENCODER, reason, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline[Symbol.asyncDispose]();
  }
}

/** Copies a part of a picture, plane by plane and row by row. */
function cutOut(picture: VideoFrameMemory, { x, y }: JpegPart, part: VideoFrameMemory): void {
  part.planes.forEach((to, index) => {
    const from = picture.planes[index]!;
    const shift = index === 0 ? 0 : 1;
    const width = part.width >> shift;
    let at = from.offset + (y >> shift) * from.stride + (x >> shift);
    let target = to.offset;
    for (let row = part.height >> shift; row > 0; row--) {
      part.bytes.set(picture.bytes.subarray(at, at + width), target);
      at += from.stride;
      target += to.stride;
    }
  });
}
