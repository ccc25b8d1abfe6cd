import assert from "node:assert/strict";
import { CODECS, readDecoderConfig } from "../../src/media/decoder_config.ts";
import { DECODER_SAMPLES, SAMPLE_SIZE } from "../../web/worker/decoder_samples.ts";
import { Decoder } from "./encoder_rig.ts";

/** Luma of white, red, green and blue: BT.601-7 §2.5.1 in limited range. */
const LUMA = [235, 81, 145, 41];

for (const { name, codec, unit } of DECODER_SAMPLES) {
  Deno.test(`the page's sample of ${name} is what its codec string says, and decodes`, async () => {
    const kind = CODECS.find((codec) => name.split("-")[0] === codec);
    assert.ok(kind);
    const data = Uint8Array.from(atob(unit), (character) => character.charCodeAt(0));
    const size = { codedWidth: SAMPLE_SIZE, codedHeight: SAMPLE_SIZE };
    assert.deepEqual(readDecoderConfig(kind, data), { codec, ...size });
    const format = name.endsWith("-444") ? "Y444" : "I420";
    await using decoder = new Decoder(kind, SAMPLE_SIZE, SAMPLE_SIZE, format);
    const chunk = { data, headroom: 0, keyframe: true, timestampUs: 0, config: undefined };
    const picture = await decoder.decode(chunk);
    const at = (x: number, y: number) => picture[y * SAMPLE_SIZE + x]!;
    const [near, far] = [SAMPLE_SIZE / 4, SAMPLE_SIZE * 3 / 4];
    const luma = [at(near, near), at(far, near), at(near, far), at(far, far)];
    luma.forEach((value, index) => assert.ok(Math.abs(value - LUMA[index]!) < 8, `${luma}`));
  });
}
