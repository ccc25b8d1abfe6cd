import assert from "node:assert/strict";
import { encoderCatalogue } from "../../src/media/encoder_catalogue.ts";
import { decodes } from "../../src/session/rendition_kind.ts";
import { type OfferedKind, offeredKinds } from "../../src/session/video_offer.ts";

function rows(...names: string[]) {
  return names.map((name) => {
    const row = encoderCatalogue.find((row) => row.name === name && row.chroma === "420");
    if (!row) throw new Error(`The catalogue has no "${name}".`);
    return row;
  });
}

const names = (kinds: readonly OfferedKind[]) => kinds.map(({ name }) => name);

Deno.test("offeredKinds() puts encoders of a codec together, the codec of the best first", () => {
  const kinds = offeredKinds(rows("vp8enc", "x264enc", "openh264enc"));
  assert.deepEqual(names(kinds), ["vp8", "h264"]);
  const sources = kinds.map(({ sources }) => sources.map(({ name }) => name));
  assert.deepEqual(sources, [["vp8enc"], ["x264enc", "openh264enc"]]);
});

Deno.test("offeredKinds() makes plain H.264 apart where a GPU may make more of it", () => {
  const plain = ["h264-constrained-baseline"];
  const [h264, apart] = offeredKinds(rows("nvh264enc", "x264enc"));
  assert.deepEqual([h264!.name, apart!.name], ["h264", ...plain]);
  assert.equal(decodes(plain, h264!), false);
  assert.equal(decodes(plain, apart!), true);
  assert.deepEqual(apart!.sources.map(({ name }) => name), ["x264enc"]);
  // Without one, all of it is.
  const [simple, ...rest] = offeredKinds(rows("x264enc"));
  assert.deepEqual(rest, []);
  assert.equal(decodes(plain, simple!), true);
});

Deno.test("offeredKinds() keeps full colour apart", () => {
  const full = encoderCatalogue.find(({ codec, chroma }) => codec === "h264" && chroma === "444")!;
  assert.deepEqual(names(offeredKinds([...rows("x264enc"), full])), ["h264", "h264-444"]);
});

Deno.test("offeredKinds() offers other encoders as a resort, and none for what there is", () => {
  const [x264, openh264, vp8] = rows("x264enc", "openh264enc", "vp8enc");
  const jpeg = {
    name: "jpegenc",
    codec: "jpeg",
    chroma: "420",
    open: () => assert.fail(),
  } as const;
  const kinds = offeredKinds([x264!], {
    speeds: new Map([[vp8!, 9]]),
    others: [openh264!, vp8!],
    lastResorts: [jpeg],
  });
  const offered = kinds.map(({ name, resort, encodeMs }) => [name, resort, encodeMs]);
  assert.deepEqual(offered, [["h264", 0, undefined], ["vp8", 1, 9], ["jpeg", 2, undefined]]);
  assert.deepEqual(kinds[0]!.sources.map(({ name }) => name), ["x264enc"]);
});
