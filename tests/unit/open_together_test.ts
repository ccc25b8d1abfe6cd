import assert from "node:assert/strict";
import { openTogether } from "../../src/open_together.ts";

function disposable(name: string, disposed: string[]): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      disposed.push(name);
      return Promise.resolve();
    },
  };
}

Deno.test("openTogether() opens side by side, and returns in order", async () => {
  const disposed: string[] = [];
  const gate = Promise.withResolvers<void>();
  const [first, second] = await openTogether<[AsyncDisposable, number]>([
    async () => {
      await gate.promise; // only the other one opens it
      return disposable("first", disposed);
    },
    () => {
      gate.resolve();
      return Promise.resolve(2);
    },
  ]);
  assert.equal(second, 2);
  assert.deepEqual(disposed, []);
  await first[Symbol.asyncDispose]();
  assert.deepEqual(disposed, ["first"]);
});

Deno.test("openTogether() disposes of the others when one fails, and says why", async () => {
  const disposed: string[] = [];
  const failure = new Error("no X server");
  const opening = openTogether([
    () => Promise.resolve(disposable("before", disposed)),
    () => Promise.reject(failure),
    (signal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("given up")))
      ),
    async (signal) => {
      while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 0));
      return disposable("after", disposed);
    },
  ]);
  await assert.rejects(opening, (error) => error === failure);
  assert.deepEqual(disposed.toSorted(), ["after", "before"]);
});

Deno.test("openTogether() passes the caller's signal on", async () => {
  const stop = new AbortController();
  const opening = openTogether([
    (signal) =>
      new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      ),
  ], stop.signal);
  const reason = new Error("stopped");
  stop.abort(reason);
  await assert.rejects(opening, (error) => error === reason);
});
