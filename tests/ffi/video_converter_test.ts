import assert from "node:assert/strict";
import { type PixelFormat, type Rectangle, SharedMemory, VideoConverter } from "../../ffi/mod.ts";

/** Every pixel another colour, so that a shifted or missing rectangle shows. */
function paint(bytes: Uint8Array, seed = 0): void {
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (index * 37 + (index >> 9) * 11 + seed * 101) & 255;
  }
}

function whole({ width, height }: { width: number; height: number }): Rectangle[] {
  return [{ x: 0, y: 0, width, height }];
}

type Sample = [number, number, number];

/** What red and blue count in brightness: ITU-R BT.601-7 §2.5.1, BT.709-6 §3.2. */
const WEIGHTS = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  jpeg: [0.299, 0.114],
} as const;

/** Full-range RGB to limited range; to full range for JPEG (ITU-T T.871 §7). */
function convert(
  matrix: keyof typeof WEIGHTS,
  [red, green, blue]: readonly [number, number, number],
): Sample {
  const [kr, kb] = WEIGHTS[matrix];
  const y = kr * red + (1 - kr - kb) * green + kb * blue;
  const u = (blue - y) / (2 * (1 - kb));
  const v = (red - y) / (2 * (1 - kr));
  if (matrix === "jpeg") return [y, 128 + u, 128 + v].map((s) => Math.min(s, 255)) as Sample;
  return [16 + y * 219 / 255, 128 + u * 224 / 255, 128 + v * 224 / 255];
}

function checkColours(format: PixelFormat, matrix: keyof typeof WEIGHTS): void {
  const [width, height] = [64, 32];
  const source = new Uint8Array(width * height * 4);
  const stride = width * 4;
  using converter = new VideoConverter({ width, height, stride, source, format, matrix });
  const colours: [number, number, number][] = [
    [0, 0, 0],
    [255, 255, 255],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [18, 52, 86],
  ];
  for (const [red, green, blue] of colours) {
    for (let index = 0; index < source.length; index += 4) {
      source.set([blue, green, red, 0], index);
    }
    converter.convert(whole(converter.frame));
    const { bytes, planes } = converter.frame;
    const expected = convert(matrix, [red, green, blue]);
    const chroma = planes[1]!.offset;
    const actual = [bytes[0]!, bytes[chroma]!, bytes[planes[2]?.offset ?? chroma + 1]!];
    actual.forEach((value, index) => {
      const difference = Math.abs(value - expected[index]!);
      assert.ok(difference <= 1.5, `${red},${green},${blue}: ${actual} for ${expected}`);
    });
  }
}

for (const format of ["I420", "NV12", "Y444"] as const) {
  Deno.test(`VideoConverter.convert() makes ${format} by each matrix`, () => {
    for (const matrix of ["bt601", "bt709", "jpeg"] as const) checkColours(format, matrix);
  });

  Deno.test(`VideoConverter.convert() makes of ${format} rectangles what it makes of the whole`, () => {
    const [width, height, stride] = [320, 200, 320 * 4 + 64];
    const source = new Uint8Array(stride * height);
    const options = { width, height, stride, source, format };
    using one = new VideoConverter(options);
    using parts = new VideoConverter(options);
    paint(source);
    one.convert(whole(one.frame));
    // One by one: together they are as large as the whole, and then that is converted.
    const rectangles = [
      { x: 0, y: 0, width: 320, height: 51 },
      { x: 0, y: 51, width: 133, height: 149 },
      { x: 133, y: 51, width: 187, height: 100 },
      { x: 133, y: 151, width: 187, height: 49 },
    ];
    for (const rectangle of rectangles) parts.convert([rectangle]);
    assert.deepEqual(parts.frame.bytes, one.frame.bytes);
  });
}

for (const format of ["I420", "NV12", "Y444"] as const) {
  Deno.test(`VideoConverter.convert() makes of ${format} rectangles, at half the size, what it makes of the whole`, () => {
    const [width, height, stride] = [323, 202, 323 * 4 + 64];
    const source = new Uint8Array(stride * height);
    const options = { width, height, stride, source, format, reduction: 2 } as const;
    using one = new VideoConverter(options);
    using parts = new VideoConverter(options);
    assert.deepEqual([one.frame.width, one.frame.height], [160, 100]);
    // Edges everywhere: a sample that depends on what is beyond its rectangle comes out another.
    let state = 1;
    for (let at = 0; at < source.length; at++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      source[at] = state >>> 31 === 0 ? 0 : 255;
    }
    one.convert([{ x: 0, y: 0, width, height }]);
    const rectangles = [
      { x: 0, y: 0, width: 323, height: 51 },
      { x: 0, y: 51, width: 133, height: 151 },
      { x: 133, y: 51, width: 190, height: 100 },
      { x: 133, y: 151, width: 190, height: 51 },
    ];
    for (const rectangle of rectangles) parts.convert([rectangle]);
    assert.deepEqual(parts.frame.bytes, one.frame.bytes);
  });
}

