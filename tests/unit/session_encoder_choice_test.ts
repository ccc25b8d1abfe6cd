import assert from "node:assert/strict";
import { EncoderChoice } from "../../src/session/encoder_choice.ts";

const encoders = [{ name: "nvh264enc" }, { name: "x264enc" }];
const refuse = (bad: string[]) => (encoder: { name: string }) =>
  bad.includes(encoder.name) ? Promise.reject(new Error(encoder.name)) : Promise.resolve(encoder);

Deno.test("EncoderChoice opens the best encoder", async () => {
  const choice = new EncoderChoice(encoders);
  assert.equal((await choice.open(refuse([]))).name, "nvh264enc");
});

Deno.test("EncoderChoice goes on to the next encoder when one cannot be opened, and stays there", async () => {
  const choice = new EncoderChoice(encoders);
  assert.equal((await choice.open(refuse(["nvh264enc"]))).name, "x264enc");
  assert.equal(choice.current.name, "x264enc");
});

Deno.test("EncoderChoice gives up after it has tried each encoder once", async () => {
  const tried: string[] = [];
  const choice = new EncoderChoice(encoders);
  await assert.rejects(
    choice.open((encoder) => {
      tried.push(encoder.name);
      return Promise.reject(new Error(encoder.name));
    }),
    { message: "x264enc" },
  );
  assert.deepEqual(tried, ["nvh264enc", "x264enc"]);
});

Deno.test("EncoderChoice forgives one failure, not two in a short time", () => {
  const choice = new EncoderChoice(encoders);
  choice.failed(0);
  assert.equal(choice.current.name, "nvh264enc");
  choice.failed(EncoderChoice.RELAPSE_MS + 1);
  assert.equal(choice.current.name, "nvh264enc");
  choice.failed(EncoderChoice.RELAPSE_MS + 2);
  assert.equal(choice.current.name, "x264enc");
});

Deno.test("EncoderChoice refuses an empty list", () => {
  assert.throws(() => new EncoderChoice([]), TypeError);
});
