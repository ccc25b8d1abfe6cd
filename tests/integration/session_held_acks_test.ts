import assert from "node:assert/strict";
import { runProgram } from "../bench/systems.ts";
import { pause } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { StreamViewer, type StreamViewerOptions } from "../support/rig_stream_viewer.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

Deno.test("a viewer whose acks TCP holds back gets a picture that is as good", async () => {
  await using display = await startRemoteDisplay(1280, 720);
  await using skerry = await SkerryProcess.start({ args: ["--display", display.display] });
  await using _motion = await runProgram(display.display, "motion_window");
  const octets = async (options: StreamViewerOptions) => {
    await using viewer = await StreamViewer.connect(skerry.url, options);
    await pause(3000);
    const before = viewer.frames.length;
    await pause(3000);
    return viewer.frames.slice(before).reduce((sum, { octets }) => sum + octets, 0);
  };
  const plain = await octets({}), held = await octets({ nagle: true });
  // Where nothing is done about it, it gets a tenth.
  assert.ok(held > plain * 0.5, `${held} beside ${plain}`);
});
