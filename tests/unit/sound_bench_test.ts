import assert from "node:assert/strict";
import { BENCH_LINKS } from "../bench/links.ts";
import { type MeasuredSound, soundTargetTable, soundVerdicts } from "../bench/sound_targets.ts";

const MEASURED: MeasuredSound = {
  link: "loopback",
  browser: "firefox",
  transport: "webtransport",
  beeps: { heard: [70, 80, 400], apart: [-44, 10, 20] },
  gaps: 0,
  toneSeconds: 30,
};

/** Of each figure whether it is met. */
function verdicts(change: Partial<MeasuredSound>): boolean[] {
  const all = soundVerdicts({ ...MEASURED, ...change }, BENCH_LINKS);
  return all.map(({ most, value }) => value <= most);
}

Deno.test("soundVerdicts() gives sound 80 ms on loopback, and 90 ms beside the way on a link", () => {
  assert.deepEqual(verdicts({}), [true, true]);
  const heard = (p50: number) => ({ beeps: { ...MEASURED.beeps, heard: [0, p50, 500] } });
  assert.deepEqual(verdicts(heard(81)), [false, true]);
  assert.deepEqual(verdicts({ link: "10-40", ...heard(110) }), [true, true]);
  assert.deepEqual(verdicts({ link: "10-40", ...heard(111) }), [false, true]);
});

Deno.test("soundVerdicts() lets neither sound nor picture be ahead by more than 45 ms", () => {
  for (const apart of [[-46, 0], [0, 46]]) {
    assert.deepEqual(verdicts({ beeps: { ...MEASURED.beeps, apart } }), [true, false]);
  }
  assert.deepEqual(verdicts({ beeps: { heard: [], apart: [] } }), [false, false]);
});

Deno.test("soundVerdicts() takes no gap where one packet in a hundred is lost, by WebTransport", () => {
  const lossy = { link: "10-40-1%" };
  assert.deepEqual(verdicts(lossy), [true, true, true]);
  assert.deepEqual(verdicts({ ...lossy, gaps: 1 }), [true, true, false]);
  assert.deepEqual(verdicts({ ...lossy, gaps: 1, transport: "websocket" }), [true, true]);
});

Deno.test("soundTargetTable() says what was missed and by how much", () => {
  const table = soundTargetTable([{ ...MEASURED, link: "10-40-1%", gaps: 1 }], BENCH_LINKS);
  assert.match(table, /firefox \| webtransport \| gaps a minute \| 2\.0 \| 0 \| missed/);
  assert.match(table, /beep p50, ms \| 80\.0 \| 110 \| met/);
});
