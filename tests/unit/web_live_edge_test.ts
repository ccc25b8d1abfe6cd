import assert from "node:assert/strict";
import { FAR_AHEAD, FASTEST, LiveEdge, MOST_AHEAD, MOST_KEPT } from "../../web/mse/live_edge.ts";

const DELTA = { ahead: 0, keyframe: false, octets: 1000 };
const KEY = { ...DELTA, keyframe: true };

Deno.test("LiveEdge plays what is more than 100 ms ahead faster, up to four times as fast", () => {
  const edge = new LiveEdge();
  const rate = (ahead: number) => edge.add({ ...DELTA, ahead }).rate;
  assert.deepEqual([0, 0.05, MOST_AHEAD].map(rate), [1, 1, 1]);
  assert.deepEqual([0.15, 0.3, 0.4, 0.9, 5].map((ahead) => Math.round(rate(ahead) * 10) / 10), [
    ...[1.5, 3, 4, 4, FASTEST],
  ]);
});

Deno.test("LiveEdge comes within 100 ms of what it was behind", () => {
  const edge = new LiveEdge();
  // 800 ms have piled up; a frame of 20 ms comes every 20 ms.
  let ahead = 0.8;
  let seconds = 0;
  while (ahead > 1.01 * MOST_AHEAD && seconds < 10) {
    const { ask, jump, rate } = edge.add({ ...DELTA, ahead });
    assert.deepEqual([ask, jump], [undefined, false]);
    ahead += 0.02 * (1 - rate);
    seconds += 0.02;
  }
  assert.ok(seconds < 1, `${seconds} s`);
});

Deno.test("LiveEdge asks once for a keyframe to jump to, and jumps to that alone", () => {
  const edge = new LiveEdge();
  const far = { ...DELTA, ahead: FAR_AHEAD };
  assert.deepEqual(edge.add({ ...DELTA, ahead: 0.99 * FAR_AHEAD }).ask, undefined);
  assert.deepEqual(edge.add(far), { rate: FASTEST, jump: false, ask: "The video is behind" });
  assert.deepEqual(edge.add(far), { rate: FASTEST, jump: false, ask: undefined });
  assert.deepEqual(edge.add({ ...KEY, ahead: FAR_AHEAD }), {
    ...{ rate: FASTEST, jump: true, ask: undefined },
  });
  assert.equal(edge.add(KEY).jump, false, "there is nothing to jump over");
  assert.equal(edge.add(far).ask, "The video is behind", "it is behind again");
});

Deno.test("LiveEdge asks once for a keyframe after 24 MiB, and counts anew from that", () => {
  const edge = new LiveEdge();
  const MIB = 2 ** 20;
  const asked = (octets: number) => edge.add({ ...DELTA, octets }).ask;
  edge.add({ ...KEY, octets: MIB });
  for (let mebibytes = 2; mebibytes <= MOST_KEPT / MIB; mebibytes++) {
    assert.equal(asked(MIB), undefined);
  }
  assert.match(asked(1)!, /keeps all/);
  assert.equal(asked(MIB), undefined);
  assert.equal(edge.add({ ...KEY, octets: MIB }).ask, undefined);
  assert.equal(asked(MOST_KEPT - MIB), undefined);
  assert.match(asked(1)!, /keeps all/);
});
