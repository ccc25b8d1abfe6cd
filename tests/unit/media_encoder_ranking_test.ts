import assert from "node:assert/strict";
import { encoderCatalogue, type EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import { changeCost, rankEncoders } from "../../src/media/encoder_ranking.ts";

function row(name: string): EncoderDescription {
  const found = encoderCatalogue.find((row) => row.name === name && row.chroma === "420");
  assert.ok(found);
  return found;
}

const [x264, vp9, av1, nvidia] = ["x264enc", "vp9enc", "av1enc", "nvh264enc"].map(row) as [
  EncoderDescription,
  EncoderDescription,
  EncoderDescription,
  EncoderDescription,
];

function rank(speeds: [EncoderDescription, number][], bitrateKbit = 8000, fps = 60): string[] {
  const options = { speeds: new Map(speeds), bitrateKbit, fps };
  return rankEncoders([nvidia, x264, vp9, av1], options).map(({ name }) => name);
}

Deno.test("rankEncoders() keeps the catalogue's order where nothing was measured", () => {
  assert.deepEqual(rank([]), ["nvh264enc", "x264enc", "vp9enc", "av1enc"]);
});

Deno.test("rankEncoders() weighs time against bits, by the bit rate", () => {
  const [lean, quick] = [{ ...vp9, bits: 0.5 }, { ...x264, bits: 1 }];
  const speeds = new Map([[lean, 10], [quick, 4]]);
  const best = (bitrateKbit: number) =>
    rankEncoders([lean, quick], { speeds, bitrateKbit, fps: 60 })[0];
  // On a fast network time is all that counts, on a slow one bits are.
  assert.equal(best(100_000), quick);
  assert.equal(best(1000), lean);
});

Deno.test("rankEncoders() lets the processor's time count twice, and a GPU's once", () => {
  assert.equal(rank([[nvidia, 7], [x264, 4]])[0], "nvh264enc");
  assert.equal(rank([[nvidia, 9], [x264, 4]])[0], "x264enc");
});

Deno.test("rankEncoders() puts those last that do not keep up, the fastest of them first", () => {
  const speeds: [EncoderDescription, number][] = [[nvidia, 20], [x264, 4], [vp9, 60], [av1, 40]];
  assert.deepEqual(rank(speeds, 500), ["x264enc", "nvh264enc", "av1enc", "vp9enc"]);
  // At fewer frames a second there is more time for each.
  const cheap: [EncoderDescription, number][] = [[nvidia, 20], [{ ...x264, bits: 2 }, 4]];
  const first = (fps: number) =>
    rankEncoders(cheap.map(([encoder]) => encoder), {
      speeds: new Map(cheap),
      bitrateKbit: 500,
      fps,
    })[0]?.name;
  assert.equal(first(60), "x264enc");
  assert.equal(first(10), "nvh264enc");
});

Deno.test("rankEncoders() tries a GPU that was not measured before what was, and the rest after it", () => {
  assert.deepEqual(rank([[vp9, 5]]), ["nvh264enc", "vp9enc", "x264enc", "av1enc"]);
});

Deno.test("changeCost() adds the times of encoding and of sending", () => {
  const options = { speeds: new Map([[x264, 5]]), bitrateKbit: 8000, fps: 60 };
  assert.equal(changeCost(x264, options), 2 * 5 + 320 / 8);
  assert.equal(changeCost(vp9, options), Infinity);
});
