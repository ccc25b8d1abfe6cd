/**
 * Shows the remote pointer's image as the browser's own cursor, which never lags behind the hand.
 *
 * @module
 */

import type { CursorImage as RemoteImage } from "../../src/protocol/cursor_message.ts";
import { encodePng } from "../input/png.ts";

/** Browsers ignore larger images; in CSS pixels (CSS UI 4 §5.1.1 lets them set a limit). */
export const MAX_CURSOR = 128;
/** Programs change between a few images over and over: those are not encoded again. */
const MOST_CACHED = 64;
/** What is put before and after an image, at most, for CSS pixels to be whole; in remote pixels. */
const MOST_PADDING = 7;

/**
 * Chromium decodes the image of a data URL before it looks at the cursor again, 20 ms after a style has
 * changed (Blink, `EventHandler::ScheduleCursorUpdate`); `userAgentData` tells it from Firefox, say.
 */
const TAKES_AT_ONCE = "userAgentData" in navigator;

/** In remote pixels. */
export interface CursorImage {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
}

/** Transparent pixels around an image. */
interface Padding {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const NO_PADDING: Padding = { left: 0, top: 0, right: 0, bottom: 0 };

/** An image that the browser has, or is about to have. */
interface Encoded {
  readonly url: string;
  /** Kept, and so is what was decoded. */
  readonly element: HTMLImageElement;
  ready: boolean;
}

export class RemoteCursor {
  readonly #element: HTMLElement;
  readonly #encoded = new Map<string, Encoded>();
  #cursor: RemoteImage | undefined;
  #scale = 1;
  #shown = false;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(cursor: RemoteImage): void {
    this.#cursor = cursor;
    this.#apply();
  }

  /** @param scale CSS pixels for one remote pixel, so that the cursor is as large as the picture. */
  set scale(scale: number) {
    if (scale === this.#scale) return;
    this.#scale = scale;
    this.#apply();
  }

  /** Whether the remote pointer is the browser's: else that has its own cursor here. */
  set shown(shown: boolean) {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#apply();
  }

  /** The image as it is now, for where the browser shows none of its own; undefined for a hidden one. */
  get image(): CursorImage | undefined {
    const cursor = this.#cursor;
    if (cursor === undefined || cursor.width === 0 || cursor.height === 0) return undefined;
    const { height, hotX, hotY, width } = cursor;
    return { url: this.#encode(cursor).url, width, height, hotX, hotY };
  }

  /** Forgets what images look like, but for the present one: serials are those of one display. */
  forget(): void {
    this.#encoded.clear();
    this.#apply();
  }

  #apply(): void {
    const cursor = this.#cursor;
    const { style } = this.#element;
    if (cursor === undefined || !this.#shown) style.removeProperty("cursor");
    else if (cursor.width === 0 || cursor.height === 0) style.setProperty("cursor", "none");
    else this.#use(cursor);
  }

  #use(cursor: RemoteImage): void {
    const { width, height } = cursor;
    const scale = Math.min(this.#scale, MAX_CURSOR / Math.max(width, height));
    // Hot spots are taken in whole CSS pixels, and so are sizes: an image of half a pixel more is scaled.
    const left = paddingFor(cursor.hotX, scale);
    const top = paddingFor(cursor.hotY, scale);
    const right = paddingFor(left + width, scale);
    const bottom = paddingFor(top + height, scale);
    const image = this.#encode(cursor, { left, top, right, bottom });
    // Until it is decoded browsers would show another cursor, and Firefox even after that.
    if (!image.ready) return;
    const hotSpot = [cursor.hotX + left, cursor.hotY + top].map((at) => Math.round(at * scale));
    const css = scale === 1
      // One value for every browser if nothing is to be scaled: not all take image-set() here.
      ? `url("${image.url}")`
      : `image-set(url("${image.url}") ${1 / scale}x)`;
    this.#element.style.setProperty("cursor", `${css} ${hotSpot.join(" ")}, default`);
  }

  #encode(cursor: RemoteImage, padding = NO_PADDING): Encoded {
    const { bottom, left, right, top } = padding;
    const key = [cursor.serial, left, top, right, bottom].join(" ");
    const known = this.#encoded.get(key);
    if (known !== undefined) return known;
    const width = left + cursor.width + right;
    const png = encodePng(width, top + cursor.height + bottom, padded(cursor, padding));
    // Not a blob's: those are fetched from another process first.
    const url = `data:image/png;base64,${base64(png)}`;
    const image: Encoded = { url, element: new Image(), ready: TAKES_AT_ONCE };
    this.#encoded.set(key, image);
    image.element.src = url;
    image.element.decode().catch(() => {
      // It was forgotten meanwhile, or there is no memory for it.
    }).finally(() => {
      if (image.ready) return;
      image.ready = true;
      if (this.#cursor?.serial === cursor.serial) this.#apply();
    });
    for (const other of this.#encoded.keys()) {
      if (this.#encoded.size <= MOST_CACHED) break;
      this.#encoded.delete(other);
    }
    return image;
  }
}

function base64(octets: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < octets.length; at += 0x2000) {
    characters += String.fromCharCode(...octets.subarray(at, at + 0x2000));
  }
  return btoa(characters);
}

/**
 * @param length In remote pixels.
 * @param scale CSS pixels for each.
 * @returns What to add for it to be a whole number of CSS pixels, or as nearly as possible.
 */
function paddingFor(length: number, scale: number): number {
  const error = (padding: number) => {
    const at = (length + padding) * scale;
    return Math.abs(at - Math.round(at));
  };
  let best = 0;
  for (let padding = 1; padding <= MOST_PADDING; padding++) {
    if (error(best) < 0.01) break;
    if (error(padding) < error(best)) best = padding;
  }
  return best;
}

function padded({ height, rgba, width }: RemoteImage, padding: Padding): Uint8Array {
  const { bottom, left, right, top } = padding;
  if (left + top + right + bottom === 0) return rgba;
  const stride = (left + width + right) * 4;
  const all = new Uint8Array((top + height + bottom) * stride);
  for (let row = 0; row < height; row++) {
    const pixels = rgba.subarray(row * width * 4, (row + 1) * width * 4);
    all.set(pixels, (row + top) * stride + left * 4);
  }
  return all;
}
