import assert from "node:assert/strict";
import type { VideoHeader } from "../../src/protocol/video_message.ts";
import { ServerClock } from "../../web/worker/server_clock.ts";
import { StatisticsCollector } from "../../web/worker/statistics.ts";

const HEADER: VideoHeader = {
  sequence: 1,
  keyframe: false,
  topOff: false,
  captureTime: 1_000_000,
  damageToGrab: 0,
  grab: 500,
  convert: 500,
  encode: 4_000,
  lastInput: 1,
  inputToGrab: 2_000,
  changed: [],
};

function snapshot(statistics: StatisticsCollector, now: number) {
  return statistics.snapshot({
    transport: "memory",
    routes: [],
    encoder: "fake",
    acceleration: "no-preference",
    decoderReason: "",
    config: undefined,
    width: 1,
    height: 1,
    decoderFaults: 0,
    decoderPending: 0,
    reconnects: 0,
    sound: undefined,
    now,
  });
}

/** The server's clock and the viewer's are the same. */
function collector(): StatisticsCollector {
  const clock = new ServerClock();
  clock.observe(0, 0, 0);
  return new StatisticsCollector(() => clock);
}

const times = (arrived: number) => ({ arrived, decoded: arrived + 2, presented: arrived + 5 });

Deno.test("StatisticsCollector.snapshot() counts the frames and bits of the last two seconds", () => {
  const statistics = collector();
  for (let frame = 0; frame < 300; frame++) {
    const at = 10_000 + frame * 20;
    statistics.received(HEADER, 1000, at);
    statistics.presented(HEADER, times(at), undefined);
  }
  const { framesPerSecond, kilobitsPerSecond, framesDrawn } = snapshot(statistics, 16_000);
  assert(Math.abs(framesPerSecond - 50) <= 1, String(framesPerSecond));
  assert(Math.abs(kilobitsPerSecond - 400) <= 8, String(kilobitsPerSecond));
  assert.equal(framesDrawn, 300);
  const still = snapshot(statistics, 60_000);
  assert.equal(still.framesPerSecond, 0);
  assert.equal(still.kilobitsPerSecond, 0);
});

Deno.test("StatisticsCollector.presented() splits the latency of what answers an input", () => {
  const statistics = collector();
  // Pressed at 990 ms, injected at 998, grabbed at 1000, encoded at 1005, here at 1010.
  statistics.presented(HEADER, times(1010), 990);
  const { inputToPhoton, uplink, answer, latency } = snapshot(statistics, 1020);
  assert.deepEqual(inputToPhoton, { last: 25, median: 25, count: 1 });
  assert.equal(uplink.last, 8);
  assert.equal(answer.last, 2);
  assert.equal(latency.network.last, 5);
  assert.equal(latency.present.last, 3);
});

Deno.test("StatisticsCollector.presented() takes neither top-offs nor late frames for answers", () => {
  const statistics = collector();
  statistics.presented({ ...HEADER, topOff: true }, times(1100), 990);
  statistics.presented(HEADER, times(9000), 990);
  const { inputToPhoton, latency } = snapshot(statistics, 9020);
  assert.equal(inputToPhoton.count, 0);
  assert.equal(latency.decode.last, 2);
});

Deno.test("StatisticsCollector.restart() forgets the old connection's figures", () => {
  const statistics = collector();
  statistics.received(HEADER, 1000, 1010);
  statistics.presented(HEADER, times(1010), 990);
  statistics.ponged(3);
  statistics.restart();
  const after = snapshot(statistics, 1020);
  assert.equal(after.rtt.last, undefined);
  assert.equal(after.inputToPhoton.count, 0);
  assert.equal(after.latency.grab.median, undefined);
  assert.equal(after.framesReceived, 1);
});
