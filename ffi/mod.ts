/**
 * GStreamer, System V shared memory and uinput, through Deno's FFI: the safe part.
 *
 * Every class here is a handle that owns what it stands for; dispose of it. No pointer leaves this
 * folder.
 *
 * @module
 */

export { AppSink, type PullOptions } from "./app_sink.ts";
export { AppSrc } from "./app_src.ts";
export type { BufferTimes } from "./buffer.ts";
export { Bus, type BusMessage } from "./bus.ts";
export { Element, FlowError } from "./element.ts";
export {
  DisposedError,
  GStreamerError,
  LibraryNotFoundError,
  MissingElementError,
  SystemCallError,
} from "./errors.ts";
export { DRIVER_FOLDERS, type GStreamer, gstreamer } from "./gstreamer.ts";
export { type Leak, traceHandles } from "./object.ts";
export { describePackage, type PackageNames, packageOfElement } from "./packages.ts";
export { Pipeline } from "./pipeline.ts";
export { reapProcess } from "./process.ts";
export type { Rectangle } from "./rectangle.ts";
export type { Sample } from "./sample.ts";
export { endConnection } from "./socket.ts";
export { SharedMemory } from "./shared_memory.ts";
export { SinkPad } from "./sink_pad.ts";
export {
  type InputAxis,
  type InputChange,
  type InputDeviceDescription,
  UINPUT_PATH,
  UinputDevice,
} from "./uinput.ts";
export { VideoConverter, type VideoConverterOptions } from "./video_converter.ts";
export {
  type ColourMatrix,
  pictureCaps,
  type PixelFormat,
  type Plane,
  VideoFrameMemory,
} from "./video_frame_memory.ts";
