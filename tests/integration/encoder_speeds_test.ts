import assert from "node:assert/strict";
import { encoderCatalogue, type EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import { measureEncodeMs } from "../../src/media/encoder_speed.ts";
import { EncoderSpeeds, speedsPath } from "../../src/media/encoder_speeds.ts";

function row(name: string): EncoderDescription {
  const found = encoderCatalogue.find((row) => row.name === name && row.chroma === "420");
  assert.ok(found);
  return found;
}

const [x264, vp8, nvidia] = [row("x264enc"), row("vp8enc"), row("nvh264enc")];
const signal = new AbortController().signal;

Deno.test("measureEncodeMs() times an encoder of this machine", async () => {
  const ms = await measureEncodeMs(x264);
  assert.ok(ms > 0 && ms < 1000, `${ms} ms`);
  await assert.rejects(measureEncodeMs({ ...x264, launch: () => "skerryenc name=encoder" }));
  await assert.rejects(measureEncodeMs(x264, { signal: AbortSignal.abort() }));
});

Deno.test("EncoderSpeeds.measure() keeps what it measures, and what does not work", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/cache/skerry/encoders.json`;
  try {
    const asked: string[] = [];
    const measure = (encoder: EncoderDescription) => {
      asked.push(encoder.name);
      return encoder.hardware ? Promise.reject(new Error("no such device")) : Promise.resolve(4.25);
    };
    const first = await EncoderSpeeds.open({ path, measure });
    assert.equal(first.speeds.size, 0);
    await first.measure([nvidia, x264, vp8], { signal });
    assert.deepEqual([...first.speeds], [[x264, 4.25], [vp8, 4.25]]);
    const again = await EncoderSpeeds.open({ path, measure });
    assert.deepEqual(new Set(again.speeds.keys()), new Set([x264, vp8]));
    await again.measure([nvidia, x264, vp8], { signal });
    assert.deepEqual(asked, ["nvh264enc", "x264enc", "vp8enc"]);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("EncoderSpeeds.open() takes a file that is none, or of another machine, for empty", async () => {
  const path = await Deno.makeTempFile();
  const of = async (text: string) => {
    await Deno.writeTextFile(path, text);
    return (await EncoderSpeeds.open({ path })).speeds.size;
  };
  try {
    const encodeMs = { "x264enc 420": 5 };
    assert.equal(await of(""), 0);
    assert.equal(await of("{}"), 0);
    assert.equal(await of(JSON.stringify({ machine: "another", encodeMs })), 0);
    const broken = await EncoderSpeeds.open({ path, measure: () => Promise.resolve(3) });
    await broken.measure([x264], { signal });
    const { machine } = JSON.parse(await Deno.readTextFile(path));
    assert.match(machine, /^GStreamer .*1\.\d+/);
    assert.equal(await of(JSON.stringify({ machine, encodeMs })), 1);
    assert.equal(await of(JSON.stringify({ machine, encodeMs: { "x264enc 420": -1 } })), 0);
    assert.equal(await of(" ".repeat(100_000)), 0);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("EncoderSpeeds.measure() stops at once, and does without a file", async () => {
  const stop = new AbortController();
  const speeds = await EncoderSpeeds.open({
    path: "/proc/nowhere/encoders.json",
    measure: () => Promise.resolve(3),
  });
  await speeds.measure([x264], { signal });
  assert.equal(speeds.speeds.get(x264), 3);
  const measuring = speeds.measure([vp8], { delayMs: 60_000, signal: stop.signal });
  stop.abort();
  await measuring;
  assert.equal(speeds.speeds.has(vp8), false);
});

Deno.test("speedsPath() follows the XDG Base Directory Specification", () => {
  assert.equal(speedsPath({ HOME: "/home/ada" }), "/home/ada/.cache/skerry/encoders.json");
  assert.equal(speedsPath({ HOME: "/h", XDG_CACHE_HOME: "/c" }), "/c/skerry/encoders.json");
  assert.equal(speedsPath({ HOME: "/h", XDG_CACHE_HOME: "c" }), "/h/.cache/skerry/encoders.json");
  assert.equal(speedsPath({}), undefined);
});
