/**
 * VideoConverter: turns the damaged parts of the screen into what an encoder takes.
 *
 * @module
 */

import { GStreamerError } from "./errors.ts";
import { gst } from "./gstreamer.ts";
import { video } from "./library.ts";
import { type Address, cString } from "./memory.ts";
import { MAP_READ, MAP_WRITE, MappedFrame, VideoInfo } from "./mapped_frame.ts";
import { Handle, pointerOf } from "./object.ts";
import { alignRectangles, type Rectangle } from "./rectangle.ts";
import { SharedMemory } from "./shared_memory.ts";
import {
  type ColourMatrix,
  pictureCaps,
  type PixelFormat,
  VideoFrameMemory,
} from "./video_frame_memory.ts";

/** Pixels converted in about 0.4 ms: more than that goes to another thread. */
const SYNC_PIXELS = 200_000;
/** Pixels from which a second thread gains more than its start costs. */
const THREADED_PIXELS = 300_000;
/** Converters kept. Making one costs 20 µs, about as much as it takes to convert 160x60 pixels. */
const KEPT = 32;
/** Converters with threads of their own kept. */
const KEPT_THREADED = 2;

/**
 * Has each pixel of half the size made of four, and of no others: a rectangle then converts to the same
 * samples alone as within the whole picture. Of four taps each way the outer two are 0, since this kernel is
 * 0 there: it is sinc(x · 2 · envelope / taps), and they are 1.5 pixels off. (Where GStreamer puts its own
 * two taps depends on the width.)
 */
const HALVING = ",GstVideoConverter.resampler-method=(GstVideoResamplerMethod)lanczos" +
  ",GstVideoConverter.resampler-taps=(uint)4,GstVideoResampler.envelope=(double)1.3333333333333333";

/** Options of {@link VideoConverter}. */
export interface VideoConverterOptions {
  /** Width of the source in pixels. */
  readonly width: number;
  /** Height of the source in pixels. */
  readonly height: number;
  /** Octets from one row of the source to the next. */
  readonly stride: number;
  /** Where the picture begins in the source, in pixels of it; 0, 0 by default. */
  readonly x?: number;
  readonly y?: number;
  /** BGRx, 4 octets a pixel. */
  readonly source: SharedMemory | Uint8Array<ArrayBuffer>;
  /** Format of the frame; I420 by default. */
  readonly format?: PixelFormat;
  /**
   * How colours are made; BT.601 by default. Where browsers convert back by libyuv on an x86 processor, its
   * factors end at 2: BT.709 has one of 2.11, so that pure blue comes out as 239 of 255 (measured in
   * Chromium and Firefox); with BT.601, which has 2.02, as 250.
   */
  readonly matrix?: ColourMatrix;
  /** Threads for a large area; 2 by default. */
  readonly threads?: number;
  /** Pixels of the source for one of the frame, in each direction; 1 by default. */
  readonly reduction?: 1 | 2;
}

/**
 * Converts rectangles of a BGRx picture, straight from its memory, into a persistent frame, which may have
 * half its size in each direction.
 *
 * A GstVideoConverter is made for one size. Its frames may be larger, and only their plane pointers and
 * strides say where it reads and writes: so each rectangle takes the converter of its size, and frames
 * whose plane pointers are moved to the rectangle.
 *
 * An odd last column or row of the source is not shown: 4:2:0 has even sizes, and a picture keeps its
 * size when an encoder of 4:4:4 gives way to one of 4:2:0.
 */
export class VideoConverter implements Disposable {
  /** The converted picture. */
  readonly frame: VideoFrameMemory;
  readonly #source: MappedFrame;
  readonly #target: MappedFrame;
  readonly #sourceStride: number;
  /** Where the picture begins in the source, in octets. */
  readonly #origin: number;
  readonly #threads: number;
  readonly #reduction: number;
  readonly #converters = new Map<string, Converter>();
  readonly #threaded = new Map<string, Converter>();
  #busy = false;
  #disposed = false;

