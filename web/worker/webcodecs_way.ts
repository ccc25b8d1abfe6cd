/**
 * Decoding by the browser's own decoder: pages that are secure contexts have it.
 *
 * @module
 */

import { CanvasPainter } from "./canvas_painter.ts";
import type { CanvasSurface } from "./canvas_surface.ts";
import type { PictureWay } from "./picture_way.ts";
import { SoftwarePainter } from "./software_painter.ts";
import { supportedCodecs, WebCodecsDecoder } from "./webcodecs_decoder.ts";

/** @returns Undefined if this page has no such decoder. */
export function openWebCodecs(surface: CanvasSurface): PictureWay | undefined {
  if (typeof VideoDecoder !== "function") return undefined;
  const way: PictureWay<VideoFrame> = {
    name: "webcodecs",
    decoders: supportedCodecs(),
    createDecoder: (events) => new WebCodecsDecoder(events),
    painter: new (SoftwarePainter.suits() ? SoftwarePainter : CanvasPainter)(surface),
    drawing: "",
    close: () => {},
  };
  return way;
}
