/**
 * Draws the remote pointer over the picture where it is not the browser's own: under fingers that use
 * it as a trackpad, where the pointer is locked, and where somebody else moves it.
 *
 * @module
 */

import type { Placement, RemotePosition } from "../input/pointer_mapping.ts";
import type { CursorImage } from "./remote_cursor.ts";

export class DrawnCursor {
  readonly #image: HTMLImageElement;
  #cursor: CursorImage | undefined;
  #position: RemotePosition | undefined;
  #shown = false;

  /** @param image An element of the page's own, above the picture. */
  constructor(image: HTMLImageElement) {
    this.#image = image;
  }

  set shown(shown: boolean) {
    this.#shown = shown;
  }

  set cursor(cursor: CursorImage | undefined) {
    this.#cursor = cursor;
    if (cursor !== undefined && this.#image.src !== cursor.url) this.#image.src = cursor.url;
  }

  set position(position: RemotePosition | undefined) {
    this.#position = position;
  }

  /** Shows what was set, where the picture is now. */
  draw(placement: Placement | undefined): void {
    const cursor = this.#cursor;
    const position = this.#position;
    const visible = this.#shown && cursor !== undefined && position !== undefined &&
      placement !== undefined;
    this.#image.hidden = !visible;
    if (!visible) return;
    const { left, scale, top } = placement;
    const x = left + (position.x + 0.5 - cursor.hotX) * scale;
    const y = top + (position.y + 0.5 - cursor.hotY) * scale;
    this.#image.style.setProperty("width", `${cursor.width * scale}px`);
    this.#image.style.setProperty("transform", `translate(${x}px, ${y}px)`);
  }
}
