/**
 * Decoding in WebAssembly: any page has it.
 *
 * @module
 */

import type { CanvasSurface } from "./canvas_surface.ts";
import type { PictureWay } from "./picture_way.ts";
import type { PlanarFrame } from "./planar_frame.ts";
import { PlanarPainter } from "./planar_painter.ts";
import { TinyH264 } from "./tiny_h264.ts";
import { WasmDecoder } from "./wasm_decoder.ts";

/**
 * @param base The page's folder.
 * @returns Undefined if this page has no WebAssembly.
 * @throws if the decoder cannot be fetched.
 */
export async function openWasm(
  surface: CanvasSurface,
  base: URL,
): Promise<PictureWay | undefined> {
  if (typeof WebAssembly !== "object") return undefined;
  const module = await TinyH264.load(new URL("tinyh264.wasm", base));
  const painter = new PlanarPainter(surface);
  const way: PictureWay<PlanarFrame> = {
    name: "wasm",
    decoders: Promise.resolve(["h264-constrained-baseline", "jpeg"]),
    createDecoder: (events) => new WasmDecoder(module, events),
    painter,
    get drawing() {
      return painter.drawing;
    },
    close: () => {},
  };
  return way;
}
