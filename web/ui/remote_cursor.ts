/**
 * Shows the remote pointer's image as the browser's own cursor, which never lags behind the hand.
 *
 * @module
 */

import type { CursorMessage } from "../../src/protocol/cursor_message.ts";
import { encodePng } from "../input/png.ts";

/** Browsers ignore larger images; in CSS pixels (CSS UI 4 §5.1.1 lets them set a limit). */
export const MAX_CURSOR = 128;
/** Programs change between a few images over and over: those are not encoded again. */
const MOST_CACHED = 64;

/** In remote pixels. */
export interface CursorImage {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
}

export class RemoteCursor {
  readonly #element: HTMLElement;
  readonly #urls = new Map<number, string>();
  #cursor: CursorMessage | undefined;
  #scale = 1;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(cursor: CursorMessage): void {
    this.#cursor = cursor;
    this.#apply();
  }

  /** @param scale CSS pixels for one remote pixel, so that the cursor is as large as the picture. */
  set scale(scale: number) {
    if (scale === this.#scale) return;
    this.#scale = scale;
    this.#apply();
  }

  /** The image as it is now, for where the browser shows none of its own; undefined for a hidden one. */
  get image(): CursorImage | undefined {
    const cursor = this.#cursor;
    if (cursor === undefined || cursor.width === 0 || cursor.height === 0) return undefined;
    const { height, hotX, hotY, width } = cursor;
    return { url: this.#url(cursor), width, height, hotX, hotY };
  }

  /** Shows the browser's own cursor, and forgets images: serials are the old display's. */
  reset(): void {
    this.#cursor = undefined;
    for (const url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
    this.#apply();
  }

  #apply(): void {
    if (this.#cursor === undefined) this.#element.style.removeProperty("cursor");
    else this.#element.style.setProperty("cursor", this.#css(this.#cursor));
  }

  #css(cursor: CursorMessage): string {
    const { width, height, hotX, hotY } = cursor;
    if (width === 0 || height === 0) return "none";
    const scale = Math.min(this.#scale, MAX_CURSOR / Math.max(width, height));
    const url = this.#url(cursor);
    const hotSpot = `${Math.floor(hotX * scale)} ${Math.floor(hotY * scale)}`;
    // One value for every browser if nothing is to be scaled: not all take image-set() here.
    if (scale === 1) return `url("${url}") ${hotSpot}, default`;
    return `image-set(url("${url}") ${1 / scale}x) ${hotSpot}, default`;
  }

  #url(cursor: CursorMessage): string {
    const known = this.#urls.get(cursor.serial);
    if (known !== undefined) return known;
    const png = encodePng(cursor.width, cursor.height, cursor.rgba);
    const url = URL.createObjectURL(new Blob([png], { type: "image/png" }));
    this.#urls.set(cursor.serial, url);
    for (const [serial, old] of this.#urls) {
      if (this.#urls.size <= MOST_CACHED) break;
      this.#urls.delete(serial);
      URL.revokeObjectURL(old);
    }
    return url;
  }
}
