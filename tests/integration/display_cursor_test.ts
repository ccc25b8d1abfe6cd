import assert from "node:assert/strict";
import { DisplayConnection } from "../../src/display/connection.ts";
import { type CursorImage, CursorWatcher } from "../../src/display/cursor.ts";
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

testOnServers("CursorWatcher shows the empty cursor of a program as transparent", [], async (
  server,
) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await using program = await DisplayConnection.open(display);
  const images: CursorImage[] = [];
  await using _watcher = await CursorWatcher.open(connection, {
    oncursor: (image) => images.push(image),
  });
  const { client } = program;
  const [pixmap, gc, cursor, window] = [1, 2, 3, 4].map(() => client.AllocID());
  client.CreatePixmap(pixmap, program.root, 1, 1, 1);
  client.CreateGC(gc, pixmap, { foreground: 0 });
  client.PolyFillRectangle(pixmap, gc, [0, 0, 1, 1]);
  const black = { R: 0, G: 0, B: 0 };
  client.CreateCursor(cursor, pixmap, pixmap, black, black, 0, 0);
  client.CreateWindow(window, program.root, 0, 0, 640, 400, 0, 0, 0, 0, {
    overrideRedirect: 1,
    cursor,
  });
  client.MapWindow(window);
  await program.sync();
  await until("nothing of the pointer is seen", () => images.at(-1)!.rgba.every((o) => o === 0));
});
