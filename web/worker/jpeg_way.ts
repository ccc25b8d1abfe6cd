/**
 * Decoding pictures of JPEG tiles: any page can, and no video decoder is needed.
 *
 * @module
 */

import { decodeJpegTiles } from "../../src/protocol/jpeg_tiles.ts";
import type { DecoderConfig, PictureRectangle } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";
import type { CanvasSurface } from "./canvas_surface.ts";
import { changedBlocks } from "./changed_blocks.ts";
import type { Painter } from "./painter.ts";
import type { AccessUnit, DecodedFrame, DecoderEvents, PictureDecoder } from "./picture_decoder.ts";
import type { PictureWay } from "./picture_way.ts";

export function openJpeg(surface: CanvasSurface): PictureWay {
  const way: PictureWay<TiledFrame> = {
    name: "jpeg",
    decoders: Promise.resolve(["jpeg"]),
    createDecoder: (events) => new JpegDecoder(events),
    painter: new TiledPainter(surface),
    drawing: "",
    close: () => {},
  };
  return way;
}

/** The whole picture as it is after an access unit; good until the next one is decoded. */
interface TiledFrame extends DecodedFrame {
  readonly canvas: OffscreenCanvas;
}

class JpegDecoder implements PictureDecoder {
  readonly #events: DecoderEvents<TiledFrame>;
  /** Tiles are drawn over the picture before, so that is kept here: not every frame is shown. */
  readonly #canvas = new OffscreenCanvas(1, 1);
  readonly #context = this.#canvas.getContext("2d", { alpha: false });
  #config: DecoderConfig | undefined;
  /** Settles when all before is drawn. */
  #drawn: Promise<void> = Promise.resolve();
  closed = false;

  constructor(events: DecoderEvents<TiledFrame>) {
    this.#events = events;
  }

  configure(config: DecoderConfig): void {
    if (config.codec !== "jpeg") throw new TypeError(`"${config.codec}" is not JPEG`);
    this.#config = config;
  }

  decode({ data, timestamp }: AccessUnit): void {
    const config = this.#config;
    this.#config = undefined;
    const tiles = decodeJpegTiles(data).map(async ({ image, x, y }) => {
      const blob = new Blob([image.slice()], { type: "image/jpeg" });
      return { bitmap: await createImageBitmap(blob), x, y };
    });
    const decoded = Promise.all(tiles);
    // Failures are for the one who waits for them in turn.
    decoded.catch(() => {});
    this.#drawn = this.#drawn.then(async () => {
      const bitmaps = await decoded;
      if (this.closed) return;
      if (config !== undefined) {
        this.#canvas.width = config.codedWidth;
        this.#canvas.height = config.codedHeight;
      }
      for (const { bitmap, x, y } of bitmaps) {
        this.#context?.drawImage(bitmap, x, y);
        bitmap.close();
      }
      this.#events.frame({ timestamp, canvas: this.#canvas, close: () => {} });
    }).catch((error) => {
      if (this.closed) return;
      this.close();
      this.#events.error(error instanceof Error ? error : new Error(String(error)));
    });
  }

  close(): void {
    this.closed = true;
  }
}

class TiledPainter implements Painter<TiledFrame> {
  readonly #surface: CanvasSurface;

  constructor(surface: CanvasSurface) {
    this.#surface = surface;
  }

  get size(): Size {
    return this.#surface.size;
  }

  draw({ canvas }: TiledFrame, changed: readonly PictureRectangle[]): void {
    const size = { width: canvas.width, height: canvas.height };
    const fits = this.#surface.fit(size);
    for (const { height, width, x, y } of changedBlocks(fits ? changed : [], size)) {
      this.#surface.context.drawImage(canvas, x, y, width, height, x, y, width, height);
    }
  }

  handedOver(callback: () => void): void {
    this.#surface.handedOver(callback);
  }

  png(): Promise<Blob> {
    return this.#surface.png();
  }
}
