import assert from "node:assert/strict";
import { SkerryProcess } from "../support/skerry_process.ts";

Deno.test("skerry doctor tries everything and says that it works", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await SkerryProcess.run({
      args: ["doctor", "--listen", `unix:${folder}/socket`, "--webtransport-listen", "127.0.0.1:0"],
    });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^ok {6}GStreamer: 1\.\d+/m);
    assert.match(stdout, /^ok {6}x264enc \(h264\): [\d.]+ ms for a frame/m);
    assert.match(stdout, /^ok {6}X server \(xvnc\): 1280x720, takes any size/m);
    assert.match(stdout, /^ok {6}sound: recorded from a PulseAudio of the session's own$/m);
    assert.match(stdout, /^ok {6}the session's directory: \//m);
    assert.ok(stdout.includes(`\nok      Unix socket: ${folder}/socket\n`), stdout);
    assert.match(stdout, /^ok {6}port \(UDP, for WebTransport\): 127\.0\.0\.1:0/m);
    assert.match(stdout, /^Skerry has all that it needs\.$/m);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("skerry doctor says what is missing, and what to do", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const folder = await Deno.makeTempDir();
  try {
    const [token, key] = [`${folder}/token`, `${folder}/key`];
    await Deno.writeTextFile(token, "open sesame, please\n");
    await Deno.chmod(token, 0o644);
    const { code, stdout } = await SkerryProcess.run({
      args: [
        ...["doctor", "--listen", `127.0.0.1:${taken.addr.port}`],
        ...["--token-file", token, "--tls-cert", key, "--tls-key", key],
        ...["--audio", `pulse:unix:${folder}/pulse`, "--", "no-such-program"],
      ],
    });
    assert.equal(code, 1);
    assert.match(stdout, /^MISSING program: "no-such-program" is not installed$/m);
    assert.match(stdout, /^MISSING port \(TCP\): .*in use.*\n.*--listen/m);
    assert.match(stdout, /^worse {3}sound: /m);
    assert.ok(stdout.includes(`worse   --token-file: other users may read "${token}"\n`), stdout);
    assert.ok(stdout.includes(`chmod 600 "${token}"`), stdout);
    assert.ok(stdout.includes(`MISSING --tls-key: this user cannot read "${key}"\n`), stdout);
    assert.match(stdout, /^Skerry cannot show a desktop here/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("skerry doctor names the packages where nothing is installed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout } = await SkerryProcess.run({
      args: ["doctor", "--listen", "127.0.0.1:0"],
      env: {
        PATH: "/nonexistent",
        GST_PLUGIN_SYSTEM_PATH_1_0: folder,
        GST_REGISTRY_1_0: `${folder}/registry`,
      },
    });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^MISSING encoders: none works\n +Install gstreamer1\.0-plugins-ugly \(apt\).* for x264enc; or .* for openh264enc\.$/m,
    );
    assert.match(stdout, /^MISSING X server: .*apt install tigervnc-standalone-server/m);
    assert.match(stdout, /^worse {3}terminal: xterm is not installed\n +Install xterm/m);
    assert.match(stdout, /^worse {3}sound: cannot be recorded\n +Install gstreamer1\.0-/m);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
