import assert from "node:assert/strict";
import { DisplayConnection } from "../../src/display/connection.ts";
import { CursorWatcher } from "../../src/display/cursor.ts";
import { InputInjector } from "../../src/display/input.ts";
import { PointerWatcher } from "../../src/display/pointer_watcher.ts";
import { type CursorImage, MAX_CURSOR_SIZE } from "../../src/protocol/cursor_message.ts";
import { CursorWindow } from "../support/cursor_window.ts";
import { startEmptyDisplay, testOnServers, until } from "./display_support.ts";

testOnServers("CursorWatcher tells the pointer's image now and when it changes", [], async (
  server,
) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using program = await DisplayConnection.open(display);
  const images: CursorImage[] = [];
  await using _watcher = await CursorWatcher.open(connection, {
    oncursor: (image) => images.push(image),
  });
  assert.equal(images.length, 1);
  const [first] = images;
  assert.ok(first!.width > 0 && first!.rgba.length === first!.width * first!.height * 4);
  assert.ok(first!.rgba.some((octet) => octet !== 0));

  // A red square of 8x8 with its hot spot off the middle.
  const { client } = program;
  const [pixmap, gc, cursor, window] = [1, 2, 3, 4].map(() => client.AllocID());
  client.CreatePixmap(pixmap, program.root, 1, 8, 8);
  client.CreateGC(gc, pixmap, { foreground: 1 });
  client.PolyFillRectangle(pixmap, gc, [0, 0, 8, 8]);
  const red = { R: 0xffff, G: 0, B: 0 };
  client.CreateCursor(cursor, pixmap, pixmap, red, red, 6, 2);
  client.CreateWindow(window, program.root, 0, 0, 640, 400, 0, 0, 0, 0, {
    overrideRedirect: 1,
    cursor,
  });
  client.MapWindow(window);
  client.WarpPointer(0, program.root, 0, 0, 0, 0, 100, 100);
  await program.sync();
  await until("the red cursor is seen", () => images.at(-1)?.hotX === 6);
  const square = images.at(-1)!;
  assert.equal(square.hotY, 2);
  assert.ok(square.width >= 8 && square.height >= 8);
  assert.deepEqual([...square.rgba.subarray(0, 4)], [255, 0, 0, 255]);
  assert.notEqual(square.serial, first!.serial);

  const before = images.length;
  client.UnmapWindow(window);
  await program.sync();
  await until("the first cursor is back", () => images.at(-1)?.serial === first!.serial);
  assert.equal(images.length, before + 1);
});

testOnServers("CursorWatcher takes a program's empty cursor for none", [], async (
  server,
) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using program = await DisplayConnection.open(display);
  const images: CursorImage[] = [];
  await using _watcher = await CursorWatcher.open(connection, {
    oncursor: (image) => images.push(image),
  });
  await using area = await CursorWindow.open(program);
  await area.hide();
  await until("nothing of the pointer is seen", () => images.at(-1)!.width === 0);
});

testOnServers(
  "CursorWatcher tells each image of an animation, fetched once",
  [],
  async (server) => {
    await using display = await startEmptyDisplay(server);
    await using connection = await DisplayConnection.open(display);
    await using program = await DisplayConnection.open(display);
    const images: CursorImage[] = [];
    await using _watcher = await CursorWatcher.open(connection, {
      oncursor: (image) => images.push(image),
    });
    await using area = await CursorWindow.open(program);
    const looks = { size: 8, hotX: 0, hotY: 0 };
    await area.animate(
      [0xff0000, 0x00ff00, 0x0000ff].map((colour) => ({ colour, ...looks })),
      30,
    );
    const start = images.length;
    await until("it has gone round a few times", () => images.length > start + 12);
    // The same objects: that is how those are known that viewers have already.
    assert.equal(new Set(images.slice(start + 6)).size, 3);
  },
);

testOnServers("CursorWatcher cuts out the part around the hot spot of a huge image", [], async (
  server,
) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using program = await DisplayConnection.open(display);
  const images: CursorImage[] = [];
  await using _watcher = await CursorWatcher.open(connection, {
    oncursor: (image) => images.push(image),
  });
  await using area = await CursorWindow.open(program);
  await area.use({ colour: 0x0000ff, size: 600, hotX: 500, hotY: 20 });
  await until("the huge cursor is seen", () => images.at(-1)!.width === MAX_CURSOR_SIZE);
  const { height, hotX, hotY, rgba } = images.at(-1)!;
  assert.deepEqual([height, hotY], [MAX_CURSOR_SIZE, 20]);
  assert.ok(hotX >= 400 && hotX < MAX_CURSOR_SIZE);
  const at = (hotY * MAX_CURSOR_SIZE + hotX) * 4;
  assert.deepEqual([...rgba.subarray(at, at + 4)], [0, 0, 255, 255]);
});

testOnServers("PointerWatcher tells where the pointer is, whoever moves it", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using program = await DisplayConnection.open(display);
  await using hands = await InputInjector.open(connection);
  const seen: string[] = [];
  using watcher = await PointerWatcher.open(connection, {
    onpointer: (x, y) => seen.push(`${x},${y}`),
  });
  hands.pointer(10, 20);
  await connection.sync();
  assert.deepEqual(seen, [], "nobody wants to know");
  watcher.watching = true;
  await until("the place at the start is told", () => seen.at(-1) === "10,20");
  for (let x = 0; x <= 200; x++) hands.pointer(x, 30);
  await until("the last place is told", () => seen.at(-1) === "200,30");
  hands.motion(-7, 5);
  await until("a distance counts", () => seen.at(-1) === "193,35");
  program.client.WarpPointer(0, program.root, 0, 0, 0, 0, 300, 100);
  await program.sync();
  await until("a program has put it elsewhere", () => seen.at(-1) === "300,100");
  watcher.watching = false;
  hands.pointer(1, 1);
  await connection.sync();
  watcher.watching = true;
  await until("it is told again", () => seen.at(-1) === "1,1");
});
