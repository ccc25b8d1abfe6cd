import assert from "node:assert/strict";
import { DisplayConnection } from "../../src/display/connection.ts";
import { CommandNotFoundError } from "../../src/display/errors.ts";
import { identify, sessionProcesses } from "../../src/display/process_tree.ts";
import { listensOnTcp } from "../../src/display/tcp_listeners.ts";
import { reapOrphans } from "../../src/display/session_directory.ts";
import { VirtualDisplay } from "../../src/display/virtual_display.ts";
import type { XServerKind } from "../../src/display/x_server.ts";
import { startEmptyDisplay, testOnServers, until } from "./display_support.ts";

const SIZE = { width: 640, height: 400 };

interface SessionRecord {
  id: string;
  processes: { pid: number; start: number }[];
}

/** The directory of a display's session. */
function directoryOf(authority: string): string {
  return authority.slice(0, authority.lastIndexOf("/"));
}

async function recordOf(authority: string): Promise<SessionRecord> {
  return JSON.parse(await Deno.readTextFile(`${directoryOf(authority)}/session.json`));
}

/** The X server is the first process of a session. */
async function serverOf(authority: string): Promise<number> {
  return (await recordOf(authority)).processes[0]!.pid;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

testOnServers("VirtualDisplay starts the command and leaves nothing behind", [], async (server) => {
  const display = await startEmptyDisplay(server);
  const record = await recordOf(display.authority);
  const directory = directoryOf(display.authority);
  const number = display.display.slice(1);
  assert.equal(display.server, server);
  assert.match(display.display, /^:\d+$/);
  assert.equal((await Deno.stat(directory)).mode! & 0o777, 0o700);
  assert.equal((await Deno.stat(display.authority)).mode! & 0o777, 0o600);
  const running = sessionProcesses(record.id, record.processes);
  assert.ok(running.length >= 2, "the X server and the command");
  await display[Symbol.asyncDispose]();
  assert.deepEqual(await display.ended, { what: "disposed", code: 0 });
  assert.deepEqual(sessionProcesses(record.id, record.processes), []);
  for (const path of [directory, `/tmp/.X${number}-lock`, `/tmp/.X11-unix/X${number}`]) {
    assert.equal(await exists(path), false, path);
  }
  await display[Symbol.asyncDispose]();
});

testOnServers("VirtualDisplay listens on no TCP port", [], async (server) => {
  await using display = await startEmptyDisplay(server);
  assert.equal(listensOnTcp(await serverOf(display.authority)), false);
  // the check itself sees a port that is open
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.equal(listensOnTcp(Deno.pid), true);
  listener.close();
});

testOnServers(
  "VirtualDisplay has the size asked for, and a grey root window",
  [],
  async (server) => {
    await using display = await VirtualDisplay.start({
      server,
      width: 1000,
      height: 601,
      command: ["sleep", "1000"],
    });
    await using connection = await DisplayConnection.open(display);
    assert.deepEqual([connection.width, connection.height], [1000, 601]);
    const { data } = await connection.request<{ data: Uint8Array }>((client, done) =>
      client.GetImage(2, connection.root, 500, 300, 1, 1, 0xffffffff, done)
    );
    assert.deepEqual([...data.subarray(0, 3)], [0x31, 0x2d, 0x2b]);
  },
);

testOnServers("VirtualDisplay.ended tells that the command ended", [], async (server) => {
  await using display = await VirtualDisplay.start({
    server,
    ...SIZE,
    command: ["sh", "-c", "exit 7"],
  });
  assert.deepEqual(await display.ended, { what: "command", code: 7 });
});

testOnServers("VirtualDisplay.ended tells that the X server ended", [], async (server) => {
  const display = await startEmptyDisplay(server);
  const record = await recordOf(display.authority);
  Deno.kill(record.processes[0]!.pid, "SIGKILL");
  assert.equal((await display.ended).what, "server");
  await display[Symbol.asyncDispose]();
  assert.deepEqual(sessionProcesses(record.id, record.processes), []);
  assert.equal(await exists(`/tmp/.X${display.display.slice(1)}-lock`), false);
});

testOnServers(
  "VirtualDisplay ends programs that daemonise, ignore SIGTERM or drop their marker",
  ["setsid", "env"],
  async (server) => {
    const script = `(trap "" TERM; setsid sleep 1001 & sleep 1002) & ` +
      `env -i setsid sleep 1003 & trap "" TERM; while :; do sleep 0.1; done`;
    const display = await VirtualDisplay.start({ server, ...SIZE, command: ["sh", "-c", script] });
    const record = await recordOf(display.authority);
    await until("all of them run", () => sleepers(record).length === 3);
    const pids = sleepers(record);
    await display[Symbol.asyncDispose]();
    for (const pid of pids) assert.equal(identify(pid), undefined);
  },
);

/** Process numbers of the session's long sleeps. */
function sleepers({ id, processes }: SessionRecord): number[] {
  return sessionProcesses(id, processes).map(({ pid }) => pid).filter((pid) => {
    try {
      const [program, time] = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
      return program === "sleep" && /^100[123]$/.test(time ?? "");
    } catch {
      return false;
    }
  });
}

testOnServers("VirtualDisplay runs several displays side by side", [], async (server) => {
  const displays = await Promise.all([1, 2, 3].map(() => startEmptyDisplay(server)));
  try {
    assert.equal(new Set(displays.map((d) => d.display)).size, 3);
    assert.equal(new Set(displays.map((d) => d.authority)).size, 3);
    const [first, second] = displays;
    await assert.rejects(() =>
      DisplayConnection.open({ display: first!.display, authority: second!.authority })
    );
  } finally {
    await Promise.all(displays.map((display) => display[Symbol.asyncDispose]()));
  }
});

testOnServers("VirtualDisplay.start() can be aborted at any time", [], async (server) => {
  for (const delay of [0, 5, 20, 60, 120, 200]) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error("never mind")), delay);
    const command = ["sleep", "1000"];
    try {
      const { signal } = controller;
      await using _display = await VirtualDisplay.start({ server, ...SIZE, command, signal });
    } catch (error) {
      assert.match((error as Error).message, /never mind/);
    }
    clearTimeout(timer);
  }
  await until("nothing is left", async () => (await ownSessions(Deno.pid)).length === 0);
});

