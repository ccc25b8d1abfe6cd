/**
 * What encoders are measured with: text that scrolls in a window, and a picture in which all moves.
 *
 * @module
 */

import { paintText, random } from "../../src/media/sample_screen.ts";

/** Paints frame after frame into BGRx pixels. */
export interface EncoderScene {
  readonly name: string;
  /** @returns Pixels that differ from the frame before. */
  paint(bytes: Uint8Array, width: number, height: number, frame: number): number;
}

/** Rows that text moves by in a frame: a line. */
const LINE = 18;

/** A long text over which a window moves, one for each width. */
const pages = new Map<string, Uint8Array>();

function pageOf(width: number, height: number): Uint8Array {
  const key = `${width}x${height}`;
  let page = pages.get(key);
  if (page === undefined) {
    page = new Uint8Array(width * height * 4);
    paintText(page, width, height, 3);
    pages.set(key, page);
  }
  return page;
}

/** A terminal or an editor: the lines of a window move up by one with each frame. */
export const textScroll: EncoderScene = {
  name: "text scroll",
  paint(bytes, width, height, frame) {
    const page = pageOf(width, height * 3);
    const row = width * 4;
    const offset = (frame % Math.floor(height * 2 / LINE)) * LINE;
    bytes.set(page.subarray(offset * row, (offset + height) * row));
    return width * height;
  },
};

/** Smooth noise of a size of 256 that repeats: the sum of five octaves, as clouds and skin have them. */
const texture = (() => {
  const size = 256;
  const result = new Float32Array(size * size);
  for (let octave = 0; octave < 5; octave++) {
    const cells = 8 << octave;
    const next = random(octave + 11);
    const grid = Float32Array.from({ length: cells * cells }, () => next() - 0.5);
    const at = (x: number, y: number) => grid[(y % cells) * cells + x % cells]!;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const [u, v] = [x * cells / size, y * cells / size];
        const [i, j] = [Math.floor(u), Math.floor(v)];
        const [s, t] = [u - i, v - j];
        const top = at(i, j) * (1 - s) + at(i + 1, j) * s;
        const bottom = at(i, j + 1) * (1 - s) + at(i + 1, j + 1) * s;
        result[y * size + x]! += (top * (1 - t) + bottom * t) / 2 ** octave;
      }
    }
  }
  return result;
})();

/** A film: two layers of clouds that pass each other, in changing colours. */
export const motion: EncoderScene = {
  name: "motion",
  paint(bytes, width, height, frame) {
    const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, width * height);
    const [nearX, nearY] = [frame * 3, frame];
    const [farX, farY] = [frame * -1, frame * 2];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const near = texture[((y + nearY) & 255) * 256 + ((x + nearX) & 255)]!;
        const far = texture[(((y >> 1) + farY) & 255) * 256 + (((x >> 1) + farX) & 255)]!;
        const light = 128 + near * 120 + far * 80;
        const [red, green, blue] = [light + far * 60, light, light - far * 60]
          .map((value) => Math.min(Math.max(value, 0), 255) & 255) as [number, number, number];
        pixels[y * width + x] = red << 16 | green << 8 | blue;
      }
    }
    return width * height;
  },
};
