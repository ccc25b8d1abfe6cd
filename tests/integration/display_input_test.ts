import assert from "node:assert/strict";
import { DisplayConnection } from "../../src/display/connection.ts";
import { InputInjector } from "../../src/display/input.ts";
import { Keysym } from "../../src/display/keysym.ts";
import type { VirtualDisplay } from "../../src/display/virtual_display.ts";
import type { XEvent } from "../../src/display/x11_client.ts";
import type { XServerKind } from "../../src/display/x_server.ts";
import { startEmptyDisplay, testOnServers, until } from "./display_support.ts";

const SHIFT = 1;
const LOCK = 2;
const CONTROL = 4;
const ALT = 8;
const NUM = 16;
/** Events of keys, buttons and motion (X.h). */
const INPUT_EVENTS = 1 | 2 | 4 | 8 | 64;

/** A window over the whole screen that notes the input it gets. */
class Listener {
  readonly events: XEvent[] = [];

  private constructor(readonly connection: DisplayConnection) {}

  static async open(connection: DisplayConnection): Promise<Listener> {
    const listener = new Listener(connection);
    const { client, root, width, height } = connection;
    const window = client.AllocID();
    client.CreateWindow(window, root, 0, 0, width, height, 0, 0, 0, 0, {
      overrideRedirect: 1,
      eventMask: INPUT_EVENTS,
    });
    client.MapWindow(window);
    client.SetInputFocus(window, 1, 0);
    for (
      const name of ["KeyPress", "KeyRelease", "ButtonPress", "ButtonRelease", "MotionNotify"]
    ) {
      connection.on(name, (event) => listener.events.push(event));
    }
    await connection.sync();
    return listener;
  }

  /** Key events as a program sees them: what happened, the keysym and the modifiers before it. */
  async keys(count: number): Promise<(readonly [string, number, number])[]> {
    const found = () => this.events.filter(({ name }) => name.startsWith("Key"));
    await until(
      `${count} key events have come, not ${found().length}`,
      () => found().length >= count,
    );
    return await Promise.all(
      found().map(async ({ name, keycode, buttons: state }) => {
        const [row] = await this.connection.request<number[][]>((client, done) =>
          client.GetKeyboardMapping(keycode, 1, done)
        );
        return [name === "KeyPress" ? "+" : "-", row![0]!, state] as const;
      }),
    );
  }
}

async function withInput(
  server: XServerKind,
  run: (
    input: InputInjector,
    listener: Listener,
    connection: DisplayConnection,
    display: VirtualDisplay,
  ) => Promise<void>,
): Promise<void> {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using program = await DisplayConnection.open(display);
  const listener = await Listener.open(program);
  await using input = await InputInjector.open(connection);
  await run(input, listener, connection, display);
}

function tap(input: InputInjector, keysym: number): void {
  input.key(keysym, true);
  input.key(keysym, false);
}

testOnServers(
  "InputInjector moves the pointer to the very pixel",
  [],
  (server) =>
    withInput(server, async (input, _listener, connection) => {
      for (const [x, y] of [[0, 0], [639, 399], [17, 23], [300, 200]] as const) {
        input.pointer(x, y);
        const at = await connection.request<{ rootX: number; rootY: number }>((client, done) =>
          client.QueryPointer(connection.root, done)
        );
        assert.deepEqual([at.rootX, at.rootY], [x, y]);
      }
      input.pointer(100_000, -5);
      input.pointer(NaN, 10);
      await connection.sync();
    }),
);

testOnServers(
  "InputInjector presses buttons once and releases them",
  [],
  (server) =>
    withInput(server, async (input, listener) => {
      input.pointer(50, 60);
      for (const button of [1, 2, 3, 8, 9]) {
        input.button(button, true);
        input.button(button, true);
        input.button(button, false);
        input.button(button, false);
      }
      const seen = () => listener.events.filter(({ name }) => name.startsWith("Button"));
      await until("all buttons have come", () => seen().length >= 10);
      assert.deepEqual(
        seen().map(({ name, keycode, x, y }) => [name, keycode, x, y]),
        [1, 2, 3, 8, 9].flatMap((button) => [
          ["ButtonPress", button, 50, 60],
          ["ButtonRelease", button, 50, 60],
        ]),
      );
      assert.throws(() => input.button(0, true), RangeError);
      assert.throws(() => input.button(10, true), RangeError);
    }),
);

