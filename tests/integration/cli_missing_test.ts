import assert from "node:assert/strict";
import { type Exit, SkerryProcess, type StartOptions } from "../support/skerry_process.ts";

/** Runs Skerry on a free port, and expects it to end with one sentence that says what to do. */
async function fails(options: StartOptions, ...messages: readonly RegExp[]): Promise<Exit> {
  const args = ["--listen", "127.0.0.1:0", ...options.args ?? []];
  const exit = await SkerryProcess.run({ ...options, args });
  assert.notEqual(exit.code, 0);
  assert.equal(exit.stdout, "");
  const said = exit.stderr.split("\n").filter((line) => line.startsWith("skerry: "));
  assert.equal(said.length, 1, exit.stderr);
  for (const message of messages) assert.match(said[0]!, message);
  assert.doesNotMatch(exit.stderr, /\n +at /, "There is a stack trace.");
  return exit;
}

Deno.test("skerry says that a display is not there, and how to have one", async () => {
  await fails(
    { args: ["--display", ":4242"] },
    /No X server answers at ":4242"/,
    /--display new/,
  );
});

Deno.test("skerry says which encoders there are when it does not know one", async () => {
  await fails(
    { args: ["--encoder", "divx"] },
    /no encoder "divx"/,
    /choose auto, or one of .*x264enc \(h264\).*vp8enc \(vp8\)/,
  );
});

Deno.test("skerry says that a program is not there, before it starts anything", async () => {
  const args = ["--", "no-such-program", "--fast"];
  await fails({ args }, /Cannot find the program "no-such-program"/, /check its spelling and PATH/);
});

Deno.test("skerry names the packages of an X server when none is installed", async () => {
  // Programs are found by PATH; the X servers lie beside all the others.
  const env = { PATH: "/nonexistent" };
  await fails(
    { args: ["--", "/bin/sleep", "10"], env },
    /No X server found \(looked for Xtigervnc, Xvnc, .*Xvfb\)/,
    /apt install tigervnc-standalone-server \(or xvfb\)/,
    /dnf install .*pacman -S /,
  );
  await fails({ args: ["--x-server", "xvfb", "--", "/bin/sleep", "10"], env }, /looked for Xvfb\)/);
});

Deno.test("skerry says what to install when there is no terminal to show", async () => {
  await fails({ env: { PATH: "/nonexistent" } }, /"xterm"/, /install it/, /name a program/);
});

Deno.test("skerry names the packages when GStreamer has no encoder", async () => {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  try {
    const env = { GST_PLUGIN_SYSTEM_PATH_1_0: folder, GST_REGISTRY_1_0: `${folder}/registry` };
    await fails(
      { env },
      /No video encoder works here: install gstreamer1\.0-plugins-ugly \(apt\)/,
      /vp8enc: not installed.* \(gstreamer1\.0-plugins-good \(apt\)/,
    );
    await fails(
      { args: ["--encoder", "x264enc"], env },
      /x264enc: not installed.* \(gstreamer1\.0-plugins-ugly/,
      /--encoder auto/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A program that runs another where GStreamer's libraries are empty files; needs a mount namespace. */
const WITHOUT_GSTREAMER = [
  "unshare",
  ...(Deno.uid() === 0 ? [] : ["--map-root-user"]),
  "--mount",
  "sh",
  "-c",
  `for library in $(ldconfig -p | sed -n 's/.*\\(libgst[a-z]*-1.0.so.0\\) .*=> //p'); do
     mount --bind /dev/null "$(readlink -f "$library")" || exit 77
   done
   exec "$@"`,
  "sh",
];

const namespaces = new Deno.Command(WITHOUT_GSTREAMER[0]!, {
  args: [...WITHOUT_GSTREAMER.slice(1), "true"],
  stderr: "null",
});

Deno.test({
  name: "skerry names the packages when GStreamer is not installed",
  // Containers may have no right to mount.
  ignore: !namespaces.outputSync().success,
  fn: async () => {
    const program = [...WITHOUT_GSTREAMER, ...SkerryProcess.command()];
    await fails(
      { program },
      /Cannot open the library "libgstreamer-1\.0\.so\.0"/,
      /install libgstreamer1\.0-0 \(apt\), gstreamer1 \(dnf\) or gstreamer \(pacman\)/,
    );
  },
});

Deno.test("skerry leaves nothing running when it cannot listen", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  const mark = crypto.randomUUID();
  await fails(
    { args: ["--listen", address], env: { TEST_MARK: mark } },
    /Another program listens on/,
    /--listen 127/,
  );
  assert.deepEqual(processesMarked(mark), []);
});

/** Numbers of the processes whose environment holds a text. */
function processesMarked(mark: string): string[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => name).filter((name) => {
    try {
      return /^\d+$/.test(name) && Deno.readTextFileSync(`/proc/${name}/environ`).includes(mark);
    } catch {
      // It has ended, or is another user's.
      return false;
    }
  });
}
