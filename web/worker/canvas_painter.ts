/**
 * Draws the browser's own frames on the page's canvas.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";
import type { CanvasSurface } from "./canvas_surface.ts";
import type { Painter } from "./painter.ts";

export class CanvasPainter implements Painter<VideoFrame> {
  protected readonly surface: CanvasSurface;

  constructor(surface: CanvasSurface) {
    this.surface = surface;
  }

  get size(): Size {
    return this.surface.size;
  }

  // Where it has changed is of no use here: browsers convert all of a frame to draw a part of it.
  draw(frame: VideoFrame, _changed: readonly PictureRectangle[]): void | Promise<void> {
    this.surface.fit({ width: frame.displayWidth, height: frame.displayHeight });
    this.surface.context.drawImage(frame, 0, 0);
  }

  handedOver(callback: () => void): void {
    this.surface.handedOver(callback);
  }

  png(): Promise<Blob> {
    return this.surface.png();
  }
}