testOnServers(
  "InputInjector.wheel() adds up parts of a notch",
  [],
  (server) =>
    withInput(server, async (input, listener, connection) => {
      const turn = async (dx: number, dy: number) => {
        listener.events.length = 0;
        input.wheel(dx, dy);
        await connection.sync();
        await listener.connection.sync();
        return listener.events.filter(({ name }) => name === "ButtonPress")
          .map(({ keycode }) => keycode);
      };
      assert.deepEqual(await turn(0, 120), [5]);
      assert.deepEqual(await turn(0, -240), [4, 4]);
      assert.deepEqual(await turn(120, 0), [7]);
      assert.deepEqual(await turn(-120, 0), [6]);
      assert.deepEqual(await turn(0, 50), []);
      assert.deepEqual(await turn(0, 50), []);
      assert.deepEqual(await turn(0, 50), [5]);
      assert.deepEqual(await turn(0, 100), [5]);
      assert.deepEqual(await turn(0, 100), []);
      // turning back forgets what was left of the other way
      assert.deepEqual(await turn(0, -119), []);
      assert.deepEqual(await turn(0, -1), [4]);
      assert.equal((await turn(0, 1_000_000)).length, 20);
    }),
);

testOnServers(
  "InputInjector.key() gives shortcuts their keysym and modifiers",
  [],
  (server) =>
    withInput(server, async (input, listener) => {
      input.key(Keysym.ControlL, true);
      tap(input, 0x63);
      input.key(Keysym.ShiftL, true);
      tap(input, 0x54);
      input.key(Keysym.ShiftL, false);
      input.key(Keysym.ControlL, false);
      assert.deepEqual(await listener.keys(8), [
        ["+", Keysym.ControlL, 0],
        ["+", 0x63, CONTROL],
        ["-", 0x63, CONTROL],
        ["+", Keysym.ShiftL, CONTROL],
        ["+", 0x74, CONTROL | SHIFT],
        ["-", 0x74, CONTROL | SHIFT],
        ["-", Keysym.ShiftL, CONTROL | SHIFT],
        ["-", Keysym.ControlL, CONTROL],
      ]);
    }),
);

testOnServers(
  "InputInjector.key() borrows Shift for a character and gives it back",
  [],
  (server) =>
    withInput(server, async (input, listener) => {
      tap(input, 0x40); // "@" is Shift and 2
      input.key(Keysym.ShiftL, true);
      tap(input, 0x2f); // "/" with Shift held, as on a German keyboard
      tap(input, 0x41);
      input.key(Keysym.ShiftL, false);
      assert.deepEqual(await listener.keys(12), [
        ["+", Keysym.ShiftL, 0],
        ["+", 0x32, SHIFT],
        ["-", 0x32, SHIFT],
        ["-", Keysym.ShiftL, SHIFT],
        ["+", Keysym.ShiftL, 0],
        ["-", Keysym.ShiftL, SHIFT],
        ["+", 0x2f, 0],
        ["-", 0x2f, 0],
        ["+", Keysym.ShiftL, 0],
        ["+", 0x61, SHIFT],
        ["-", 0x61, SHIFT],
        ["-", Keysym.ShiftL, SHIFT],
      ]);
    }),
);

testOnServers(
  "InputInjector.key() drops Control and Alt for the AltGr of Windows",
  [],
  (server) =>
    withInput(server, async (input, listener) => {
      input.key(Keysym.ControlL, true);
      input.key(Keysym.AltL, true);
      tap(input, 0x40);
      tap(input, 0x74);
      input.key(Keysym.AltL, false);
      input.key(Keysym.ControlL, false);
      const keys = await listener.keys(14);
      const at = keys.filter(([what, keysym]) => what === "+" && keysym === 0x32);
      assert.deepEqual(at, [["+", 0x32, SHIFT]]);
      const shortcut = keys.filter(([what, keysym]) => what === "+" && keysym === 0x74);
      assert.deepEqual(shortcut, [["+", 0x74, CONTROL | ALT]]);
      assert.deepEqual(await stateAfter(listener), 0);
    }),
);

