import assert from "node:assert/strict";
import { gstreamer, packageOfElement } from "../../ffi/mod.ts";
import { chooseEncoder, encoderCatalogue, probeEncoders } from "../../src/media/mod.ts";

Deno.test("probeEncoders() encodes with each installed encoder and names the package of the others", async () => {
  const reports = await probeEncoders();
  assert.deepEqual(
    reports.map(({ encoder }) => encoder.name),
    encoderCatalogue.map(({ name }) => name),
  );
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
  const software = reports.filter(({ encoder }) => !encoder.hardware);
  assert.deepEqual(software.map(({ works }) => works), [true, true, true]);
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
  await assert.rejects(probeEncoders({ encoder: "x265enc" }), /There is no encoder "x265enc"/);
  await assert.rejects(probeEncoders({ encoder: "vp8enc", codec: "h264" }), RangeError);
  const reason = new Error("enough");
  await assert.rejects(probeEncoders({ signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("chooseEncoder() gives the first that works", async () => {
  const reports = await probeEncoders({ first: true });
  const chosen = await chooseEncoder();
  assert.equal(chosen.name, reports.at(-1)?.encoder.name);
  assert.equal((await chooseEncoder({ codec: "vp8" })).name, "vp8enc");
});
