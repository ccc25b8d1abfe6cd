import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TcpRelay } from "../support/tcp_relay.ts";
import { until } from "../support/until.ts";

/** A terminal that never stands still. */
const MOVING = ["--", "xterm", "-e", "sh", "-c", "while :; do date +%N%N%N%N; done"];

Deno.test("/metrics tell of a viewer, what its path carries, and what is lost on it", async () => {
  await using skerry = await SkerryProcess.start({ args: ["--audio", "off", ...MOVING] });
  await using relay = TcpRelay.open(Number(new URL(skerry.url).port));
  await using browser = await TestBrowser.launch("chromium");
  const url = new URL(withDebug(skerry.url));
  url.port = `${relay.port}`;
  // Only what goes through the relay can be stalled.
  url.searchParams.set("transport", "websocket");
  const here = `skerry_viewers{transport="websocket",role="control"}`;
  assert.equal((await scrape(skerry)).value(here), 0);

  const desktop = await DesktopPage.open(browser, url.href);
  const ofViewer = (name: string) => `skerry_viewer_${name}{viewer="1",transport="websocket"}`;
  const known = await until("the viewer's path is known", async () => {
    const metrics = await scrape(skerry);
    return metrics.value(ofViewer("path_bits_per_second")) !== undefined && metrics;
  });
  assert.equal(known.value(here), 1);
  assert.equal(known.value("skerry_viewers_total"), 1);
  for (const name of ["rtt_seconds", "path_bits_per_second", "target_bits_per_second"]) {
    assert.ok(known.value(ofViewer(name))! > 0, `${name}\n${known.text}`);
  }
  assert.ok(known.value(ofViewer("queue_delay_seconds"))! >= 0, known.text);
  await counts(skerry, "skerry_frames_encoded_total", 0);
  await counts(skerry, "skerry_encode_seconds_total", 0);
  await counts(skerry, "skerry_video_bytes_total", 0);
  const sent = await counts(skerry, `skerry_sent_bytes_total{transport="websocket"}`, 0);
  await counts(skerry, `skerry_sent_bytes_total{transport="websocket"}`, sent);

  assert.ok((await scrape(skerry)).value("skerry_frames_dropped_total")! >= 0);
  relay.stall();
  const taken = await counts(skerry, "skerry_frames_encoded_total", 0);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // Nothing is taken that could not leave.
  const { value } = await scrape(skerry);
  assert.ok(value("skerry_frames_encoded_total")! - taken < 30);
  relay.restore();
  await until("a queue was seen", async () => {
    // One that grows, as in front of a slow link: a path that is longer once and for all is no queue.
    relay.delay = relay.delay < 1000 ? relay.delay + 20 : 0;
    return (await scrape(skerry)).value(ofViewer("queue_delay_seconds"))! > 0.02;
  }, 60_000);
  relay.delay = 0;
  await desktop.live();

  await desktop.page.close();
  await until("the viewer is gone", async () => (await scrape(skerry)).value(here) === 0, 60_000);
  const { text } = await scrape(skerry);
  assert.doesNotMatch(text, /^skerry_viewer_rtt_seconds\{/m);
});

/** Waits until a value is more than this, and gives it. */
async function counts(skerry: SkerryProcess, name: string, more: number): Promise<number> {
  let last: number | undefined;
  return await until(() => `${name} is more than ${more}; it is ${last}`, async () => {
    last = (await scrape(skerry)).value(name);
    return last !== undefined && last > more && last;
  }, 30_000);
}

/** Reads them as Prometheus does. */
async function scrape(skerry: SkerryProcess) {
  const response = await fetch(new URL("metrics", skerry.origin), {
    headers: { authorization: `Bearer ${skerry.token}` },
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const values = new Map(
    text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const at = line.lastIndexOf(" ");
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );
  return { text, value: (name: string) => values.get(name) };
}
