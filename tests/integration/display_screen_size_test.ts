import assert from "node:assert/strict";
import { DisplayConnection } from "../../src/display/connection.ts";
import { readMonitors } from "../../src/display/monitors.ts";
import { ScreenSizer } from "../../src/display/screen_size.ts";
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
