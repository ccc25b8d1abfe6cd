import { ResizeFeature } from "../../src/session/resize_feature.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import type { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";
import { SessionRig } from "./session_rig.ts";

const FIRST = { width: 400, height: 300 };
const SECOND = { width: 500, height: 320 };
const THIRD = { width: 360, height: 240 };

type Size = typeof FIRST;

/** A session whose viewers change the size of the screen, and what they do. */
async function open() {
  const clock = new VirtualClock();
  const resize = new ResizeFeature("on", (ms, callback) => clock.schedule(ms, callback));
  const rig = await SessionRig.open({ features: [resize] });
  const { remote } = rig;
  return {
    clock,
    rig,
    /** One more page, once it is told that it may say how large it is. */
    async join(key: string): Promise<TestViewer> {
      const viewer = rig.join({ key });
      await until("sizes can be asked for", () => sizing(viewer) === "any");
      return viewer;
    },
    has: ({ height, width }: Size) =>
      until(`the screen has ${width}x${height}`, async () => {
        const screen = await remote.screenshot();
        return screen.width === width && screen.height === height;
      }),
  };
}

function sizing({ told }: TestViewer): string | undefined {
  return told.findLast((message) => message.type === "sizing")?.sizing;
}

/** Says how large a page is, and waits until the server has heard it. */
async function ask(viewer: TestViewer, size: Size, asked: boolean): Promise<void> {
  viewer.tell({ type: "resize", ...size, dpi: 96, asked });
  const pongs = () => viewer.told.filter(({ type }) => type === "pong").length;
  const before = pongs();
  viewer.tell({ type: "ping", id: 1, clientTime: 0 });
  await until("the server has heard it", () => pongs() > before);
}

Deno.test("ResizeFeature follows the page that comes after one that has said goodbye", async () => {
  const { has, join, rig: session } = await open();
  await using rig = session;
  await ask(await join("old"), FIRST, true);
  await has(FIRST);
  rig.session.dismissViewer("old");
  await ask(await join("new"), SECOND, false);
  await has(SECOND);
});

Deno.test("ResizeFeature follows a page that has come just before the one from before was gone", async () => {
  const { clock, has, join, rig: session } = await open();
  await using rig = session;
  const old = await join("old");
  await ask(old, FIRST, true);
  await has(FIRST);
  // As when a page was killed, which its transport does not say, and is loaded anew.
  const fresh = await join("new");
  await ask(fresh, SECOND, false);
  await ask(old, FIRST, false);
  await has(FIRST);
  await clock.advance(15_000);
  rig.session.dismissViewer("old");
  await has(SECOND);
  // One that has been here for long keeps what there is.
  await ask(await join("late"), THIRD, false);
  await clock.advance(60_000);
  rig.session.dismissViewer("new");
  await ask(await join("last"), FIRST, false);
  await has(FIRST);
});
