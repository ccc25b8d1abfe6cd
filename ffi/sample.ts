/**
 * Samples: what an appsink hands out, copied into memory of ours.
 *
 * @module
 */

import { BUFFER_FLAG_DELTA_UNIT, GST_BUFFER } from "./buffer.ts";
import { gst } from "./gstreamer.ts";
import type { Address } from "./memory.ts";

/** One buffer that came out of a pipeline. */
export interface Sample {
  /** Headroom, then the buffer's octets. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Free octets at the start of `data`, for a header. */
  readonly headroom: number;
  /** Presentation time in nanoseconds; undefined if the buffer has none. */
  readonly pts: number | undefined;
  /** Whether it can be decoded without an earlier one. */
  readonly keyframe: boolean;
}

/**
 * Copies a GstSample's buffer out and gives the sample back (it was transfer full).
 *
 * @param sample The GstSample.
 * @param headroom Octets to leave free in front.
 */
export function takeSample(sample: Address, headroom: number): Sample {
  const symbols = gst();
  try {
    const buffer = symbols.gst_sample_get_buffer(sample);
    if (buffer === null) {
      return { data: new Uint8Array(headroom), headroom, pts: undefined, keyframe: false };
    }
    const size = symbols.gst_buffer_get_size(buffer);
    const data = new Uint8Array(headroom + Number(size));
    symbols.gst_buffer_extract(buffer, 0n, data.subarray(headroom), size);
    const pts = new Deno.UnsafePointerView(buffer).getBigUint64(GST_BUFFER.pts);
    return {
      data,
      headroom,
      pts: pts === 0xffff_ffff_ffff_ffffn ? undefined : Number(pts),
      keyframe: symbols.gst_buffer_has_flags(buffer, BUFFER_FLAG_DELTA_UNIT) === 0,
    };
  } finally {
    symbols.gst_mini_object_unref(sample);
  }
}
