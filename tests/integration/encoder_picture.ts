/**
 * Pictures as a desktop shows them, for encoders to work on.
 *
 * @module
 */

import { random } from "../../src/media/sample_screen.ts";

export { paintText } from "../../src/media/sample_screen.ts";

/** Paints noise, the worst that an encoder can meet. */
export function paintNoise(bytes: Uint8Array, seed: number): void {
  const next = random(seed + 1);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  for (let index = 0; index < words.length; index++) words[index] = next() * 2 ** 32;
}

/** Peak signal-to-noise ratio of octets, in dB; Infinity if they are the same. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} octets are not ${b.length} octets`);
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index]! - b[index]!) ** 2;
  return sum === 0 ? Infinity : 10 * Math.log10(255 * 255 * a.length / sum);
}
