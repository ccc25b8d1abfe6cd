import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { Priority, type Transport } from "../../src/protocol/flow.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { bundle, servePage } from "../support/browser_bundle.ts";
import { collectGarbage } from "../support/garbage.ts";
import { TestServer } from "../support/webtransport.ts";

const script = await bundle(new URL("./webtransport_page.ts", import.meta.url));

interface PageState {
  readonly frames: number;
  readonly octets: number;
  readonly mistake: string;
  readonly closed: string;
  readonly rtt: number | undefined;
}

interface TestGlobal {
  readonly skerryTest: {
    start(url: string, hash: readonly number[]): Promise<void>;
    readonly state: PageState;
  };
}

function stateOf(page: Page): Promise<PageState> {
  return page.evaluate(() => ({ ...(globalThis as unknown as TestGlobal).skerryTest.state }));
}

/** A frame that the page can check. */
function frame(sequence: number, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  const view = new DataView(octets.buffer);
  for (let index = 8; index < length; index += 997) octets[index] = sequence + index;
  view.setUint32(0, sequence);
  view.setUint32(4, length);
  return octets;
}

/** Sends frames whenever the path has room, and resolves when the page has answered the last. */
async function stream(
  transport: Transport,
  { first = 0, frames, sizes }: {
    first?: number;
    frames: number;
    sizes: (sequence: number) => number;
  },
): Promise<{ worstGap: number; roundTrips: number[] }> {
  const video = transport.openFlow(new TextEncoder().encode("video"), {
    priority: Priority.Elevated,
    delivery: "independent",
  });
  const sentAt = new Map<number, number>();
  const roundTrips: number[] = [];
  const done = Promise.withResolvers<void>();
  let worstGap = 0;
  let answeredAt = performance.now();
  transport.closed.then(({ reason }) => done.reject(new Error(`It ended: ${reason}`)));
  transport.onflow = (flow) => {
    flow.onmessage = (message) => {
      const now = performance.now();
      worstGap = Math.max(worstGap, now - answeredAt);
      answeredAt = now;
      const sequence = new DataView(message.buffer, message.byteOffset).getUint32(0);
      roundTrips.push(now - (sentAt.get(sequence) ?? NaN));
      sentAt.delete(sequence);
      if (sequence === end - 1) done.resolve();
    };
  };
  let next = first;
  const end = first + frames;
  const fill = () => {
    while (next < end && hasRoom(transport, video, sizes(next))) {
      sentAt.set(next, performance.now());
      video.write(frame(next, sizes(next)));
      next++;
    }
  };
  transport.onroom = fill;
  fill();
  await done.promise;
  video.close();
  return { worstGap, roundTrips };
}

for (const name of BROWSERS) {
  Deno.test(`WebTransportServer streams to an unmodified ${name} without a prompt`, async () => {
    await using host = await TestServer.start();
    await using pages = servePage(script);
    await using browser = await TestBrowser.launch(name);
    const page = await browser.open(pages.url);
    const session = host.session();
    await page.evaluate(
      (url, hash) => (globalThis as unknown as TestGlobal).skerryTest.start(url, hash),
      host.url(),
      [...host.certificate.hash],
    );
    const { transport } = await session;
    const { roundTrips } = await stream(transport, {
      frames: 400,
      sizes: (sequence) => 8 + (sequence * 7919) % 60_000,
    });
    const state = await stateOf(page);
    assert.equal(state.mistake, "");
    assert.equal(state.frames, 400);
    assert.equal(roundTrips.length, 400);
    assert.ok(state.rtt !== undefined && state.rtt >= 0);
    transport.close(4123, "enough");
    await page.waitForFunction(
      () => (globalThis as unknown as TestGlobal).skerryTest.state.closed !== "",
    );
    assert.equal((await stateOf(page)).closed, "clean 4123 enough");
    assert.deepEqual(browser.log, []);
  });
}

for (const name of BROWSERS) {
  Deno.test(`WebTransportServer carries 10,000 access units to ${name} without a stall or growth`, async () => {
    await using host = await TestServer.start();
    await using pages = servePage(script);
    await using browser = await TestBrowser.launch(name);
    const page = await browser.open(pages.url);
    const session = host.session();
    await page.evaluate(
      (url, hash) => (globalThis as unknown as TestGlobal).skerryTest.start(url, hash),
      host.url(),
      [...host.certificate.hash],
    );
    const { transport } = await session;
    const sizes = (sequence: number) => 100 + (sequence * 7919) % 8000;
    const used: number[] = [];
    for (let first = 0; first < 10_000; first += 2500) {
      const { worstGap } = await stream(transport, { first, frames: 2500, sizes });
      assert.ok(worstGap < 3000, `nothing came for ${worstGap} ms`);
      await collectGarbage();
      used.push(Deno.memoryUsage().heapUsed);
    }
    const [early = 0, , , late = 0] = used;
    // A hundred octets for each access unit would be noticed.
    assert.ok(late - early < 750_000, `the heap has grown: ${used.join(", ")}`);
    const state = await stateOf(page);
    assert.equal(state.mistake, "");
    assert.equal(state.frames, 10_000);
  });
}
