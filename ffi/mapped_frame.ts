/**
 * GstVideoFrames over memory of ours.
 *
 * @module
 */

import { wrap } from "./buffer.ts";
import { GStreamerError } from "./errors.ts";
import { gst } from "./gstreamer.ts";
import { video } from "./library.ts";
import { type Address, cString } from "./memory.ts";
import { Handle, hold, pointerOf } from "./object.ts";
import { SharedMemory } from "./shared_memory.ts";
import type { Plane } from "./video_frame_memory.ts";

/** `sizeof(GstVideoFrame)` and an offset within it, of a 64-bit GStreamer 1.x; a test compares. */
export const GST_VIDEO_FRAME = { size: 664, data: 184 } as const;
/** `GST_MAP_READ` and `GST_MAP_WRITE`. */
export const MAP_READ = 1;
export const MAP_WRITE = 2;

/** A GstVideoInfo (transfer full). */
export class VideoInfo extends Handle {
  /** @throws {GStreamerError} If the caps describe no raw video. */
  constructor(caps: string) {
    const info = video().gst_video_info_new();
    if (info === null) throw new Error("Cannot allocate a GstVideoInfo: out of memory");
    super(info, "VideoInfo");
    const parsed = gst().gst_caps_from_string(cString(caps));
    const ok = parsed !== null && video().gst_video_info_from_caps(info, parsed) !== 0;
    if (parsed !== null) gst().gst_mini_object_unref(parsed);
    if (ok) return;
    this[Symbol.dispose]();
    throw new GStreamerError(`The caps "${caps}" describe no raw video`, "gst-video-info", 0);
  }

  protected override release(pointer: Address): void {
    video().gst_video_info_free(pointer);
  }
}

/** How pixels lie in memory. */
export interface FrameLayout {
  /** GStreamer's name of the pixel format. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Plane[];
  /** Octets in all. */
  readonly size: number;
}

/** A GstVideoFrame whose planes can be moved: so a rectangle within it looks like a frame of its own. */
export class MappedFrame extends Handle {
  readonly #memory: SharedMemory | Uint8Array<ArrayBuffer>;
  // Keeps the GstVideoFrame itself, which is memory of ours. More than 64 octets: V8 does not move it.
  readonly #fields: DataView<ArrayBuffer>;
  readonly #base: bigint;

  /**
   * @param memory The pixels; not copied.
   * @param layout How they lie there.
   * @param access `MAP_READ` or `MAP_WRITE`.
   * @throws {GStreamerError} If GStreamer does not take the layout.
   */
  constructor(
    memory: SharedMemory | Uint8Array<ArrayBuffer>,
    layout: FrameLayout,
    access: number,
  ) {
    const { format, width, height, planes, size } = layout;
    const bytes = memory instanceof SharedMemory ? memory.bytes : memory;
    // Twice what it needs, should a later GStreamer's be larger.
    const frame = new Uint8Array(GST_VIDEO_FRAME.size * 2);
    const pointer = Deno.UnsafePointer.of(frame);
    const buffer = wrap(bytes, size);
    if (pointer === null || buffer === null) throw new Error("Cannot map a frame: out of memory");
    const offsets = new BigUint64Array(16);
    const strides = new Int32Array(32);
    planes.forEach((plane, index) => {
      offsets[index] = BigInt(plane.offset);
      strides[index] = plane.stride;
    });
    video().gst_buffer_add_video_meta_full(
      buffer,
      0,
      video().gst_video_format_from_string(cString(format)),
      width,
      height,
      planes.length,
      offsets,
      strides,
    );
    using info = new VideoInfo(`video/x-raw,format=${format},width=${width},height=${height}`);
    const mapped = video().gst_video_frame_map(pointer, pointerOf(info), buffer, access);
    // The frame has a reference of its own.
    gst().gst_mini_object_unref(buffer);
    if (mapped === 0) {
      throw new GStreamerError(`Cannot map ${width}x${height} ${format}`, "gst-video-frame", 0);
    }
    super(pointer, "MappedFrame");
    this.#memory = memory;
    this.#fields = new DataView(frame.buffer);
    this.#base = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
  }

  /** Lets a plane begin at another octet of the memory. */
  move(plane: number, offset: number): void {
    const address = this.#base + BigInt(offset);
    this.#fields.setBigUint64(GST_VIDEO_FRAME.data + plane * 8, address, true);
  }

  /** Keeps the memory alive while a native call on another thread uses the frame. */
  holdMemory(): Disposable {
    return this.#memory instanceof SharedMemory ? hold(this.#memory) : hold(this);
  }

  protected override release(pointer: Address): void {
    video().gst_video_frame_unmap(pointer);
  }
}
