import assert from "node:assert/strict";
import { canUnshare } from "../support/namespaces.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

const ignore = !canUnshare();

/** Milliseconds in which a container has to end. */
const GRACE = 2000;

/** Starts Skerry as process 1 of a namespace, as a container's entrypoint is. */
async function startAsFirst(command: readonly string[], args: readonly string[] = []) {
  return await SkerryProcess.start({
    program: [
      ...["unshare", "--pid", "--fork", "--mount", "--kill-child"],
      ...["sh", "-c", 'mount -t proc proc /proc && exec "$@"', "container"],
      ...SkerryProcess.command(),
    ],
    args: [...args, "--", ...command],
  });
}

interface Child {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
}

/** Seen from outside the namespace. */
function childrenOf(pid: number): Child[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }): Child[] => {
    try {
      const stat = Deno.readTextFileSync(`/proc/${Number(name)}/stat`);
      const [, program = "", rest = ""] = /\((.*)\) (.*)/s.exec(stat) ?? [];
      const [state = "", parent] = rest.split(" ");
      return Number(parent) === pid ? [{ pid: Number(name), name: program, state }] : [];
    } catch {
      return [];
    }
  });
}

Deno.test({
  name: "Skerry as the first process takes note of orphans, and ends in order",
  ignore,
  fn: async () => {
    // Orphans that end while their parent's parent goes on.
    const orphans = "for i in 1 2 3; do (sleep 0.1 &) ; done; while sleep 1; do :; done";
    await using skerry = await startAsFirst(["sh", "-c", orphans], ["--log-level", "debug"]);
    const [first] = childrenOf(skerry.pid);
    assert.ok(first, "the namespace has a first process");
    await skerry.logged(/Took note of the end of process/);
    await until(
      "no zombie is left",
      () => childrenOf(first.pid).every(({ state }) => state !== "Z"),
    );
    const start = performance.now();
    Deno.kill(first.pid, "SIGTERM");
    const { code } = await skerry.exited;
    const taken = performance.now() - start;
    assert.equal(code, 0, skerry.stderr);
    assert.ok(taken < GRACE, `it took ${taken.toFixed(0)} ms`);
    assert.throws(() => Deno.statSync(`/proc/${first.pid}`), Deno.errors.NotFound);
  },
});

Deno.test({
  name: "Skerry as the first process reports how its program ended",
  ignore,
  fn: async () => {
    await using skerry = await startAsFirst(["sh", "-c", "sleep 1; exit 7"], [
      "--log-format",
      "json",
    ]);
    const { code, stderr } = await skerry.exited;
    assert.equal(code, 7);
    const lines = stderr.trim().split("\n").map((line) => JSON.parse(line));
    const last = lines.find(({ message }) => /program has ended with code 7/.test(message));
    assert.equal(last?.logger, "skerry", stderr);
    assert.equal(last?.level, "INFO");
  },
});

Deno.test({
  name: "Skerry as the first process reports that its program has crashed",
  ignore,
  fn: async () => {
    await using skerry = await startAsFirst(["sh", "-c", "sleep 1; kill -SEGV $$"], [
      "--log-format",
      "json",
    ]);
    const { code, stderr } = await skerry.exited;
    assert.equal(code, 128 + 11);
    const lines = stderr.trim().split("\n").map((line) => JSON.parse(line));
    const last = lines.find(({ message }) =>
      /program has crashed: "SIGSEGV" ended it/.test(message)
    );
    assert.equal(last?.level, "WARN", stderr);
  },
});

Deno.test({
  name: "Skerry as the first process ends also what does not want to end",
  ignore,
  fn: async () => {
    // The program, a child of its, and an orphan, in sessions of their own.
    const stubborn =
      "trap '' TERM HUP INT; (setsid sleep 987654 &); setsid sleep 987654 & wait; wait";
    await using skerry = await startAsFirst(["sh", "-c", stubborn]);
    const [first] = childrenOf(skerry.pid);
    const below = () => descendantsOf(first!.pid);
    await until(
      "the program's children run",
      () => below().filter(({ name }) => name === "sleep").length === 2,
    );
    const all = below();
    const start = performance.now();
    Deno.kill(first!.pid, "SIGTERM");
    const { code } = await skerry.exited;
    const taken = performance.now() - start;
    assert.equal(code, 0, skerry.stderr);
    assert.ok(taken < GRACE, `it took ${taken.toFixed(0)} ms`);
    for (const { pid } of all) assert.throws(() => Deno.statSync(`/proc/${pid}`), `${pid} is left`);
  },
});

function descendantsOf(pid: number): Child[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child.pid)]);
}
