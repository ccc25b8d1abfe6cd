import assert from "node:assert/strict";
import { coloursOf } from "../../web/worker/webcodecs_decoder.ts";

const BT709 = { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false };
const BT601 = { ...BT709, matrix: "smpte170m" };

Deno.test("coloursOf() says of VP8, VP9 and AV1 what their streams leave open", () => {
  const colours = (codec: string, codedHeight = 720) =>
    coloursOf({ codec, codedWidth: 1280, codedHeight });
  assert.deepEqual(colours("vp8"), BT601);
  assert.deepEqual(colours("vp09.00.40.08.01.01.01.01.00"), BT709);
  assert.deepEqual(colours("vp09.01.40.08.03.01.01.06.00"), BT601);
  assert.deepEqual(colours("av01.0.08M.08.0.110.02.02.02.0"), BT709);
  assert.deepEqual(colours("av01.0.08M.08.0.110.02.02.02.0", 719), BT601);
  assert.deepEqual(colours("av01.0.08M.08.0.110.01.01.05.0"), BT601);
  assert.equal(colours("avc1.42c01f"), undefined);
  assert.equal(colours("hev1.1.6.L93.90"), undefined);
});
