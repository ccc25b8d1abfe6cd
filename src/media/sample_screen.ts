/**
 * Pictures as a desktop shows them, made up: for measuring encoders.
 *
 * @module
 */

/** A small generator with a seed (mulberry32), so that pictures are the same everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const GLYPH = { width: 8, height: 16, count: 64 };

/** Coverage of made-up letters, 0 to 255: strokes with smoothed edges, as a font renderer leaves them. */
const glyphs = Array.from({ length: GLYPH.count }, (_, index) => {
  const next = random(index + 1);
  const coverage = new Uint8Array(GLYPH.width * GLYPH.height);
  for (let stroke = 0; stroke < 4; stroke++) {
    const upright = next() < 0.5;
    const at = 1 + Math.floor(next() * (upright ? 5 : 10));
    const from = 2 + Math.floor(next() * 3);
    const to = from + 3 + Math.floor(next() * 6);
    for (let along = from; along < to; along++) {
      const x = upright ? at : Math.min(along - 1, 6);
      const y = upright ? along : at + 2;
      coverage[y * GLYPH.width + x] = 255;
      const beside = upright ? y * GLYPH.width + x + 1 : (y + 1) * GLYPH.width + x;
      coverage[beside] = Math.max(coverage[beside]!, Math.floor(next() * 160));
    }
  }
  return coverage;
});

/**
 * Paints lines of text into BGRx pixels: dark on a light window, over a dark desktop.
 *
 * @param bytes BGRx, `width * 4` octets a row.
 * @param seed Another seed is another text.
 */
export function paintText(bytes: Uint8Array, width: number, height: number, seed: number): void {
  const next = random(seed * 7919 + 1);
  const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, width * height);
  pixels.fill(0x2e3440);
  const left = Math.floor(width / 32);
  const right = Math.floor(width * 3 / 4);
  for (let y = 10; y < height - 10; y++) pixels.fill(0xfcfcf8, y * width + left, y * width + right);
  for (let y = 10; y < 28; y++) pixels.fill(0x5a7fb0, y * width + left, y * width + right);
  for (let top = 32; top + GLYPH.height < height - 10; top += GLYPH.height + 2) {
    const length = Math.floor((right - left - 8) / GLYPH.width * (0.3 + 0.7 * next()));
    for (let column = 0; column < length; column++) {
      const glyph = glyphs[Math.floor(next() * GLYPH.count * 1.2)];
      if (glyph === undefined) continue; // A space.
      for (let y = 0; y < GLYPH.height; y++) {
        for (let x = 0; x < GLYPH.width; x++) {
          const ink = glyph[y * GLYPH.width + x]!;
          if (ink === 0) continue;
          const grey = 250 - Math.floor(ink * 230 / 255);
          const at = (top + y) * width + left + 4 + column * GLYPH.width + x;
          pixels[at] = grey << 16 | grey << 8 | grey;
        }
      }
    }
  }
}
