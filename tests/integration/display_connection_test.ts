import assert from "node:assert/strict";
import { hostname } from "node:os";
import { newCookie, writeAuthority } from "../../src/display/authority.ts";
import { DisplayConnection } from "../../src/display/connection.ts";
import {
  DisplayClosedError,
  DisplayNotFoundError,
  ExtensionMissingError,
  XProtocolError,
} from "../../src/display/errors.ts";
import { startEmptyDisplay, testOnServers } from "./display_support.ts";

Deno.test("DisplayConnection.open() says what to do when there is no such display", async () => {
  await assert.rejects(
    () => DisplayConnection.open({ display: ":64999" }),
    (error) => {
      assert.ok(error instanceof DisplayNotFoundError);
      assert.match(error.message, /":64999".*X64999.*--display new/);
      return true;
    },
  );
  await assert.rejects(
    () => DisplayConnection.open({ display: "nonsense" }),
    /"nonsense" is no X display name/,
  );
});

testOnServers("DisplayConnection.open() needs the right cookie", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  const directory = await Deno.makeTempDir();
  try {
    const authority = `${directory}/authority`;
    const open = () => DisplayConnection.open({ display: display.display, authority });
    await assert.rejects(open, (error) => {
      assert.ok(error instanceof DisplayNotFoundError);
      assert.match(error.message, /refused access.*XAUTHORITY.*has none for it/);
      return true;
    });
    writeAuthority(authority, newCookie(), undefined, hostname());
    await assert.rejects(open, /refused access.*is wrong/);
    await using connection = await DisplayConnection.open(display);
    assert.deepEqual([connection.width, connection.height], [640, 400]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

testOnServers("DisplayConnection.open() can be aborted", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  const controller = new AbortController();
  const opening = DisplayConnection.open({
    display: display.display,
    authority: display.authority,
    signal: controller.signal,
  });
  controller.abort(new Error("changed my mind"));
  await assert.rejects(opening, /changed my mind/);
});

testOnServers("DisplayConnection turns the server's errors into typed ones", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  // An error that nobody waits for must not end the process, nor disturb what follows.
  connection.client.DestroyWindow(0x7fffff);
  await assert.rejects(
    connection.request((client, done) => client.GetGeometry(0x7fffff, done)),
    (error) => {
      assert.ok(error instanceof XProtocolError);
      assert.equal(error.code, 9);
      assert.match(error.message, /BadDrawable.*0x7fffff/);
      return true;
    },
  );
  await connection.sync();
  await assert.rejects(() => connection.extension("apple-wm", "Apple-WM"), ExtensionMissingError);
});

testOnServers("DisplayConnection resolves closed when the server dies", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  await using connection = await DisplayConnection.open(display);
  await display[Symbol.asyncDispose]();
  assert.ok(await connection.closed instanceof DisplayClosedError);
  assert.equal(connection.open, false);
  await assert.rejects(() => connection.sync(), DisplayClosedError);
  connection.flush();
});

testOnServers("DisplayConnection resolves closed with nothing on dispose", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  const connection = await DisplayConnection.open(display);
  await connection[Symbol.asyncDispose]();
  assert.equal(await connection.closed, undefined);
  await connection[Symbol.asyncDispose]();
  // The server lives on: another one can be opened.
  await using another = await DisplayConnection.open(display);
  await another.sync();
});

testOnServers("DisplayConnection keeps the atoms of two servers apart", [], async (server) => {
  await using one = await startEmptyDisplay(server);
  await using other = await startEmptyDisplay(server);
  await using first = await DisplayConnection.open(one);
  await using second = await DisplayConnection.open(other);
  const intern = (connection: DisplayConnection, name: string) =>
    connection.request<number>((client, done) => client.InternAtom(false, name, done));
  for (let i = 0; i < 5; i++) await intern(first, `SKERRY_FILLER_${i}`);
  const names = ["SKERRY_ONE", "SKERRY_TWO"];
  for (const name of names) await intern(first, name);
  for (const name of names) {
    const atom = await intern(second, name);
    const read = second.request<string>((client, done) => client.GetAtomName(atom, done));
    assert.equal(await read, name);
  }
});
