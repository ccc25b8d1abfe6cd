import assert from "node:assert/strict";
import fc from "fast-check";
import { STANDBY, ViewerBench as Bench } from "../support/viewer_bench.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

Deno.test("Viewer sends by its first path, and nothing by one in reserve", async () => {
  const bench = new Bench();
  const first = await bench.join();
  const second = await bench.join();
  // The last of their greetings is acknowledged.
  await bench.pass(500);
  const quiet = second.server.link!.carriedOctets;
  for (const key of numbers(20)) {
    bench.type(key);
    bench.show();
    await bench.pass(20);
  }
  await bench.pass(500);
  assert.deepEqual(bench.keys, numbers(20));
  assert.deepEqual(bench.frames, numbers(20));
  assert.equal(bench.server.transport, first.server);
  assert.equal(second.server.link!.carriedOctets, quiet);
});

Deno.test("Viewer goes on by the reserve when the server notices the silence", async () => {
  const bench = new Bench();
  const first = await bench.join();
  const second = await bench.join();
  bench.show();
  await bench.pass(100);
  first.block();
  bench.show();
  bench.server.tell({ type: "status", state: "live", detail: "said into the void" });
  await bench.pass(600);
  assert.equal(bench.server.transport, second.server);
  assert.equal(bench.pagePath?.transport, second.client);
  assert.equal(bench.page.active?.why.code, "server");
  assert.ok(bench.server.awaitsKeyframe);
  bench.show();
  await bench.pass(100);
  assert.deepEqual(bench.frames, [1, 3]);
  assert.deepEqual(bench.statuses, ["said into the void"]);
  first.unblock();
  await bench.pass(1000);
  assert.deepEqual(bench.frames, [1, 3], "what comes late is not shown");
  assert.deepEqual(bench.statuses, ["said into the void"], "nor said twice");
  assert.equal(bench.restarts, 1, "the picture stays");
});

Deno.test("Viewer goes on by the reserve when the page notices the silence, and loses no key", async () => {
  const bench = new Bench();
  const first = await bench.join();
  const second = await bench.join();
  for (const key of numbers(60)) {
    if (key === 20) first.block();
    if (key === 50) first.unblock();
    bench.type(key);
    await bench.pass(25);
  }
  await bench.pass(1000);
  assert.deepEqual(bench.keys, numbers(60));
  assert.equal(bench.page.active?.why.code, "silent");
  assert.equal(bench.server.transport, second.server);
});

Deno.test("Viewer goes on by the reserve while the page's new port is not proved, and then goes back", async () => {
  const bench = new Bench();
  const first = await bench.join();
  const second = await bench.join();
  bench.show();
  await bench.pass(100);
  bench.type(1);
  first.server.onmoved?.();
  assert.equal(bench.server.transport, second.server, "at once");
  assert.ok(bench.server.awaitsKeyframe);
  bench.show();
  bench.type(2);
  await bench.pass(100);
  assert.equal(bench.pagePath?.transport, second.client);
  assert.equal(bench.page.active?.why.code, "server");
  assert.deepEqual(bench.frames, [1, 2]);
  // A second change meanwhile changes nothing.
  first.server.onmoved?.();
  bench.type(3);
  await bench.pass(1500);
  assert.equal(bench.server.transport, first.server);
  assert.equal(bench.pagePath?.transport, first.client);
  bench.show();
  bench.type(4);
  await bench.pass(100);
  assert.deepEqual(bench.frames, [1, 2, 3]);
  assert.deepEqual(bench.keys, numbers(4));
  await bench.pass(4000);
  first.server.onmoved?.();
  first.server.close();
  await bench.pass(2000);
  assert.equal(bench.server.transport, second.server, "there is nothing to go back to");
});

