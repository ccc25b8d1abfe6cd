/**
 * The portable file as the entrypoint of a container's image: a step of its test. No engine is needed for
 * what one does with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { BusyboxRoot } from "../support/busybox_root.ts";
import { outcome } from "../support/portable_file.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { SKERRY, skerryRoot } from "./portable_sessions.ts";

const TOKEN = "a-container's-secret-of-its-own-0123456789";
const TOKEN_FILE = "/run/secrets/skerry-token";

/** Unpacked by root when the image is made; then nothing can be written to but a tmpfs at /tmp. */
const READ_ONLY = `
  SKERRY_UNPACK_DIR="$1/opt" "$1${SKERRY}" --version >/dev/null && chmod -R go+rX,go-w "$1/opt" &&
  mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" &&
  mount -t tmpfs -o mode=1777 none "$1/tmp" || exit 125`;

/** As the Containerfile says, started as engines do with `--read-only --tmpfs /tmp`. */
export async function asContainer(file: string): Promise<void> {
  await using root = await skerryRoot(file);
  await Deno.mkdir(`${root.folder}/run/secrets`, { recursive: true });
  await Deno.writeTextFile(`${root.folder}${TOKEN_FILE}`, `${TOKEN}\n`, { mode: 0o400 });
  await Deno.chown(`${root.folder}${TOKEN_FILE}`, 1000, 1000);
  const port = freePort();
  const env = {
    HOME: BusyboxRoot.HOME,
    SKERRY_UNPACK_DIR: "/opt",
    SKERRY_LISTEN: `0.0.0.0:${port}`,
    SKERRY_LOG_FORMAT: "json",
    SKERRY_TOKEN_FILE: TOKEN_FILE,
  };
  await using container = await SkerryProcess.start({
    program: [
      ...["unshare", "--pid", "--fork", "--kill-child"],
      ...root.enter([SKERRY], { env, prepare: READ_ONLY }),
    ],
    args: ["--listen", env.SKERRY_LISTEN, "--", "sleep", "1000"],
    timeout: 180_000,
  });
  const first = firstChild(container.pid);
  using _ending = {
    [Symbol.dispose]() {
      try {
        // With the first process of a namespace, all of them end; unshare's child is not unshare's to end
        // any more once it is another user.
        Deno.kill(first, "SIGKILL");
      } catch {
        // It has ended.
      }
    },
  };
  const status = await Deno.readTextFile(`/proc/${first}/status`);
  assert.match(status, /^NSpid:.*\t1$/m);
  assert.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m);

  const session = (token: string) =>
    fetch(`http://127.0.0.1:${port}/api/session`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{}",
    }).then(async (response) => (await response.body?.cancel(), response.status));
  assert.equal(await session(TOKEN), 200);
  assert.equal(await session(`${TOKEN}-not`), 401);

  // As the engine asks, within.
  const within = ["--mount", "--pid", "--root", "--wd", "--setuid", "1000", "--setgid", "1000"];
  const variables = Object.entries({ PATH: "/bin", ...env }).map(([name, value]) =>
    `${name}=${value}`
  );
  const health = await outcome([
    ...["nsenter", "--target", `${first}`, ...within],
    ...["/bin/env", "-i", ...variables, SKERRY, "health"],
  ]);
  assert.equal(health.code, 0, health.stderr);

  const start = performance.now();
  Deno.kill(first, "SIGTERM");
  const { code, stdout, stderr } = await container.exited;
  const taken = performance.now() - start;
  assert.equal(code, 0, stderr);
  assert.ok(taken < 2000, `it took ${taken.toFixed(0)} ms to end`);
  assert.ok(!`${stdout}${stderr}`.includes(TOKEN), "The token is in the log.");
  const lines = stderr.trim().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.some(({ logger }) => logger === "skerry.audit"), stderr);
}

function firstChild(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(" ")[0]);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  return listener.addr.port;
}