  /**
   * @throws {RangeError} If the source is too small for its size, or the size is out of range.
   * @throws {LibraryNotFoundError} If GStreamer is not installed.
   */
  constructor(options: VideoConverterOptions) {
    const { width, height, stride, source, format = "I420", matrix } = options;
    const { threads = 2, reduction = 1, x = 0, y = 0 } = options;
    const bytes = source instanceof SharedMemory ? source.bytes : source;
    if (stride < (x + width) * 4 || bytes.length < stride * (y + height) || bytes.length <= 64) {
      throw new RangeError(
        `Cannot convert ${width}x${height} pixels at ${x}, ${y} with a stride of ${stride} octets: ` +
          `the source has ${bytes.length} octets`,
      );
    }
    const even = (pixels: number) => Math.floor(pixels / reduction) & ~1;
    this.frame = new VideoFrameMemory(format, even(width), even(height), matrix);
    this.#reduction = reduction;
    this.#sourceStride = stride;
    this.#origin = y * stride + x * 4;
    this.#threads = threads;
    this.#source = new MappedFrame(
      source,
      { format: "BGRx", width, height, planes: [{ offset: 0, stride }], size: stride * height },
      MAP_READ,
    );
    this.#target = new MappedFrame(this.frame.bytes, this.frame, MAP_WRITE);
  }

  /** Whether a conversion is running on another thread. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * Converts rectangles of the source, on the calling thread. They are widened to even positions and sizes
   * of the frame and clipped.
   *
   * @throws {Error} If a conversion is running.
   */
  convert(rectangles: readonly Rectangle[]): void {
    this.#check();
    for (const rectangle of this.#align(rectangles)) {
      const converter = this.#place(rectangle);
      video().gst_video_converter_frame(
        pointerOf(converter),
        pointerOf(this.#source),
        pointerOf(this.#target),
      );
    }
  }

  /**
   * Converts rectangles: what takes long on another thread, so that the event loop goes on. The source
   * must not change until then.
   *
   * @throws {Error} If a conversion is running.
   */
  async convertAsync(rectangles: readonly Rectangle[]): Promise<void> {
    this.#check();
    const aligned = this.#align(rectangles);
    const pixels = aligned.reduce((sum, { width, height }) => sum + width * height, 0);
    if (pixels * this.#reduction ** 2 <= SYNC_PIXELS) return this.convert(rectangles);
    using _source = this.#source.holdMemory();
    this.#busy = true;
    try {
      for (const rectangle of aligned) {
        const converter = this.#place(rectangle);
        const area = rectangle.width * rectangle.height * this.#reduction ** 2;
        const large = area > SYNC_PIXELS / 4;
        const convert = large
          ? video().gst_video_converter_frame_nonblocking
          : video().gst_video_converter_frame;
        await convert(pointerOf(converter), pointerOf(this.#source), pointerOf(this.#target));
      }
    } finally {
      this.#busy = false;
      if (this.#disposed) this.#free();
    }
  }

  /** @returns rectangles of the frame. */
  #align(rectangles: readonly Rectangle[]): Rectangle[] {
    if (this.#reduction === 1) return alignRectangles(rectangles, this.frame);
    const reduced = rectangles.map(({ x, y, width, height }) => {
      const [left, top] = [x, y].map((at) => Math.floor(at / this.#reduction)) as [number, number];
      return {
        x: left,
        y: top,
        width: Math.ceil((x + width) / this.#reduction) - left,
        height: Math.ceil((y + height) / this.#reduction) - top,
      };
    });
    return alignRectangles(reduced, this.frame);
  }

  #check(): void {
    if (this.#disposed) throw new Error("Cannot convert: the converter is disposed of");
    if (this.#busy) throw new Error("Cannot convert while a conversion is running: await it");
  }

  /** Moves both frames to a rectangle and gives the converter of its size. */
  #place({ x, y, width, height }: Rectangle): Converter {
    const reduction = this.#reduction;
    this.#source.move(0, this.#origin + (y * this.#sourceStride + x * 4) * reduction);
    this.frame.planes.forEach(({ offset, stride }, index) => {
      const chroma = index > 0 && this.frame.format !== "Y444";
      const row = chroma ? y / 2 : y;
      // NV12 interleaves U and V: two octets for every second pixel.
      const column = chroma && this.frame.format === "I420" ? x / 2 : x;
      this.#target.move(index, offset + row * stride + column);
    });
    const threaded = this.#threads > 1 && width * height * reduction ** 2 >= THREADED_PIXELS;
    const kept = threaded ? this.#threaded : this.#converters;
    const key = `${width}x${height}`;
    let converter = kept.get(key);
    kept.delete(key);
    converter ??= new Converter(width, height, this.frame, {
      threads: threaded ? this.#threads : 1,
      reduction,
    });
    kept.set(key, converter); // Now the youngest.
    if (kept.size > (threaded ? KEPT_THREADED : KEPT)) {
      const [oldest] = kept;
      if (oldest !== undefined) {
        kept.delete(oldest[0]);
        oldest[1][Symbol.dispose]();
      }
    }
    return converter;
  }

  #free(): void {
    for (const kept of [this.#converters, this.#threaded]) {
      for (const converter of kept.values()) converter[Symbol.dispose]();
      kept.clear();
    }
    this.#source[Symbol.dispose]();
    this.#target[Symbol.dispose]();
  }

  /** Frees it; a conversion that is running ends first. The source is not touched after that. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (!this.#busy) this.#free();
  }
}

/** A GstVideoConverter for one size. Owns it (transfer full). */
class Converter extends Handle {
  constructor(
    width: number,
    height: number,
    { format, matrix }: Pick<VideoFrameMemory, "format" | "matrix">,
    { threads, reduction }: { readonly threads: number; readonly reduction: number },
  ) {
    const [fromWidth, fromHeight] = [width * reduction, height * reduction];
    using from = new VideoInfo(`video/x-raw,format=BGRx,width=${fromWidth},height=${fromHeight}`);
    using to = new VideoInfo(pictureCaps(format, width, height, matrix));
    // A structure can name the method only once its type is known.
    if (reduction > 1) video().gst_video_resampler_method_get_type();
    const config = gst().gst_structure_from_string(
      cString(
        `skerry,GstVideoConverter.threads=(uint)${threads}` +
          (reduction === 1 ? "" : HALVING),
      ),
      null,
    );
    const pointer = video().gst_video_converter_new(pointerOf(from), pointerOf(to), config);
    if (pointer === null) {
      throw new GStreamerError(`Cannot convert BGRx to ${format}`, "gst-video-converter", 0);
    }
    super(pointer, "Converter");
  }

  protected override release(pointer: Address): void {
    video().gst_video_converter_free(pointer);
  }
}