Deno.test("Viewer leaves it to the page to go back to a path whose port changes again and again", async () => {
  const bench = new Bench();
  const first = await bench.join();
  const second = await bench.join();
  const [path] = bench.page.paths;
  first.server.onmoved?.();
  await bench.pass(1500);
  assert.equal(bench.server.transport, first.server);
  for (let count = 0; count < 5; count++) {
    first.server.onmoved?.();
    await bench.pass(1000);
    assert.equal(bench.server.transport, second.server);
  }
  await bench.pass(10_000);
  assert.equal(bench.server.transport, second.server);
  bench.page.activate(path!, { code: "better", detail: "" });
  await bench.pass(100);
  assert.equal(bench.server.transport, first.server);
  first.server.onmoved?.();
  await bench.pass(1500);
  assert.equal(bench.server.transport, first.server, "it is steady again");
});

Deno.test("Viewer stays where it is if what has changed its port has cut the reserve off, or there is none", async () => {
  const bench = new Bench();
  const first = await bench.join();
  first.server.onmoved?.();
  assert.equal(bench.server.transport, first.server);
  const second = await bench.join();
  second.block();
  first.server.onmoved?.();
  bench.show();
  await bench.pass(100);
  assert.equal(bench.server.transport, first.server, "as soon as the new port is proved");
  bench.show();
  bench.type(1);
  await bench.pass(100);
  assert.equal(bench.pagePath?.transport, first.client);
  assert.deepEqual(bench.frames, [2]);
  assert.deepEqual(bench.keys, [1]);
});

Deno.test("Viewer.leave() closes all paths at once, and none takes over", async () => {
  const bench = new Bench();
  const first = await bench.join();
  const second = await bench.join();
  first.block();
  second.block();
  bench.server.leave();
  assert.equal(bench.server.transport, undefined);
  assert.equal(bench.away, 1);
  await bench.pass(5000);
  assert.equal(bench.server.transport, undefined);
  assert.equal(bench.away, 1);
  bench.server.leave();
  assert.equal(bench.away, 1);
});

Deno.test("a page says goodbye when it is left, and not when a path is silent", async () => {
  for (const [kind, code] of [["silent", 4100], ["closed", 1000]] as const) {
    const bench = new Bench();
    const { server } = await bench.join();
    bench.page.drop(bench.page.active!.path, { kind, detail: "" });
    await bench.pass(200);
    assert.equal((await server.closed).code, code, kind);
  }
});

Deno.test("Viewer goes on by the reserve at once when the active path closes", async () => {
  const bench = new Bench();
  const first = await bench.join();
  const second = await bench.join();
  bench.type(1);
  first.server.close();
  bench.type(2);
  await bench.pass(200);
  assert.deepEqual(bench.keys, [1, 2]);
  assert.equal(bench.pagePath?.transport, second.client);
  assert.equal(bench.server.transport, second.server);
  assert.equal(bench.away, 0);
});

Deno.test("Viewer.activate() moves the picture with a keyframe, and keys with it", async () => {
  const bench = new Bench();
  await bench.join();
  const second = await bench.join();
  bench.show();
  const [, reserve] = bench.page.paths;
  bench.type(1);
  bench.page.activate(reserve!, { code: "better", detail: "" });
  bench.type(2);
  await bench.pass(100);
  assert.equal(bench.server.transport, second.server);
  assert.ok(bench.server.awaitsKeyframe);
  bench.show();
  await bench.pass(100);
  assert.deepEqual(bench.frames, [1, 2]);
  assert.deepEqual(bench.keys, [1, 2]);
});

Deno.test("Viewer agrees with the server when both change over at the same time", async () => {
  const bench = new Bench();
  const first = await bench.join();
  await bench.join();
  const [, reserve] = bench.page.paths;
  // The server leaves the first path by itself just when the page asks for a third one.
  const third = await bench.join();
  const [, , last] = bench.page.paths;
  assert.ok(reserve !== undefined && last !== undefined);
  first.server.close();
  bench.page.activate(last, { code: "better", detail: "" });
  await bench.pass(1000);
  assert.equal(bench.page.active?.path.transport, third.client);
  assert.equal(bench.server.transport, third.server);
});