/** Directories of sessions of a Skerry process. */
async function ownSessions(owner: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/tmp")) {
    if (!name.startsWith(`skerry-${Deno.uid()}-`)) continue;
    try {
      const record = JSON.parse(await Deno.readTextFile(`/tmp/${name}/session.json`));
      if (record.owner.pid === owner) found.push(name);
    } catch {
      // another test's, coming or going
    }
  }
  return found;
}

Deno.test("VirtualDisplay.start() names a command that does not exist", async () => {
  for (const command of ["no-such-program", "/no/such/program", "/tmp"]) {
    await assert.rejects(
      () => VirtualDisplay.start({ server: "auto", ...SIZE, command: [command] }),
      (error) => {
        assert.ok(error instanceof CommandNotFoundError);
        assert.ok(error.message.includes(`"${command}"`));
        return true;
      },
    );
  }
});

Deno.test("VirtualDisplay.start() names the packages when no X server is installed", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/program`, "#!/bin/sh\n", { mode: 0o755 });
    const script = `
      import { VirtualDisplay } from ${JSON.stringify(moduleUrl("virtual_display.ts"))};
      try {
        await VirtualDisplay.start({ server: "xvfb", width: 9, height: 9, command: ["program"] });
      } catch (error) {
        console.log(error.name, error.message);
      }`;
    const { stdout } = await runScript(script, { PATH: directory }).output();
    const said = new TextDecoder().decode(stdout);
    assert.match(said, /XServerNotFoundError .*Xvfb.*apt install .*xvfb.*dnf .*pacman/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

for (const place of ["XDG_RUNTIME_DIR", "TMPDIR"] as const) {
  testOnServers(`reapOrphans() clears what a kill -9 left in ${place}`, [], async (server) => {
    const directory = await Deno.makeTempDir();
    const before = Deno.env.get(place);
    Deno.env.set(place, directory);
    try {
      const [victim, authority] = await startVictim(server, place, directory);
      assert.ok(authority.startsWith(`${directory}/skerry`), authority);
      const record = await recordOf(authority);
      assert.ok(sessionProcesses(record.id, record.processes).length >= 2);
      // A session of a living Skerry is left alone.
      assert.equal(await reapOrphans(), 0);
      assert.ok(await exists(authority));
      victim.kill("SIGKILL");
      await victim.status;
      await victim.stdout.cancel();
      assert.ok(sessionProcesses(record.id, record.processes).length >= 2, "orphans");
      assert.equal(await reapOrphans(), 1);
      assert.deepEqual(sessionProcesses(record.id, record.processes), []);
      assert.equal(await exists(directoryOf(authority)), false);
    } finally {
      if (before === undefined) Deno.env.delete(place);
      else Deno.env.set(place, before);
      await Deno.remove(directory, { recursive: true });
    }
  });
}

/** Another Skerry process with a display, and the path of its authority file. */
async function startVictim(
  server: XServerKind,
  place: string,
  directory: string,
): Promise<[Deno.ChildProcess, string]> {
  const script = `
    import { VirtualDisplay } from ${JSON.stringify(moduleUrl("virtual_display.ts"))};
    const display = await VirtualDisplay.start({
      server: "${server}", width: 640, height: 400, command: ["sleep", "1000"],
    });
    console.log(display.authority);
    await display.ended;`;
  const victim = runScript(script, { [place]: directory }).spawn();
  const reader = victim.stdout.getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return [victim, text.trim()];
}

function moduleUrl(file: string): string {
  return new URL(`../../src/display/${file}`, import.meta.url).href;
}

function runScript(script: string, env: Record<string, string>): Deno.Command {
  const url = `data:application/typescript;base64,${btoa(script)}`;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", "--config", config, url],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
}