/** The modifiers as the server has them. */
async function stateAfter({ connection }: Listener): Promise<number> {
  const { keyMask } = await connection.request<{ keyMask: number }>((client, done) =>
    client.QueryPointer(connection.root, done)
  );
  return keyMask;
}

testOnServers(
  "InputInjector.key() releases the key that it pressed",
  [],
  (server) =>
    withInput(server, async (input, listener) => {
      input.key(0x61, true);
      input.key(Keysym.ShiftL, true);
      input.key(0x41, false); // the viewer calls it "A" by now
      input.key(Keysym.ShiftL, false);
      input.key(0x40, true); // borrows Shift
      input.key(Keysym.ShiftL, true); // and now the viewer holds it itself
      input.key(0x40, false);
      input.key(Keysym.ShiftL, false);
      input.key(0x7a, false); // never pressed
      tap(input, 0xff0d);
      const keys = await listener.keys(12);
      const down = new Set<number>();
      for (const [what, keysym] of keys) {
        if (what === "+") assert.ok(!down.has(keysym)), down.add(keysym);
        else assert.ok(down.delete(keysym));
      }
      assert.equal(down.size, 0);
      assert.deepEqual(keys.at(-1), ["-", 0xff0d, 0]);
    }),
);

testOnServers(
  "InputInjector.releaseAll() lets go of keys, buttons and modifiers",
  [],
  (server) =>
    withInput(server, async (input, listener, connection) => {
      input.pointer(100, 100);
      for (const keysym of [Keysym.ControlL, Keysym.ShiftL, 0x2f, 0x3b1, 0x0100_65e5]) {
        input.key(keysym, true);
      }
      input.button(1, true);
      input.releaseAll();
      await connection.sync();
      assert.equal(await stateAfter(listener), 0);
      const keymap = await connection.request<Uint8Array | number[]>((client, done) =>
        client.QueryKeymap(done)
      );
      assert.ok(Object.values(keymap).every((octet) => octet === 0));
      const count = listener.events.length;
      input.releaseAll();
      input.key(Keysym.ShiftL, false);
      await connection.sync();
      await listener.connection.sync();
      assert.equal(listener.events.length, count);
    }),
);

testOnServers(
  "InputInjector follows Caps Lock and Num Lock",
  [],
  (server) =>
    withInput(server, async (input, listener) => {
      tap(input, 0xffe5); // Caps Lock on
      tap(input, 0x41); // so the viewer types "A" without Shift
      input.key(Keysym.ShiftL, true);
      tap(input, 0x61); // and "a" with it
      input.key(Keysym.ShiftL, false);
      tap(input, 0xffe5); // off
      tap(input, 0x61);
      tap(input, 0xffb7); // KP_7: the viewer's Num Lock is on
      tap(input, 0xff95); // KP_Home: now it is off
      const keys = await listener.keys(16);
      const presses = keys.filter(([what]) => what === "+").map(([, ...rest]) => rest);
      assert.deepEqual(presses, [
        [0xffe5, 0],
        [0x61, LOCK],
        [Keysym.ShiftL, LOCK],
        [0x61, LOCK | SHIFT],
        [0xffe5, LOCK],
        [0x61, 0],
        [0xff95, NUM],
        [0xff95, 0],
      ]);
    }),
);

testOnServers(
  "InputInjector puts unknown characters on spare keys, and cleans up",
  [],
  (server) =>
    withInput(server, async (_input, listener, _connection, display) => {
      const symbols = () =>
        listener.connection.request<number[][]>((client, done) =>
          client.GetKeyboardMapping(8, 248, done)
        );
      const before = await symbols();
      {
        await using own = await DisplayConnection.open(display);
        await using input = await InputInjector.open(own);
        tap(input, 0x0100_65e5);
        tap(input, 0x7e1); // alpha
        tap(input, 0x7c1); // ALPHA
        const keys = await listener.keys(6);
        assert.deepEqual(keys.map(([what, keysym]) => [what, keysym]).slice(0, 4), [
          ["+", 0x0100_65e5],
          ["-", 0x0100_65e5],
          ["+", 0x7e1],
          ["-", 0x7e1],
        ]);
      }
      await until(
        "the map is as it was",
        async () => JSON.stringify(await symbols()) === JSON.stringify(before),
      );
    }),
);