Deno.test("Viewer goes on where it was when it comes back after the loss of all paths", async () => {
  const bench = new Bench();
  const first = await bench.join();
  bench.type(1);
  await bench.pass(100);
  const ended = bench.page.ended;
  first.client.close(1000, "gone");
  bench.type(2);
  await bench.pass(100);
  assert.equal((await ended).kind, "closed");
  assert.equal(bench.away, 1);
  bench.server.tell({ type: "status", state: "live", detail: "said meanwhile" });
  await bench.join();
  assert.deepEqual(bench.keys, [1, 2]);
  // Nobody holds a key any more that the page has forgotten.
  assert.equal(bench.inputs.at(-1)?.type, "releaseAll");
  assert.deepEqual(bench.statuses, ["said meanwhile"]);
  assert.equal(bench.restarts, 2);
});

Deno.test("Viewer takes over from a path that the server does not know to be dead", async () => {
  const bench = new Bench();
  const first = await bench.join();
  first.block();
  first.client.close();
  await bench.pass(1500);
  const second = await bench.join();
  assert.equal(bench.server.transport, second.server);
  bench.type(1);
  await bench.pass(100);
  assert.deepEqual(bench.keys, [1]);
});

Deno.test("Viewer.tell() keeps what is said before there is a server", async () => {
  const bench = new Bench();
  bench.page.tell({ type: "audio", enabled: true });
  await bench.join();
  const heard = bench.requests.filter(({ type }) => type === "audio");
  assert.deepEqual(heard, [{ type: "audio", enabled: true }]);
});

Deno.test("Viewer says nothing of old times to a server that has forgotten it", async () => {
  const bench = new Bench();
  const first = await bench.join();
  first.block();
  bench.type(1);
  first.client.close();
  await bench.pass(1500);
  const other = bench.viewer("2");
  await bench.join(STANDBY, { server: other });
  bench.type(2);
  other.tell({ type: "status", state: "live", detail: "welcome" });
  await bench.pass(100);
  assert.deepEqual(bench.keys, [2]);
  assert.deepEqual(bench.statuses, ["welcome"]);
});

Deno.test("Viewer drops a path in reserve that leads to another viewer", async () => {
  const bench = new Bench();
  await bench.join();
  await bench.join(STANDBY, { server: bench.viewer("2") });
  assert.equal(bench.page.paths.size, 1);
});

Deno.test("Viewer loses, repeats and reorders nothing, whatever becomes of its paths", async () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ what: fc.constant("type" as const) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("block" as const), path: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("unblock" as const), path: fc.nat(1) }) },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant("activate" as const), path: fc.nat(1) }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("show" as const) }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant("wait" as const), ms: fc.nat(400) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const bench = new Bench();
      const paths = [await bench.join(), await bench.join(STANDBY, { delay: 40 })];
      let typed = 0;
      let told = 0;
      for (const event of events) {
        switch (event.what) {
          case "type":
            bench.type(++typed);
            bench.server.tell({ type: "status", state: "live", detail: `${++told}` });
            break;
          case "block":
            paths[event.path]!.block();
            break;
          case "unblock":
            paths[event.path]!.unblock();
            break;
          case "activate": {
            const path = [...bench.page.paths][event.path];
            if (path !== undefined) bench.page.activate(path, { code: "better", detail: "" });
            break;
          }
          case "show":
            bench.show();
            break;
          case "wait":
            await bench.pass(event.ms);
        }
        await bench.pass(15);
      }
      for (const path of paths) path.unblock();
      await bench.pass(3000);
      assert.deepEqual(bench.keys, numbers(typed));
      assert.deepEqual(bench.statuses, numbers(told).map(String));
      assert.deepEqual(bench.frames, bench.frames.toSorted((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});
