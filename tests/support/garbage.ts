import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Has V8 collect all that nobody holds, and what follows from that run. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  assert.ok(typeof collect === "function");
  for (let round = 0; round < 2; round++) {
    collect();
    // Finalizers run as tasks.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
