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

/** Options of {@link VideoConverter}. */
export interface VideoConverterOptions {
  /** Width of the source in pixels. */
  readonly width: number;
  /** Height of the source in pixels. */
  readonly height: number;
  /** Octets from one row of the source to the next. */
  readonly stride: number;
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
}

/**
 * Converts rectangles of a BGRx picture, straight from its memory, into a persistent frame of limited
 * range.
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
  readonly #threads: number;
  readonly #converters = new Map<string, Converter>();
  readonly #threaded = new Map<string, Converter>();
  #busy = false;
  #disposed = false;

  /**
   * @throws {RangeError} If the source is too small for its size, or the size is out of range.
   * @throws {LibraryNotFoundError} If GStreamer is not installed.
   */
  constructor(options: VideoConverterOptions) {
    const { width, height, stride, source, format = "I420", matrix, threads = 2 } = options;
    const bytes = source instanceof SharedMemory ? source.bytes : source;
    if (stride < width * 4 || bytes.length < stride * height || bytes.length <= 64) {
      throw new RangeError(
        `Cannot convert ${width}x${height} pixels with a stride of ${stride} octets: ` +
          `the source has ${bytes.length} octets`,
      );
    }
    this.frame = new VideoFrameMemory(format, width & ~1, height & ~1, matrix);
    this.#sourceStride = stride;
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
   * Converts rectangles, on the calling thread. They are widened to even positions and sizes and clipped.
   *
   * @throws {Error} If a conversion is running.
   */
  convert(rectangles: readonly Rectangle[]): void {
    this.#check();
    for (const rectangle of alignRectangles(rectangles, this.frame)) {
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
    const aligned = alignRectangles(rectangles, this.frame);
    const pixels = aligned.reduce((sum, { width, height }) => sum + width * height, 0);
    if (pixels <= SYNC_PIXELS) return this.convert(aligned);
    using _source = this.#source.holdMemory();
    this.#busy = true;
    try {
      for (const rectangle of aligned) {
        const converter = this.#place(rectangle);
        const large = rectangle.width * rectangle.height > SYNC_PIXELS / 4;
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

  #check(): void {
    if (this.#disposed) throw new Error("Cannot convert: the converter is disposed of");
    if (this.#busy) throw new Error("Cannot convert while a conversion is running: await it");
  }

  /** Moves both frames to a rectangle and gives the converter of its size. */
  #place({ x, y, width, height }: Rectangle): Converter {
    this.#source.move(0, y * this.#sourceStride + x * 4);
    this.frame.planes.forEach(({ offset, stride }, index) => {
      const chroma = index > 0 && this.frame.format !== "Y444";
      const row = chroma ? y / 2 : y;
      // NV12 interleaves U and V: two octets for every second pixel.
      const column = chroma && this.frame.format === "I420" ? x / 2 : x;
      this.#target.move(index, offset + row * stride + column);
    });
    const threaded = this.#threads > 1 && width * height >= THREADED_PIXELS;
    const kept = threaded ? this.#threaded : this.#converters;
    const key = `${width}x${height}`;
    let converter = kept.get(key);
    kept.delete(key);
    converter ??= new Converter(width, height, this.frame, threaded ? this.#threads : 1);
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
    threads: number,
  ) {
    using from = new VideoInfo(`video/x-raw,format=BGRx,width=${width},height=${height}`);
    using to = new VideoInfo(pictureCaps(format, width, height, matrix));
    const config = gst().gst_structure_from_string(
      cString(`skerry,GstVideoConverter.threads=(uint)${threads}`),
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
