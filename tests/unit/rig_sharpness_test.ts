import assert from "node:assert/strict";
import { edgePsnr, textSsim } from "../support/rig_sharpness.ts";
import type { Picture } from "../support/rig_x11.ts";

/** Vertical bars of one colour on black, BGRx; `shift` of the flat area at the right. */
function bars(colour: readonly number[], shift = 0): Picture {
  const width = 64, height = 16;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      if (x < 32 && x % 4 === 1) data.set(colour, at);
      else if (x > 40) data.fill(shift, at, at + 3);
    }
  }
  return { width, height, data };
}

Deno.test("edgePsnr() looks at edges, in every colour", () => {
  const red = bars([0, 0, 255]);
  assert.equal(edgePsnr(red, red), Infinity);
  const dimmed = edgePsnr(red, bars([0, 0, 200])), grey = edgePsnr(red, bars([76, 76, 76]));
  assert.ok(dimmed > grey && grey > 0, `${dimmed} dB dimmed, ${grey} dB without colour`);
  assert.equal(edgePsnr(red, bars([0, 0, 255], 50)), Infinity);
});

Deno.test("textSsim() falls with the contrast of text, and not with that of flat areas", () => {
  const text = bars([200, 200, 200]);
  assert.equal(textSsim(text, text), 1);
  const faint = textSsim(text, bars([60, 60, 60])), gone = textSsim(text, bars([0, 0, 0]));
  assert.ok(faint < 0.8 && gone < 0.1 && gone < faint, `${faint} faint, ${gone} gone`);
  assert.ok(textSsim(text, bars([200, 200, 200], 20)) > 0.99);
  assert.throws(
    () => textSsim(text, { width: 8, height: 8, data: new Uint8Array(256) }),
    TypeError,
  );
});
