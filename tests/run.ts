/**
 * `deno task test`, after its checks: the tests in real browsers, and beside them all others, since both
 * wait for most of their time. What they print comes line by line, with the name of the half before it,
 * and at the end a line for both.
 *
 *     deno run -A tests/run.ts
 *
 * @module
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** Folders whose tests run in one process, one after the other. */
const HALVES = {
  browser: ["tests/browser"],
  others: ["tests/unit", "tests/ffi", "tests/integration"],
} as const;

/** What a run of `deno test` has come to. */
interface Outcome {
  readonly success: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

async function runTests(name: string, folders: readonly string[]): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...folders],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let last = "";
  const print = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of createInterface(Readable.fromWeb(stream))) {
      console.log(`${name}: ${line}`);
      // deno-lint-ignore no-control-regex -- colours begin with Escape
      const plain = line.replaceAll(/\x1b\[[\d;]*m/g, "");
      if (/^(ok|FAILED) \| \d+ passed/.test(plain)) last = plain;
    }
  };
  await Promise.all([print(child.stdout), print(child.stderr)]);
  const { success } = await child.status;
  const count = (what: string) => Number(RegExp(`(\\d+) ${what}`).exec(last)?.[1] ?? 0);
  // One that has come to no end has failed as a whole.
  const failed = success ? count("failed") : Math.max(count("failed"), 1);
  return { success, passed: count("passed"), failed, ignored: count("ignored") };
}

const outcomes = await Promise.all(
  Object.entries(HALVES).map(([name, folders]) => runTests(name, folders)),
);
const success = outcomes.every((outcome) => outcome.success);
const sum = (count: "passed" | "failed" | "ignored") =>
  outcomes.reduce((total, outcome) => total + outcome[count], 0);
console.log(
  `\n${success ? "ok" : "FAILED"} | ${sum("passed")} passed | ${sum("failed")} failed | ` +
    `${sum("ignored")} ignored`,
);
Deno.exit(success ? 0 : 1);
