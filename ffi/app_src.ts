/**
 * AppSrc: the element by which we feed a pipeline that has threads of its own.
 *
 * For an encoder, {@link SinkPad} does the same with one thread hop less.
 *
 * @module
 */

import { type BufferTimes, newBuffer } from "./buffer.ts";
import { checkFlow, Element } from "./element.ts";
import { app } from "./library.ts";
import type { Address } from "./memory.ts";
import { pointerOf, retain } from "./object.ts";
import type { VideoFrameMemory } from "./video_frame_memory.ts";

/** An `appsrc` element. */
export class AppSrc extends Element {
  /** Takes over one reference (transfer full). */
  constructor(pointer: Address) {
    super(pointer, "AppSrc");
  }

  /**
   * Queues a buffer. A picture is not copied: keep it unchanged until its output was pulled. Octets are
   * copied.
   *
   * @throws {FlowError} If the pipeline is stopped, has ended or failed.
   * @throws {DisposedError}
   */
  push(data: VideoFrameMemory | Uint8Array, times: BufferTimes): void {
    const pointer = pointerOf(this);
    retain(this, data);
    checkFlow(app().gst_app_src_push_buffer(pointer, newBuffer(data, times)));
  }

  /**
   * Says that nothing more comes.
   *
   * @throws {FlowError}
   * @throws {DisposedError}
   */
  endOfStream(): void {
    checkFlow(app().gst_app_src_end_of_stream(pointerOf(this)));
  }
}
