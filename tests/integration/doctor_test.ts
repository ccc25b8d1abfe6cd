import assert from "node:assert/strict";
import { SkerryProcess } from "../support/skerry_process.ts";

Deno.test("skerry doctor tries everything and says that it works", async () => {
  const { code, stdout, stderr } = await SkerryProcess.run({
    args: ["doctor", "--listen", "127.0.0.1:0"],
  });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  assert.match(stdout, /^ok {6}GStreamer: 1\.\d+/m);
  assert.match(stdout, /^ok {6}x264enc \(h264\): [\d.]+ ms for a frame/m);
  assert.match(stdout, /^ok {6}X server \(xvnc\): 1280x720, takes any size/m);
  assert.match(stdout, /^ok {6}port \(UDP, for WebTransport\): 127\.0\.0\.1:0/m);
  assert.match(stdout, /^Skerry has all that it needs\.$/m);
});

Deno.test("skerry doctor says what is missing, and what to do", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stdout } = await SkerryProcess.run({
    args: ["doctor", "--listen", `127.0.0.1:${taken.addr.port}`, "--", "no-such-program"],
  });
  assert.equal(code, 1);
  assert.match(stdout, /^MISSING program: "no-such-program" is not installed$/m);
  assert.match(stdout, /^MISSING port \(TCP\): .*in use.*\n.*--listen/m);
  assert.match(stdout, /^Skerry cannot show a desktop here/m);
});
