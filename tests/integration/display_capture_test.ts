import assert from "node:assert/strict";
import { ScreenCapture } from "../../src/display/capture.ts";
import { DisplayConnection } from "../../src/display/connection.ts";
import { DisplayClosedError, ScreenResizedError } from "../../src/display/errors.ts";
import type { Rectangle } from "../../src/display/rectangle.ts";
import type { XServerKind } from "../../src/display/x_server.ts";
import { startEmptyDisplay, testOnServers, until } from "./display_support.ts";

/** A program that draws at random on the root window. */
class Painter {
  readonly #gc: number;
  #seed = 12345;

  constructor(readonly connection: DisplayConnection) {
    this.#gc = connection.client.AllocID();
    connection.client.CreateGC(this.#gc, connection.root, { foreground: 0xff0000 });
  }

  #random(limit: number): number {
    this.#seed = (Math.imul(this.#seed, 1103515245) + 12345) >>> 0;
    return Math.floor(this.#seed / 2 ** 32 * limit);
  }

  /** Some drawing requests of each kind: fills, lines, text, copies. */
  paint(requests: number): void {
    const { client, root, width, height } = this.connection;
    const at = () => [this.#random(width), this.#random(height)] as const;
    for (let i = 0; i < requests; i++) {
      client.ChangeGC(this.#gc, { foreground: this.#random(0x1000000) });
      const [x, y] = at();
      const [x2, y2] = at();
      const [w, h] = [1 + this.#random(120), 1 + this.#random(90)];
      const kind = this.#random(4);
      if (kind === 0) client.PolyFillRectangle(root, this.#gc, [x, y, w, h]);
      else if (kind === 1) client.PolyLine(0, root, this.#gc, [x, y, x2, y2]);
      else if (kind === 2) client.ImageText8(root, this.#gc, x, y, "damage");
      else client.CopyArea(root, root, this.#gc, x, y, x2, y2, w, h);
    }
    this.connection.flush();
  }
}

/** What a consumer of the rectangles sees: a copy made of nothing but the reported changes. */
class Follower {
  readonly copy: Uint8Array;

  constructor(readonly capture: ScreenCapture) {
    this.copy = new Uint8Array(capture.stride * capture.height);
  }

  async follow(): Promise<readonly Rectangle[]> {
    const { rectangles } = await this.capture.grab();
    const frame = octets(this.capture);
    for (const { x, y, width, height } of rectangles) {
      assert.ok(x >= 0 && y >= 0 && width > 0 && height > 0);
      assert.ok(x + width <= this.capture.width && y + height <= this.capture.height);
      for (let row = y; row < y + height; row++) {
        const start = row * this.capture.stride + x * 4;
        this.copy.set(frame.subarray(start, start + width * 4), start);
      }
    }
    return rectangles;
  }
}

function octets({ memory }: ScreenCapture): Uint8Array {
  return memory instanceof Uint8Array ? memory : memory.bytes;
}

/** The screen by a plain GetImage: the truth. */
async function screenshot(connection: DisplayConnection): Promise<Uint8Array> {
  const { root, width, height } = connection;
  const reply = connection.request<{ data: Uint8Array }>((client, done) =>
    client.GetImage(2, root, 0, 0, width, height, 0xffffffff, done)
  );
  connection.flush();
  return (await reply).data;
}

/** Fails at the first pixel whose blue, green or red differs. */
function assertSamePixels(actual: Uint8Array, expected: Uint8Array, width: number): void {
  for (let i = 0; i < expected.length; i++) {
    if (i % 4 !== 3 && actual[i] !== expected[i]) {
      const pixel = Math.floor(i / 4);
      assert.fail(`differs at ${pixel % width},${Math.floor(pixel / width)}`);
    }
  }
}

async function withCapture(
  server: XServerKind,
  options: { allocate?: null },
  run: (capture: ScreenCapture, connection: DisplayConnection, painter: Painter) => Promise<void>,
): Promise<void> {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using drawing = await DisplayConnection.open(display);
  await using capture = await ScreenCapture.open(connection, options);
  await run(capture, connection, new Painter(drawing));
}

for (const [method, options] of [["mit-shm", {}], ["get-image", { allocate: null }]] as const) {
  testOnServers(
    `ScreenCapture keeps its frame equal to the screen by ${method}`,
    [],
    (server) =>
      withCapture(server, options, async (capture, connection, painter) => {
        assert.equal(capture.method, method);
        const follower = new Follower(capture);
        const first = await follower.follow();
        assert.deepEqual(first, [{ x: 0, y: 0, width: 640, height: 400 }]);
        for (let round = 0; round < 40; round++) {
          painter.paint(round);
          await painter.connection.sync();
          await follower.follow();
          const truth = await screenshot(connection);
          assertSamePixels(octets(capture), truth, capture.width);
          assertSamePixels(follower.copy, truth, capture.width);
        }
      }),
  );

  testOnServers(
    `ScreenCapture loses no damage while a program draws all the time, by ${method}`,
    [],
    (server) =>
      withCapture(server, options, async (capture, connection, painter) => {
        const follower = new Follower(capture);
        let drawing = true;
        const painting = (async () => {
          for (let round = 0; round < 150; round++) {
            painter.paint(1 + round % 30);
            await new Promise((resolve) => setTimeout(resolve, round % 4));
          }
          await painter.connection.sync();
          drawing = false;
        })();
        while (drawing || capture.damagedAt !== undefined) {
          if (capture.damagedAt !== undefined) await follower.follow();
          else await new Promise((resolve) => setTimeout(resolve, 1));
        }
        await painting;
        // what was drawn last has been announced by now
        await connection.sync();
        while (capture.damagedAt !== undefined) await follower.follow();
        const truth = await screenshot(connection);
        assertSamePixels(octets(capture), truth, capture.width);
        assertSamePixels(follower.copy, truth, capture.width);
      }),
  );
}

testOnServers(
  "ScreenCapture announces damage once, and a still screen never",
  [],
  (server) =>
    withCapture(server, {}, async (capture, connection, painter) => {
      assert.notEqual(capture.damagedAt, undefined, "before the first grab all is damage");
      await capture.grab();
      let announced = 0;
      capture.ondamage = () => announced++;
      await connection.sync();
      assert.equal(announced, 0);
      assert.equal(capture.damagedAt, undefined);
      for (let i = 0; i < 50; i++) painter.paint(20);
      await painter.connection.sync();
      await connection.sync();
      assert.equal(announced, 1);
      const grab = await capture.grab();
      assert.ok(grab.rectangles.length > 0);
      assert.ok(grab.damagedAt! <= grab.startedAt && grab.startedAt <= grab.grabbedAt);
      assert.deepEqual((await capture.grab()).rectangles, []);
      assert.equal(announced, 1);
    }),
);

testOnServers(
  "ScreenCapture.grab() refuses to run twice at once",
  [],
  (server) =>
    withCapture(server, {}, async (capture) => {
      const first = capture.grab();
      await assert.rejects(() => capture.grab(), /another grab/);
      await first;
      await capture.grab();
    }),
);

testOnServers("ScreenCapture.grab() fails clearly when the X server dies", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using capture = await ScreenCapture.open(connection);
  await capture.grab();
  await display[Symbol.asyncDispose]();
  await assert.rejects(() => capture.grab(), DisplayClosedError);
});

testOnServers("ScreenCapture notices that the screen was resized", ["xrandr"], async (server) => {
  if (server === "xvfb") return; // cannot resize
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  const sizes: string[] = [];
  {
    await using capture = await ScreenCapture.open(connection);
    await capture.grab();
    capture.onresize = (width, height) => sizes.push(`${width}x${height}`);
    await resize(display.environment, "1024x768");
    await until("the new size is known", () => sizes.length > 0);
    await assert.rejects(() => capture.grab(), ScreenResizedError);
  }
  assert.deepEqual(sizes, ["1024x768"]);
  assert.deepEqual([connection.width, connection.height], [1024, 768]);
  await using capture = await ScreenCapture.open(connection);
  assert.deepEqual([capture.width, capture.height, capture.stride], [1024, 768, 4096]);
  await capture.grab();
  assertSamePixels(octets(capture), await screenshot(connection), capture.width);
});

async function resize(env: Record<string, string>, size: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("xrandr", { args: ["-s", size], env })
    .output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