Deno.test("VideoConverter.convert() takes the mean of four pixels at half the size", () => {
  const [width, height] = [64, 32];
  const source = new Uint8Array(width * height * 4);
  paint(source);
  using converter = new VideoConverter({
    width,
    height,
    stride: width * 4,
    source,
    matrix: "jpeg",
    reduction: 2,
  });
  converter.convert([{ x: 0, y: 0, width, height }]);
  const { bytes, planes } = converter.frame;
  for (let y = 0; y < height / 2; y++) {
    for (let x = 0; x < width / 2; x++) {
      const mean = (channel: number) => {
        const at = (dx: number, dy: number) =>
          source[((2 * y + dy) * width + 2 * x + dx) * 4 + channel]!;
        return (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
      };
      const [expected] = convert("jpeg", [mean(2), mean(1), mean(0)]);
      const value = bytes[y * planes[0]!.stride + x]!;
      assert.ok(Math.abs(value - expected) <= 2, `${value} for ${expected} at ${x},${y}`);
    }
  }
});

Deno.test("VideoConverter.convert() keeps the colour of each pixel in Y444", () => {
  const [width, height] = [64, 32];
  const source = new Uint8Array(width * height * 4);
  using converter = new VideoConverter({
    width,
    height,
    stride: width * 4,
    source,
    format: "Y444",
  });
  // Red and blue in turn, pixel by pixel, as a chessboard.
  const isRed = (x: number, y: number) => (x + y) % 2 === 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      source.set(isRed(x, y) ? [0, 0, 255, 0] : [255, 0, 0, 0], (y * width + x) * 4);
    }
  }
  converter.convert(whole(converter.frame));
  const { bytes, planes } = converter.frame;
  assert.equal(planes.length, 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const expected = convert("bt601", isRed(x, y) ? [255, 0, 0] : [0, 0, 255]);
      planes.forEach(({ offset, stride }, index) => {
        const value = bytes[offset + y * stride + x]!;
        assert.ok(Math.abs(value - expected[index]!) <= 1.5, `${value} for ${expected[index]}`);
      });
    }
  }
});

Deno.test("VideoConverter.convert() leaves what is outside of the rectangles as it was", () => {
  const [width, height] = [100, 60];
  const source = new Uint8Array(width * height * 4);
  using converter = new VideoConverter({ width, height, stride: width * 4, source });
  const before = converter.frame.bytes.slice();
  source.fill(255);
  // Widened to 20..40 and 10..20.
  converter.convert([{ x: 21, y: 11, width: 18, height: 8 }]);
  const stride = converter.frame.planes[0]!.stride;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= 20 && x < 40 && y >= 10 && y < 20;
      assert.equal(converter.frame.bytes[y * stride + x], inside ? 235 : 16);
    }
  }
  converter.frame.bytes.set(before);
  converter.convert([
    { x: 10, y: 10, width: 0, height: 10 },
    { x: 10, y: 10, width: 10, height: -1 },
    { x: 100, y: 0, width: 10, height: 10 },
    { x: -20, y: 0, width: 20, height: 10 },
    { x: NaN, y: 0, width: 20, height: 10 },
  ]);
  assert.deepEqual(converter.frame.bytes, before);
  converter.convert([{ x: -1000, y: -1000, width: 5000, height: 5000 }]);
  assert.ok(converter.frame.bytes.subarray(0, 6000).every((octet) => octet === 235));
});

Deno.test("VideoConverter leaves an odd last column and row out", () => {
  const [width, height] = [101, 61];
  const source = new Uint8Array(width * height * 4);
  paint(source);
  using converter = new VideoConverter({ width, height, stride: width * 4, source });
  assert.equal(converter.frame.width, 100);
  assert.equal(converter.frame.height, 60);
  converter.convert([{ x: 0, y: 0, width, height }]);
});

Deno.test("VideoConverter.convertAsync() makes the same as convert(), of shared memory", async () => {
  const [width, height] = [1280, 720];
  using source = SharedMemory.create(width * height * 4);
  source.markForRemoval();
  const options = { width, height, stride: width * 4, source };
  using sync = new VideoConverter({ ...options, threads: 1 });
  using async = new VideoConverter({ ...options, threads: 2 });
  for (let seed = 0; seed < 3; seed++) {
    paint(source.bytes, seed);
    sync.convert(whole(sync.frame));
    const running = async.convertAsync([
      { x: 0, y: 0, width, height: 501 },
      { x: 0, y: 501, width: 7, height: 219 },
      { x: 7, y: 501, width: 1273, height: 219 },
    ]);
    assert.equal(async.busy, true);
    assert.throws(() => async.convert([]), /while a conversion is running/);
    await running;
    assert.equal(async.busy, false);
    assert.deepEqual(async.frame.bytes, sync.frame.bytes);
  }
});

Deno.test("VideoConverter keeps its source mapped when both are disposed of in its middle", async () => {
  const [width, height] = [1920, 1080];
  const source = SharedMemory.create(width * height * 4);
  source.markForRemoval();
  const converter = new VideoConverter({ width, height, stride: width * 4, source });
  const running = converter.convertAsync(whole(converter.frame));
  source[Symbol.dispose]();
  converter[Symbol.dispose]();
  await running;
  assert.throws(() => converter.convert([]), /disposed of/);
});

Deno.test("VideoConverter converts many sizes with few converters", () => {
  const [width, height] = [256, 256];
  const source = new Uint8Array(width * height * 4);
  using one = new VideoConverter({ width, height, stride: width * 4, source });
  using parts = new VideoConverter({ width, height, stride: width * 4, source });
  paint(source);
  for (let size = 2; size <= 256; size += 2) {
    parts.convert([{ x: 256 - size, y: 0, width: size, height: 258 - size }]);
  }
  parts.convert(whole(parts.frame));
  one.convert(whole(one.frame));
  assert.deepEqual(parts.frame.bytes, one.frame.bytes);
});

Deno.test("VideoConverter refuses a source that is too small for its size", () => {
  const source = new Uint8Array(64 * 64 * 4);
  for (
    const options of [
      { width: 64, height: 65, stride: 256 },
      { width: 65, height: 64, stride: 256 },
      { width: 0, height: 64, stride: 256 },
    ]
  ) assert.throws(() => new VideoConverter({ ...options, source }), RangeError);
});
