import assert from "node:assert/strict";
import { encoderCatalogue, type EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import { changeMs, rankEncoders } from "../../src/media/encoder_ranking.ts";

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
  const speeds: [EncoderDescription, number][] = [[nvidia, 12], [x264, 4], [vp9, 10], [av1, 12]];
  // On a fast network time is all that counts, on a slow one bits are.
  assert.equal(rank(speeds, 100_000)[0], "x264enc");
  assert.notEqual(rank(speeds, 1000)[0], "x264enc");
});

Deno.test("rankEncoders() puts those last that do not keep up, the fastest of them first", () => {
  const speeds: [EncoderDescription, number][] = [[nvidia, 20], [x264, 4], [vp9, 60], [av1, 40]];
  assert.deepEqual(rank(speeds, 500), ["x264enc", "nvh264enc", "av1enc", "vp9enc"]);
  // At fewer frames a second there is more time for each.
  assert.equal(rank(speeds, 500, 10)[0] === "x264enc", false);
});

Deno.test("rankEncoders() tries a GPU that was not measured before what was, and the rest after it", () => {
  assert.deepEqual(rank([[vp9, 5]]), ["nvh264enc", "vp9enc", "x264enc", "av1enc"]);
});

Deno.test("changeMs() is the time of encoding and of sending", () => {
  const options = { speeds: new Map([[x264, 5]]), bitrateKbit: 8000, fps: 60 };
  assert.equal(changeMs(x264, options), 5 + 320 / 8);
  assert.equal(changeMs(vp9, options), Infinity);
});
