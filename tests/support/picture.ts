/**
 * Pictures of RGBA octets, and how far two of them differ.
 *
 * @module
 */

import { decode } from "fast-png";

export interface Picture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Four octets a pixel: red, green, blue, alpha; rows from the top without padding. */
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/**
 * Peak signal-to-noise ratio over red, green and blue, in decibels; Infinity for equal pictures, NaN for
 * those of different sizes, as a screen has for a moment that was just resized: that passes no bound.
 *
 * @throws {TypeError} if a picture has more or fewer octets than its size says.
 */
export function psnr(a: Picture, b: Picture): number {
  if (a.width !== b.width || a.height !== b.height) return NaN;
  const pixels = a.width * a.height;
  if (a.rgba.length !== pixels * 4 || b.rgba.length !== pixels * 4) {
    throw new TypeError(`A picture of ${a.width}x${a.height} has ${pixels * 4} octets.`);
  }
  let squares = 0;
  for (let i = 0; i < pixels * 4; i += 4) {
    const red = a.rgba[i]! - b.rgba[i]!;
    const green = a.rgba[i + 1]! - b.rgba[i + 1]!;
    const blue = a.rgba[i + 2]! - b.rgba[i + 2]!;
    squares += red * red + green * green + blue * blue;
  }
  return 10 * Math.log10(255 ** 2 / (squares / (pixels * 3)));
}

/**
 * Reads a PNG file of 8 bits a channel, which is much sooner done here than by asking a browser.
 *
 * @throws {TypeError} if it is of another kind.
 */
export function pictureOfPng(png: Uint8Array): Picture {
  const { channels, data, depth, height, width } = decode(png);
  if (depth !== 8 || channels < 3) {
    throw new TypeError(`A PNG file of ${channels} channels of ${depth} bits is not read.`);
  }
  if (channels === 4) return { width, height, rgba: data as Uint8Array };
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
  }
  return { width, height, rgba };
}

/** Reads a `data:` URL of a PNG file, as {@link pictureOfPng} does. */
export function pictureOfDataUrl(url: string): Picture {
  return pictureOfPng(Uint8Array.fromBase64(url.slice(url.indexOf(",") + 1)));
}

/** BGRx octets, as X servers give them, as a picture; `stride` is the octets of a row. */
export function pictureOfBgrx(
  bgrx: Uint8Array,
  width: number,
  height: number,
  stride = width * 4,
): Picture {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0, from = y * stride, to = y * width * 4; x < width; x++, from += 4, to += 4) {
      rgba[to] = bgrx[from + 2]!;
      rgba[to + 1] = bgrx[from + 1]!;
      rgba[to + 2] = bgrx[from]!;
      rgba[to + 3] = 255;
    }
  }
  return { width, height, rgba };
}

/** @returns A part of a picture, which must lie within it. */
export function cropped(
  picture: Picture,
  part: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  },
): Picture {
  const { height, width } = part;
  const rgba = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = ((part.y + row) * picture.width + part.x) * 4;
    rgba.set(picture.rgba.subarray(from, from + width * 4), row * width * 4);
  }
  return { width, height, rgba };
}
