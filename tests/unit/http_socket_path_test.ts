import assert from "node:assert/strict";
import { ListenError, PortInUseError } from "../../src/http/errors.ts";
import { SocketPath } from "../../src/http/socket_path.ts";

/** A folder that goes away by itself. */
async function folder() {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Serves a socket at a path as a server does. */
async function serve(path: string) {
  const place = SocketPath.prepare(path);
  const listener = Deno.listen({ transport: "unix", path: place.temporary });
  const dispose = () => {
    place[Symbol.dispose]();
    listener.close();
  };
  try {
    await place.publish();
  } catch (error) {
    dispose();
    throw error;
  }
  return { path, listener, [Symbol.dispose]: dispose };
}

/** What a server leaves behind that was killed. */
function leaveStale(path: string): void {
  const listener = Deno.listen({ transport: "unix", path: `${path}-0` });
  Deno.linkSync(`${path}-0`, path);
  listener.close();
  assert.ok(Deno.lstatSync(path).isSocket);
}

function permissions(path: string): number {
  return Deno.lstatSync(path).mode! & 0o777;
}

Deno.test("SocketPath makes a private socket in a private directory, and removes it", async () => {
  await using base = await folder();
  const path = `${base.path}/of/skerry/socket`;
  {
    using served = await serve(path);
    assert.equal(permissions(path), 0o600);
    assert.equal(permissions(`${base.path}/of/skerry`), 0o700);
    (await Deno.connect({ transport: "unix", path: served.path })).close();
    assert.deepEqual([...Deno.readDirSync(`${base.path}/of/skerry`)].map((e) => e.name), [
      "socket",
    ]);
  }
  assert.deepEqual([...Deno.readDirSync(`${base.path}/of/skerry`)], []);
});

Deno.test("SocketPath refuses a directory that others can enter, and says what to do", async () => {
  await using base = await folder();
  for (const mode of [0o755, 0o711, 0o701, 0o770]) {
    Deno.chmodSync(base.path, mode);
    assert.throws(() => SocketPath.prepare(`${base.path}/socket`), (error) => {
      assert.ok(error instanceof ListenError);
      assert.match(error.message, /Other users can enter .*--listen unix:.*chmod 700/);
      return true;
    });
  }
  Deno.chmodSync(base.path, 0o700);
  SocketPath.prepare(`${base.path}/socket`);
});

Deno.test({
  name: "SocketPath refuses the directory of another user",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await using base = await folder();
    Deno.chownSync(base.path, 61234, 61234);
    assert.throws(() => SocketPath.prepare(`${base.path}/socket`), /belongs to another user/);
  },
});

Deno.test("SocketPath replaces what a killed server has left, and nothing else", async () => {
  await using base = await folder();
  const path = `${base.path}/socket`;
  leaveStale(path);
  {
    using _served = await serve(path);
    (await Deno.connect({ transport: "unix", path })).close();
    await assert.rejects(serve(path), PortInUseError);
    // The one who was there is unharmed.
    (await Deno.connect({ transport: "unix", path })).close();
  }
  await Deno.writeTextFile(path, "a letter");
  await assert.rejects(serve(path), /no socket\. Remove it/);
  assert.equal(await Deno.readTextFile(path), "a letter");
  assert.deepEqual([...Deno.readDirSync(base.path)].map((e) => e.name), ["socket"]);
});

Deno.test("SocketPath gives the place of a killed server to one of many", async () => {
  await using base = await folder();
  const path = `${base.path}/socket`;
  leaveStale(path);
  const starts = await Promise.allSettled(Array.from({ length: 20 }, () => serve(path)));
  const served = starts.filter((start) => start.status === "fulfilled");
  for (const start of starts) {
    if (start.status === "rejected") assert.ok(start.reason instanceof PortInUseError);
  }
  assert.equal(served.length, 1);
  using one = served[0]!.value;
  (await Deno.connect({ transport: "unix", path: one.path })).close();
  assert.deepEqual([...Deno.readDirSync(base.path)].map((e) => e.name), ["socket"]);
});

Deno.test("SocketPath leaves alone what another has put in its place", async () => {
  await using base = await folder();
  const path = `${base.path}/socket`;
  {
    using _served = await serve(path);
    await Deno.remove(path);
    await Deno.writeTextFile(path, "a letter");
  }
  assert.equal(await Deno.readTextFile(path), "a letter");
});

Deno.test("SocketPath says that a path is too long for a socket", async () => {
  await using base = await folder();
  const path = `${base.path}/${"long".repeat(30)}`;
  assert.throws(() => SocketPath.prepare(path), /octets, and sockets may have 107/);
});
