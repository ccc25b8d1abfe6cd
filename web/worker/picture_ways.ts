/**
 * The ways that this page may take to decode and draw, best first.
 *
 * @module
 */

import type { ForcedDecoder } from "../options.ts";
import { CanvasSurface } from "./canvas_surface.ts";
import { openJpeg } from "./jpeg_way.ts";
import { openMse } from "./mse_way.ts";
import type { PicturePlayerOptions } from "./picture_player.ts";
import { type WayName, type WayOpener, WAYS } from "./picture_way.ts";
import { openWasm } from "./wasm_way.ts";
import { openWebCodecs } from "./webcodecs_way.ts";

export interface PictureWaysOptions {
  /** The page's. */
  readonly canvas: OffscreenCanvas;
  readonly decoder: ForcedDecoder;
  /** The page's folder. */
  readonly base: URL;
  /** What the page's video can show, by the protocol's names. */
  readonly mse: readonly string[];
  /** Gives the page a port of which it shows what comes in a video; undefined: no more. */
  connect(port: MessagePort | undefined): void;
}

/** @throws {CanvasUnavailableError} if the canvas cannot be drawn on. */
export function pictureWays(
  { base, canvas, connect, decoder, mse }: PictureWaysOptions,
): PicturePlayerOptions["ways"] {
  const surface = new CanvasSurface(canvas);
  const openers: Readonly<Record<WayName, WayOpener>> = {
    webcodecs: () => openWebCodecs(surface),
    wasm: () => openWasm(surface, base),
    mse: () => openMse(mse, connect),
    jpeg: () => openJpeg(surface),
  };
  const names = decoder === "auto" ? WAYS : [decoder];
  return names.map((name) => ({ name, open: openers[name] }));
}
