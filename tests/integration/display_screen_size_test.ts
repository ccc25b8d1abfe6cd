import assert from "node:assert/strict";
import { DisplayConnection } from "../../src/display/connection.ts";
import { readMonitors } from "../../src/display/monitors.ts";
import { ScreenSizer } from "../../src/display/screen_size.ts";
import { findProgram } from "../../src/display/program.ts";
import { VirtualDisplay } from "../../src/display/virtual_display.ts";
import { testOnServers } from "./display_support.ts";

const START = { width: 640, height: 480 };

async function randr(connection: DisplayConnection) {
  const extension = await connection.extension("randr", "RANDR");
  const { modeinfos } = await connection.request<{ modeinfos: unknown[] }>((_client, done) =>
    extension.GetScreenResourcesCurrent(connection.root, done)
  );
  return { modes: modeinfos.length };
}

testOnServers(
  "ScreenSizer.resize() gives the size that is wanted, or says which",
  [],
  async (kind) => {
    await using display = await VirtualDisplay.start({
      server: kind,
      ...START,
      command: ["sh", "-c", "while sleep 1; do :; done"],
    });
    await using connection = await DisplayConnection.open(display);
    const sizer = await ScreenSizer.open(connection);
    const reported: string[] = [];
    connection.onresize((width, height) => reported.push(`${width}x${height}`));
    if (kind === "xvfb" && sizer.choice === "fixed") {
      assert.deepEqual(await sizer.resize({ width: 800, height: 600 }), START);
      assert.deepEqual(reported, []);
      return;
    }
    assert.equal(sizer.choice, "any");
    assert.deepEqual(await sizer.resize({ width: 1000, height: 300 }), {
      width: 1000,
      height: 300,
    });
    const { modes } = await randr(connection);
    for (let count = 0; count < 20; count++) {
      const width = 100 + Math.floor(Math.random() * 3000);
      const height = 100 + Math.floor(Math.random() * 2000);
      const size = await sizer.resize({ width, height });
      // Colour is encoded for each square of four pixels.
      assert.deepEqual(size, { width: width & ~1, height: height & ~1 });
      assert.equal(reported.at(-1), `${size.width}x${size.height}`);
    }
    assert.equal((await randr(connection)).modes, modes, "modes are left behind");
    // More than it can have: it keeps what it has.
    const { width, height } = connection;
    assert.deepEqual(await sizer.resize({ width: 200_000, height: 100 }), { width, height });
    assert.deepEqual(await sizer.resize({ width: 700, height: 500 }), { width: 700, height: 500 });
    assert.equal((await randr(connection)).modes, modes, "modes are left behind");
    await checkMonitors(connection, sizer);
    assert.equal((await randr(connection)).modes, modes, "modes are left behind");
  },
);

/** Monitors come, change their places and go, and the screen is as large as they are together. */
async function checkMonitors(connection: DisplayConnection, sizer: ScreenSizer): Promise<void> {
  const [first, second] = [{ width: 700, height: 500 }, { width: 640, height: 560 }];
  const monitors = async () =>
    (await readMonitors(connection)).map(({ height, name, width, x }) =>
      `${name} ${width}x${height}+${x}`
    );
  const size = await sizer.arrange({
    monitors: [{ number: 1, ...first }, { number: 2, ...second }],
  });
  assert.deepEqual(size, { width: 1340, height: 560 });
  assert.deepEqual(await monitors(), ["Skerry-1 700x500+0", "Skerry-2 640x560+700"]);
  // The screen keeps its size.
  await sizer.arrange({ monitors: [{ number: 1, ...second }, { number: 2, ...first }] });
  assert.deepEqual(await monitors(), ["Skerry-1 640x560+0", "Skerry-2 700x500+640"]);
  await sizer.arrange({ monitors: [{ number: 1, ...second }, { number: 3, ...first }] });
  assert.deepEqual(await monitors(), ["Skerry-1 640x560+0", "Skerry-3 700x500+640"]);
  assert.deepEqual(await sizer.resize(first), first);
  assert.deepEqual(await monitors(), ["VNC-0 700x500+0"]);
}

Deno.test({
  name:
    "ScreenSizer takes the monitor's mode next to the size that is wanted, where it can make none",
  ignore: findProgram("Xvfb") === undefined,
  async fn(test) {
    await using display = await VirtualDisplay.start({
      server: "xvfb",
      width: 1024,
      height: 768,
      command: ["sleep", "1000"],
    });
    await using connection = await DisplayConnection.open(display);
    const { choice } = await ScreenSizer.open(connection);
    // It refuses what is larger than its first size, and so can be given a list of smaller ones, as
    // monitors have it.
    if (choice !== "fixed") return console.warn("This Xvfb takes any size.");
    // Not in the order of their sizes.
    for (const size of ["800x600", "400x300", "1024x400"]) await addMode(connection, size);
    const { modes } = await randr(connection);
    const sizer = await ScreenSizer.open(connection);
    assert.equal(sizer.choice, "modes");
    const reported: string[] = [];
    connection.onresize((width, height) => reported.push(`${width}x${height}`));
    for (
      const [why, wanted, taken] of [
        ["the size itself", "800x600", "800x600"],
        ["the largest that fits", "1000x700", "800x600"],
        ["the larger of two that fit", "1100x410", "1024x400"],
        ["one that is not too high", "1100x390", "400x300"],
        ["the largest of all", "3000x2000", "1024x768"],
        ["the smallest, where none fits", "100x100", "400x300"],
      ] as const
    ) {
      await test.step(`${why}: ${taken} for ${wanted}`, async () => {
        const before = nameOf(connection);
        reported.length = 0;
        assert.equal(nameOf(await sizer.resize(sizeOf(wanted))), taken);
        assert.equal(nameOf(connection), taken);
        assert.deepEqual(reported, before === taken ? [] : [taken]);
      });
    }
    assert.equal(
      (await randr(connection)).modes,
      modes,
      "the monitor keeps its modes, and no more",
    );
  },
});

/** Gives the monitor a further mode, as its driver or `xrandr --addmode` does. */
async function addMode(connection: DisplayConnection, name: string): Promise<void> {
  const extension = await connection.extension("randr", "RANDR");
  const { height, width } = sizeOf(name);
  const timing = {
    dot_clock: width * height * 60,
    h_sync_start: width,
    h_sync_end: width,
    h_total: width,
    v_sync_start: height,
    v_sync_end: height,
    v_total: height,
  };
  const mode = { width, height, ...timing, name };
  const { outputs } = await connection.request<{ outputs: number[] }>((_client, done) =>
    extension.GetScreenResourcesCurrent(connection.root, done)
  );
  const id = await connection.request<number>((_client, done) =>
    extension.CreateMode(connection.root, mode, done)
  );
  extension.AddOutputMode(outputs[0], id);
  await connection.sync();
}

function sizeOf(text: string): { width: number; height: number } {
  const [width = 0, height = 0] = text.split("x").map(Number);
  return { width, height };
}

function nameOf({ height, width }: { readonly width: number; readonly height: number }): string {
  return `${width}x${height}`;
}
