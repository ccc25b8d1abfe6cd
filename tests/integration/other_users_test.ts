import assert from "node:assert/strict";
import type { SessionAnswer } from "../../src/http/app.ts";
import { parseAuthority } from "../../src/display/authority.ts";
import type { IntruderReport, IntruderTarget } from "../support/intruder.ts";
import { filesBelow } from "../support/intruder_files.ts";
import { canBeOthers, type OtherUser, OtherUsers } from "../support/other_users.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

const INTRUDER = new URL("../support/intruder.ts", import.meta.url).pathname;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** The token that the first session's owner has set: it is in its environment. */
const TOKEN = "a-token-that-is-easily-found-again";

/** Starts a session as a user. */
function start(
  user: OtherUser,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<SkerryProcess> {
  return SkerryProcess.start({
    program: user.enter(SkerryProcess.command()),
    args: [...args, "--log-level", "trace"],
    env: { XDG_RUNTIME_DIR: user.runtime, ...env },
    timeout: 90_000,
  });
}

Deno.test({
  name: "other users get at nothing of a session, and many sessions run side by side",
  ignore: !canBeOthers(),
  fn: async () => {
    await using users = await OtherUsers.create();
    const [owner, stranger] = [await users.add(), await users.add()];
    const socket = `${owner.home}/private/socket`;
    const urlFile = `${owner.home}/url`;
    await using sessions = new AsyncDisposableStack();
    // Several of one user and of many at once.
    const started = await Promise.allSettled([
      start(owner, ["--url-file", urlFile], { SKERRY_TOKEN: TOKEN }),
      start(owner, ["--listen", `unix:${socket}`], { XDG_RUNTIME_DIR: "" }),
      start(stranger, []),
    ]);
    for (const result of started) if (result.status === "fulfilled") sessions.use(result.value);
    const [watched, hidden, other] = started.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    }) as [SkerryProcess, SkerryProcess, SkerryProcess];
    const displays = [watched, hidden, other].map(({ pid }) => displayOf(pid));
    assert.equal(new Set(displays).size, 3, "Each has a display of its own.");

    const target = await targetOf(watched, { owner, socket, urlFile, display: displays[0]! });
    await until("the picture is captured by shared memory", () => segmentsOf(owner.uid) > 0);
    const mine = await intrude(owner, target);
    const theirs = await intrude(stranger, target);

    // Each attempt succeeds for the owner: what fails for others would succeed if it could.
    for (const [name, got] of Object.entries(mine)) assert.notEqual(got, "", `The owner: ${name}`);
    const nothing = Object.fromEntries(Object.keys(mine).map((name) => [name, ""]));
    assert.deepEqual(theirs, nothing);
    const entries = mine["the processes' private entries in /proc"]!.split(" ");
    // Yama may keep the memory from the owner, too (ptrace(2), "ptrace_scope").
    for (const name of ["environ", "maps", "fd", "cwd", "root", "exe"]) {
      assert.ok(entries.includes(name), name);
    }
    assert.match(mine["secrets in /proc"]!, /environ/);
    assert.doesNotMatch(mine["secrets in /proc"]!, /cmdline/);
    assert.match(mine["the shared memory of the capture"]!, /^600( 600)*$/);

    // What the session has started is not told the token.
    for (const pid of target.processes.slice(1)) {
      assert.ok(!Deno.readTextFileSync(`/proc/${pid}/environ`).includes(TOKEN));
    }
    // No port but Skerry's is open, and the log tells no secret.
    assert.deepEqual(portsOf(owner.uid), [target.port]);
    for (const secret of target.secrets) {
      const text = atob(secret);
      for (const session of [watched, hidden, other]) assert.ok(!session.stderr.includes(text));
    }
    assert.ok(!hidden.stderr.includes(hidden.token) && !other.stderr.includes(other.token));
  },
});

/** Runs the intruder as a user. */
async function intrude(user: OtherUser, target: IntruderTarget): Promise<IntruderReport> {
  const permissions = ["-A", "--no-check", "--config", CONFIG];
  const [program, ...args] = user.enter([Deno.execPath(), "run", ...permissions, INTRUDER]);
  await using child = new Deno.Command(program!, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(target)));
  await writer.close();
  const { code, stderr, stdout } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Collects, as root, what an intruder would have to find out first. */
async function targetOf(
  skerry: SkerryProcess,
  { display, owner, socket, urlFile }: {
    owner: OtherUser;
    socket: string;
    urlFile: string;
    display: number;
  },
): Promise<IntruderTarget> {
  const find = (name: string) =>
    until(
      `there is a file "${name}"`,
      () =>
        [...filesBelow(`${owner.runtime}/skerry`)].find(({ path }) => path.endsWith(`/${name}`))
          ?.path,
    );
  const authority = await find("authority");
  const cookie = parseAuthority(await Deno.readFile(authority))[0]!.data;
  const sound = await Deno.readFile(await find("pulse-cookie"));
  const response = await fetch(`${skerry.origin}api/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${skerry.token}` },
  });
  const answer = await response.json() as SessionAnswer;
  return {
    uid: owner.uid,
    processes: treeOf(skerry.pid),
    folders: ["/tmp", "/dev/shm", owner.home],
    urlFile,
    port: Number(new URL(skerry.url).port),
    socket,
    quic: { port: answer.webtransport!.port, hash: answer.webtransport!.certificateHashes[0]! },
    display,
    authority,
    soundSocket: await find("pulse"),
    secrets: [new TextEncoder().encode(TOKEN), cookie, sound].map((octets) => octets.toBase64()),
  };
}

/** A process and all below it. */
function treeOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    try {
      const stat = Deno.readTextFileSync(`/proc/${Number(name)}/stat`);
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // No process, or none any more.
    }
  }
  const tree = [pid];
  for (const parent of tree) {
    for (const [child, its] of parents) if (its === parent) tree.push(child);
  }
  return tree;
}

/** The number of the display that a session has started, by the socket that its X server has bound. */
function displayOf(pid: number): number {
  const text = treeOf(pid).slice(1).map((process) =>
    Deno.readTextFileSync(`/proc/${process}/environ`)
  )
    .join("\0");
  return Number(/(?:^|\0)DISPLAY=:(\d+)/.exec(text)?.[1]);
}

/** TCP ports that a user listens on (proc_net_tcp(5)). */
function portsOf(uid: number): number[] {
  const ports = ["tcp", "tcp6"].flatMap((table) =>
    Deno.readTextFileSync(`/proc/net/${table}`).trim().split("\n").slice(1).map((row) =>
      row.trim().split(/\s+/)
    )
  ).filter((row) => row[3] === "0A" && Number(row[7]) === uid)
    .map((row) => Number.parseInt(row[1]!.split(":")[1]!, 16));
  return [...new Set(ports)];
}

function segmentsOf(uid: number): number {
  const [names = "", ...rows] = Deno.readTextFileSync("/proc/sysvipc/shm").trim().split("\n");
  const column = names.trim().split(/\s+/).indexOf("uid");
  return rows.filter((row) => Number(row.trim().split(/\s+/)[column]) === uid).length;
}
