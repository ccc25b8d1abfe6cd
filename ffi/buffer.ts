/**
 * Buffers: how pictures and samples go into GStreamer, and encoded data comes out.
 *
 * A buffer made here is given away at once (transfer full), so none needs a handle.
 *
 * @module
 */

import { gst } from "./gstreamer.ts";
import type { Address } from "./memory.ts";
import { VideoFrameMemory } from "./video_frame_memory.ts";

/** Offsets within `struct _GstBuffer` of a 64-bit GStreamer 1.x; a test compares them with C's. */
export const GST_BUFFER = { size: 112, pts: 72, duration: 88 } as const;
/** `GST_BUFFER_FLAG_DELTA_UNIT`: the unit needs others to be decoded. */
export const BUFFER_FLAG_DELTA_UNIT = 1 << 13;

/** When a buffer is to be presented. */
export interface BufferTimes {
  /** Presentation time in nanoseconds. */
  readonly pts: number;
}

/**
 * Makes a buffer (transfer full).
 *
 * A {@link VideoFrameMemory} is wrapped, not copied: it must stay alive and unchanged until the buffer
 * is consumed. Plain octets are copied.
 */
export function newBuffer(data: VideoFrameMemory | Uint8Array, times: BufferTimes): Address {
  const buffer = data instanceof VideoFrameMemory ? wrap(data.bytes, data.size) : copy(data);
  if (buffer === null) throw new Error("Cannot allocate a buffer: GStreamer is out of memory");
  const fields = new DataView(Deno.UnsafePointerView.getArrayBuffer(buffer, GST_BUFFER.size));
  fields.setBigUint64(GST_BUFFER.pts, BigInt(Math.round(times.pts)), true);
  return buffer;
}

/** Wraps memory without a copy and without a notification (transfer full). */
export function wrap(bytes: Uint8Array<ArrayBuffer>, size: number) {
  return gst().gst_buffer_new_wrapped_full(
    0,
    Deno.UnsafePointer.of(bytes),
    BigInt(size),
    0n,
    BigInt(size),
    null,
    null,
  );
}

function copy(bytes: Uint8Array) {
  const buffer = gst().gst_buffer_new_allocate(null, BigInt(bytes.length), null);
  // The cast says that it is no SharedArrayBuffer; FFI takes either.
  gst().gst_buffer_fill(buffer, 0n, bytes as Uint8Array<ArrayBuffer>, BigInt(bytes.length));
  return buffer;
}
