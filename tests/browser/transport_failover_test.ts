import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { RoutedSkerry } from "../support/routed_skerry.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { type, TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";

const TEXT = "the quick brown fox jumps over the lazy dog 0123456789 ".repeat(3);

/** Waits until a transport carries the session; the limit is in ms. */
async function carriedBy(desktop: DesktopPage, transport: string, limit: number): Promise<void> {
  let routes: unknown;
  await until(
    () => `the session is on ${transport}; there is ${JSON.stringify(routes)}`,
    async () => {
      const statistics = await desktop.statistics();
      routes = statistics.routes;
      return statistics.transport === transport;
    },
    limit,
  );
}

/** Waits until the other transport is in reserve. */
async function inReserve(desktop: DesktopPage): Promise<void> {
  await until("there is a path in reserve", async () => {
    const { routes } = await desktop.statistics();
    return routes.some(({ state }) => state === "standby");
  });
}

/** One after the other in the same browser: to start one takes longer than most of them. */
const PARTS: Record<string, (browser: TestBrowser, test: Deno.TestContext) => Promise<void>> = {
  "a page that cannot reach the UDP port gets the WebSocket, and does not wait for it twice":
    getsTheWebSocket,
  "blocking UDP in mid-session loses and repeats no key, and it comes back": losesUdp,
  "a picture that moves goes on without UDP, while nobody types": losesUdpWhileItMoves,
  "a client whose address changes keeps its session": changesAddress,
};

for (const name of BROWSERS) {
  Deno.test(`a fresh start streams over WebTransport, with no option or prompt, in ${name}`, async () => {
    await using skerry = await SkerryProcess.start();
    await using browser = await TestBrowser.launch(name);
    const desktop = await DesktopPage.open(browser, skerry.url);
    const { framesDrawn, routes, transport } = await desktop.statistics();
    assert.equal(transport, "webtransport");
    assert.deepEqual(routes[0]?.why, { code: "first", detail: "" });
    assert.ok(framesDrawn > 0);
    assert.deepEqual(browser.log, []);
  });

  Deno.test(`whatever becomes of its paths, a page has its desktop, in ${name}`, async (test) => {
    await using browser = await TestBrowser.launch(name);
    for (const [what, part] of Object.entries(PARTS)) {
      await test.step(what, (test) => part(browser, test));
    }
  });
}

async function getsTheWebSocket(browser: TestBrowser): Promise<void> {
  await using skerry = await RoutedSkerry.start();
  skerry.udp.blocked = true;
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  assert.equal((await desktop.statistics()).transport, "websocket");
  await until(
    "the failure is remembered",
    async () => await desktop.page.evaluate(() => localStorage.length > 0),
  );
  const dropped = skerry.udp.dropped;
  assert.ok(dropped > 0);
  await desktop.page.reload();
  await desktop.live();
  const { routes, transport } = await desktop.statistics();
  assert.equal(transport, "websocket");
  assert.deepEqual(routes[0]?.why, { code: "alone", detail: "" });
  skerry.udp.blocked = false;
  await carriedBy(desktop, "webtransport", 15_000);
  await desktop.page.reload();
  await desktop.live();
  assert.equal((await desktop.statistics()).transport, "webtransport");
}

async function losesUdp(browser: TestBrowser, test: Deno.TestContext): Promise<void> {
  await using file = await TypedFile.create();
  await using skerry = await RoutedSkerry.start({ args: file.command() });
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  const { page } = desktop;
  await file.ready();
  await inReserve(desktop);
  assert.equal((await desktop.statistics()).transport, "webtransport");
  let typed = "";
  const typeOn = async () => {
    typed += TEXT;
    await type(page, TEXT);
  };

  await test.step("typing through the loss of UDP", async () => {
    const { keyframes } = await desktop.statistics();
    const typing = typeOn();
    await new Promise((resolve) => setTimeout(resolve, 500));
    skerry.udp.blocked = true;
    await until(
      "there is a new keyframe",
      async () => (await desktop.statistics()).keyframes > keyframes,
      5000,
    );
    assert.equal((await desktop.statistics()).transport, "websocket");
    await typing;
    await file.holds(typed);
  });

  await test.step("typing on while WebTransport is tried again and again", async () => {
    await typeOn();
    await file.holds(typed);
  });

  await test.step("typing through the way back", async () => {
    skerry.udp.blocked = false;
    const back = carriedBy(desktop, "webtransport", 15_000);
    await typeOn();
    await back;
    await typeOn();
    await file.holds(typed);
  });
}

async function losesUdpWhileItMoves(browser: TestBrowser): Promise<void> {
  await using file = await TypedFile.create();
  await using skerry = await RoutedSkerry.start({ args: file.command({ moving: true }) });
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  await file.ready();
  await inReserve(desktop);
  const moves = async () => {
    const { framesDrawn } = await desktop.statistics();
    await until(
      "the picture moves",
      async () => (await desktop.statistics()).framesDrawn > framesDrawn + 20,
    );
  };
  // The second time right after a keyframe: what came by one path is no reference on the other.
  for (let time = 0; time < 2; time++) {
    skerry.udp.blocked = true;
    await carriedBy(desktop, "websocket", 10_000);
    const { routes } = await desktop.statistics();
    // The server notices it by its frames, unless the page happens to have sent a ping.
    assert.match(routes[0]?.why?.code ?? "", /^(server|silent)$/);
    assert.equal((await desktop.state())?.phase, "live");
    await moves();
    skerry.udp.blocked = false;
    await carriedBy(desktop, "webtransport", 15_000);
  }
  await moves();
}

async function changesAddress(browser: TestBrowser, test: Deno.TestContext): Promise<void> {
  await using file = await TypedFile.create();
  await using skerry = await RoutedSkerry.start({ args: file.command() });
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  await file.ready();
  await inReserve(desktop);
  assert.equal((await desktop.statistics()).transport, "webtransport");
  let typed = "";

  await test.step("a NAT that gives it another port", async () => {
    typed += TEXT;
    const typing = type(desktop.page, TEXT);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [port] = skerry.udp.clientPorts;
    skerry.udp.rebind();
    assert.notEqual(skerry.udp.clientPorts[0], port);
    await until("the other path is taken meanwhile", async () => {
      const { routes: [route] } = await desktop.statistics();
      return route?.why?.detail === "The page's port has changed";
    });
    await typing;
    await carriedBy(desktop, "webtransport", 15_000);
    await file.holds(typed);
    // It is the same connection.
    assert.equal((await desktop.statistics()).routes[0]?.why?.code, "server");
  });

  await test.step("a loss of all that it has", async () => {
    skerry.udp.blocked = true;
    skerry.tcp.cut();
    await desktop.phase("waiting");
    skerry.tcp.restore();
    skerry.udp.blocked = false;
    await desktop.live();
    typed += TEXT;
    await type(desktop.page, TEXT);
    await file.holds(typed);
    assert.doesNotMatch(skerry.skerry.stderr, /Viewer "2"/);
  });
}
