import assert from "node:assert/strict";
import { gstreamer, packageOfElement } from "../../ffi/mod.ts";
import {
  decoderName,
  encoderCatalogue,
  NoEncoderError,
  probeEncoders,
  selectEncoders,
} from "../../src/media/mod.ts";

Deno.test("probeEncoders() encodes with each installed encoder and names the package of the others", async () => {
  const reports = await probeEncoders({ chroma: "auto" });
  assert.deepEqual(reports.map(({ encoder }) => encoder), encoderCatalogue);
  for (const report of reports) {
    if (report.works) {
      assert.ok(report.openMs > 0 && report.encodeMs > 0);
    } else {
      assert.notEqual(report.reason, "");
      if (!gstreamer().hasElement(report.encoder.name)) {
        assert.equal(report.package, packageOfElement(report.encoder.name)?.apt);
      }
    }
  }
  const working = reports.filter(({ works }) => works)
    .map(({ encoder }) => `${encoder.name} ${encoder.chroma}`);
  for (const name of ["x264enc", "openh264enc", "vp8enc", "vp9enc", "av1enc", "x265enc"]) {
    assert.ok(working.includes(`${name} 420`), name);
  }
  for (const name of ["x264enc", "vp9enc", "av1enc"]) {
    assert.ok(working.includes(`${name} 444`), name);
  }
});

Deno.test("probeEncoders() keeps to the codec, the encoder and the size asked for", async () => {
  const [report, ...others] = await probeEncoders({
    encoder: "x264enc",
    codec: "h264",
    width: 1366,
    height: 767,
  });
  assert.deepEqual(others, []);
  assert.equal(report?.works, true);
  const vp8 = await probeEncoders({ codec: "vp8" });
  assert.deepEqual(vp8.map(({ encoder }) => encoder.name), ["vp8enc"]);
});

Deno.test("probeEncoders() refuses what is not in the catalogue, and stops on abort", async () => {
  await assert.rejects(probeEncoders({ encoder: "xvidenc" }), /There is no encoder "xvidenc"/);
  await assert.rejects(probeEncoders({ encoder: "vp8enc", codec: "h264" }), RangeError);
  const reason = new Error("enough");
  await assert.rejects(probeEncoders({ signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("selectEncoders() gives the first that works, and those to fall back on behind it", async () => {
  const reports = await probeEncoders({ first: true });
  const names = (await selectEncoders({})).map(({ name }) => name);
  assert.equal(names[0], reports.at(-1)?.encoder.name);
  assert.ok(names.includes("vp8enc"));
  const named = await selectEncoders({ encoder: "openh264enc" });
  assert.deepEqual(named.map(({ name }) => name), ["openh264enc"]);
  await assert.rejects(selectEncoders({ encoder: "xvidenc" }), RangeError);
});

Deno.test("selectEncoders() keeps to 4:2:0, puts 4:4:4 first, or last", async () => {
  const chromas = async (chroma?: "420" | "444" | "auto") =>
    (await selectEncoders({ encoder: "x264enc", ...(chroma ? { chroma } : {}) }))
      .map((encoder) => encoder.chroma);
  assert.deepEqual(await chromas(), ["420"]);
  assert.deepEqual(await chromas("420"), ["420"]);
  assert.deepEqual(await chromas("444"), ["444", "420"]);
  assert.deepEqual(await chromas("auto"), ["420", "444"]);
  const vp8 = await selectEncoders({ codec: "vp8", chroma: "444" });
  assert.deepEqual(vp8.map(decoderName), ["vp8"]);
  const vp9 = await selectEncoders({ codec: "vp9", chroma: "444" });
  assert.deepEqual(vp9.map(decoderName), ["vp9-444", "vp9"]);
});

Deno.test("NoEncoderError says of each encoder why it does not work", () => {
  const [first, second] = encoderCatalogue;
  const x264 = encoderCatalogue.find(({ name }) => name === "x264enc");
  assert.ok(first && second && x264);
  const error = new NoEncoderError([
    { encoder: first, works: false, reason: "no such device", package: undefined },
    { encoder: second, works: false, reason: "not installed", package: "some-package" },
  ]);
  assert.equal(
    error.message,
    "No video encoder works here. nvh264enc: no such device; vah264enc: not installed",
  );
  const missing = { encoder: x264, works: false, reason: "not installed", package: "a" } as const;
  const installable = new NoEncoderError([{ ...missing, encoder: first }, missing]);
  assert.match(
    installable.message,
    /^No [^.]+: install gstreamer1.+-ugly \(apt\), .+ for x264enc\. /,
  );
  assert.equal(
    new NoEncoderError([missing]).message,
    "The video encoder cannot be used. x264enc: not installed. " +
      "Take another, or leave the choice to --encoder auto",
  );
});
