import assert from "node:assert/strict";
import { TransportLog } from "../../web/worker/transport_log.ts";
import type { RaceReport, RaceReports } from "../../web/worker/transport_race.ts";
import { Path, ViewerBench } from "../support/viewer_bench.ts";

const report = (state: RaceReport["state"], detail = ""): RaceReport => ({
  state,
  detail,
  took: undefined,
});

function bench(reports: RaceReports) {
  const rig = new ViewerBench();
  const log = new TransportLog(rig.page, { reports });
  const join = (kind: "webtransport" | "websocket") => {
    const path = new Path(rig.clock, { kind });
    rig.server.attach(path.server);
    rig.page.attach(path.client, { code: "first", detail: "" });
    return path;
  };
  const told = () => log.routes().map(({ name, state, detail }) => [name, state, detail]);
  return { join, log, rig, told };
}

Deno.test("TransportLog.routes() names the transport in use first, with why and since when", () => {
  const { join, log, told } = bench({
    webtransport: report("failed", "UDP did not get through"),
    websocket: report("carries"),
  });
  const before = Date.now();
  join("websocket");
  const [used, other] = log.routes();
  assert.equal(used?.name, "websocket");
  assert.deepEqual(used?.why, { code: "first", detail: "" });
  assert.ok(used!.since! >= before - 1 && used!.since! <= Date.now() + 1);
  assert.equal(other?.why, undefined);
  assert.deepEqual(told(), [
    ["websocket", "carries", ""],
    ["webtransport", "failed", "UDP did not get through"],
  ]);
});

Deno.test("TransportLog.routes() follows attempts and paths", async () => {
  const { join, log, rig, told } = bench({
    webtransport: report("carries"),
    websocket: report("skipped", "It was not needed"),
  });
  const first = join("webtransport");
  assert.deepEqual(told()[1], ["websocket", "skipped", "It was not needed"]);
  log.attempted("websocket", undefined);
  assert.deepEqual(told()[1], ["websocket", "opening", ""]);
  log.attempted("websocket", "It was refused");
  assert.deepEqual(told()[1], ["websocket", "failed", "It was refused"]);
  join("websocket");
  log.attempted("websocket", "");
  await rig.pass(500);
  assert.deepEqual(told()[1], ["websocket", "standby", ""]);
  first.client.close();
  await rig.pass(500);
  assert.deepEqual(told(), [
    ["websocket", "carries", ""],
    ["webtransport", "failed", "It was lost"],
  ]);
});
