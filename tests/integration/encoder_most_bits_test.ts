/**
 * What the network takes of a frame, and what becomes of the frame.
 */
import assert from "node:assert/strict";
import { VideoConverter } from "../../ffi/mod.ts";
import { encoderCatalogue, VideoEncoder } from "../../src/media/mod.ts";
import { paintText } from "./encoder_picture.ts";
import { Decoder } from "./encoder_rig.ts";

const SIZE = { width: 1280, height: 720 };

/** A screen of text whose frames are encoded 40 ms after each other; sizes are in bits. */
class Screen implements AsyncDisposable {
  readonly #source = new Uint8Array(SIZE.width * SIZE.height * 4);
  readonly #converter = new VideoConverter({
    ...SIZE,
    stride: SIZE.width * 4,
    source: this.#source,
  });
  #encoder!: VideoEncoder;
  readonly #decoder = new Decoder("h264", SIZE.width, SIZE.height);
  #now = 0;
  #page = 0;

  static async open(name: string): Promise<Screen> {
    const screen = new Screen();
    const encoder = encoderCatalogue.find((row) => row.name === name);
    assert.ok(encoder);
    screen.#encoder = await VideoEncoder.open({
      encoder,
      converter: screen.#converter,
      fps: 60,
      bitrateKbit: 8000,
    });
    return screen;
  }

  /** Shows another page, or that much of it. */
  turn({ width, height } = SIZE): void {
    paintText(this.#source, SIZE.width, SIZE.height, ++this.#page);
    this.#converter.convert([{ x: 0, y: 0, width, height }]);
  }

  /** @returns The luma of the next frame, decoded, a row of the screen after the other. */
  async shown(options: { keyframe?: boolean; mostBits?: number }): Promise<Uint8Array> {
    const picture = await this.#decoder.decode(await this.#encode(options));
    return picture.subarray(0, SIZE.width * SIZE.height);
  }

  /** @returns The size of the next frame. */
  async frame(
    options: { keyframe?: boolean; mostBits?: number; bitrateKbit?: number } = {},
  ): Promise<number> {
    const { data, headroom } = await this.#encode(options);
    return (data.length - headroom) * 8;
  }

  #encode(options: { keyframe?: boolean; mostBits?: number; bitrateKbit?: number }) {
    return this.#encoder.encode({
      keyframe: false,
      ...options,
      timestampUs: this.#now += 40_000,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#encoder[Symbol.asyncDispose]();
    await this.#decoder[Symbol.asyncDispose]();
    this.#converter[Symbol.dispose]();
  }
}

Deno.test("VideoEncoder.encode() keeps a new page within what the network takes, and refines it", async () => {
  await using screen = await Screen.open("x264enc");
  screen.turn();
  await screen.frame({ keyframe: true });
  for (let n = 0; n < 10; n++) await screen.frame();
  // What x264enc is told before a page is what holds for it.
  await screen.frame({ mostBits: 150_000 });
  for (let page = 0; page < 4; page++) {
    screen.turn();
    const sizes: number[] = [];
    for (let n = 0; n < 30; n++) sizes.push(await screen.frame({ mostBits: 150_000 }));
    assert.ok(sizes.every((bits) => bits <= 150_000 * 1.15), `${sizes}`);
    assert.ok(sizes[0]! > 60_000, `${sizes}`);
    assert.ok(sizes.at(-1)! < 20_000, `it has nothing to add any more: ${sizes}`);
  }
});

Deno.test("VideoEncoder.encode() keeps a keyframe within what the network takes", async () => {
  await using screen = await Screen.open("x264enc");
  screen.turn();
  await screen.frame({ keyframe: true, mostBits: 300_000 });
  for (let n = 0; n < 3; n++) {
    screen.turn();
    await screen.frame({ mostBits: 50_000 });
    const bits = await screen.frame({ keyframe: true, mostBits: 200_000 });
    assert.ok(bits <= 200_000 * 1.15, `${bits}`);
  }
});

Deno.test("VideoEncoder.encode() shows all of a new page, however little the network takes", async () => {
  await using screen = await Screen.open("x264enc");
  const refined = async () => {
    for (let n = 0; n < 12; n++) await screen.shown({});
    return await screen.shown({});
  };
  screen.turn();
  await screen.shown({ keyframe: true });
  const before = await refined();
  screen.turn();
  const first = await screen.shown({ mostBits: 40_000 });
  const after = await refined();
  let changed = 0, old = 0;
  for (let y = 0; y < SIZE.height; y += 16) {
    for (let x = 0; x < SIZE.width; x += 16) {
      const difference = distance(before, after, x, y);
      if (difference < 8) continue;
      changed++;
      if (distance(before, first, x, y) < difference / 10) old++;
    }
  }
  assert.ok(changed > 1000, `of ${changed} blocks`);
  assert.ok(old < changed / 20, `${old} of ${changed} blocks still show the page before`);
});

for (const name of ["x264enc", "openh264enc", "vp8enc", "vp9enc"]) {
  Deno.test(`${name} sends less of full motion when the network takes less, and more again`, async () => {
    await using screen = await Screen.open(name);
    const mean = async (bitrateKbit: number) => {
      let sum = 0;
      for (let n = 0; n < 50; n++) {
        // Of much more, vp8enc's coarsest is more than the slow path takes.
        screen.turn({ width: 400, height: 160 });
        const bits = await screen.frame({ bitrateKbit, mostBits: bitrateKbit * 40 });
        if (n >= 25) sum += bits;
      }
      return sum / 25;
    };
    const [fast, slow, again] = [await mean(3000), await mean(800), await mean(3000)];
    assert.ok(slow < fast * 0.7, `${fast}, ${slow}, ${again}`);
    assert.ok(again > slow * 1.1, `${fast}, ${slow}, ${again}`);
  });
}

/** By how much the luma of a macroblock differs in two pictures, a pixel. */
function distance(a: Uint8Array, b: Uint8Array, left: number, top: number): number {
  let sum = 0;
  for (let y = top; y < top + 16; y++) {
    for (let x = left; x < left + 16; x++) {
      const at = y * SIZE.width + x;
      sum += Math.abs(a[at]! - b[at]!);
    }
  }
  return sum / 256;
}
