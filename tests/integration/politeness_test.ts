import assert from "node:assert/strict";
import { SkerryProcess } from "../support/skerry_process.ts";

/** Where proc_pid_stat(5) has the nice value, counted after the name. */
const NICE = 16;

function niceValues(stat: string): number[] {
  return stat.trim().split("\n").map((line) =>
    Number(line.slice(line.lastIndexOf(")") + 2).split(" ")[NICE])
  );
}

Deno.test("--nice is for all of Skerry, and --idle-timeout ends a forgotten session", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Seen by the desktop's program, which Skerry has started.
    const look = `cat /proc/self/stat /proc/$PPID/task/*/stat >"${folder}/new"
      mv "${folder}/new" "${folder}/stat"
      sleep 600`;
    await using skerry = await SkerryProcess.start({
      args: ["--nice", "7", "--idle-timeout", "2s", "--", "sh", "-c", look],
    });
    const { code, stderr } = await skerry.exited;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Nobody was connected for 2 s \(--idle-timeout\): the session ends/);
    const values = niceValues(await Deno.readTextFile(`${folder}/stat`));
    assert.ok(values.length > 2, "It has threads.");
    assert.deepEqual([...new Set(values)], [7]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
