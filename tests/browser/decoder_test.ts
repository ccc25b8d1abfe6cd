import assert from "node:assert/strict";
import type { DebugInterface } from "../../web/debug.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { hear, turnSoundOn } from "../support/heard.ts";
import { INSECURE, insecureUrl, withDecoder } from "../support/insecure_page.ts";
import { Loudspeaker } from "../support/loudspeaker.ts";
import { psnr } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { playTone, soundEnvironmentOf } from "../support/sound.ts";
import { type, TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";

/** Decibels from which on nobody sees a difference in text. */
const WANTED = 38;
/** The same for strong colours in JPEG, the last resort: their edges ring. */
const WANTED_OF_JPEG = 34;
/** And in what else a server may have instead of H.264. */
const WANTED_OF_OTHERS = 34;

/** Each decoder where it is taken; the first is the one that the page takes by itself there. */
const CASES = [
  { decoder: "webcodecs", secure: true, codec: /^avc1/ },
  { decoder: "wasm", secure: false, codec: /^avc1\.42/ },
  { decoder: "mse", secure: false, codec: /^avc1/ },
  { decoder: "jpeg", secure: false, codec: /^jpeg$/ },
] as const;

const COLOURS = [0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0x00ffff, 0xff00ff, 0x808080, 0xffffff];

interface DebugWindow {
  skerry?: DebugInterface;
}

for (const name of BROWSERS) {
  Deno.test(`each decoder shows the desktop, in ${name}`, async (test) => {
    await using loudspeaker = await Loudspeaker.start();
    const env = loudspeaker.environment;
    await using browser = await TestBrowser.launch(name, { ...INSECURE, env });
    for (const way of CASES) {
      const where = way.secure ? "localhost" : "a host without TLS";
      await test.step(`${way.decoder}, from ${where}`, (test) => shows(test, browser, way));
    }
  });
}

/** That the desktop is seen, heard and typed into. */
async function shows(
  test: Deno.TestContext,
  browser: TestBrowser,
  { codec, decoder, secure }: typeof CASES[number],
): Promise<void> {
  await using typed = await TypedFile.create();
  await using skerry = await SkerryProcess.start({ args: typed.command() });
  const url = secure ? skerry.url : insecureUrl(skerry.url);
  const desktop = await DesktopPage.open(browser, withDecoder(url, decoder));
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  await using remote = await RemoteDesktop.of(skerry.pid);
  assert.equal(await desktop.page.evaluate(() => isSecureContext), secure);
  await typed.ready();
  await remote.window();

  await test.step("what is typed arrives", async () => {
    await type(desktop.page, "Hello, world: 12345\n");
    await typed.holds("Hello, world: 12345\n");
  });

  await test.step("the picture equals the screen", async () => {
    await showsTheScreen(desktop, remote, decoder === "jpeg" ? WANTED_OF_JPEG : WANTED);
    const { codec: used, acceleration, transport } = await desktop.statistics();
    if (!secure) assert.equal(transport, "websocket");
    assert.match(used ?? "", codec);
    if (decoder !== "webcodecs") assert.ok(acceleration.startsWith(decoder), acceleration);
  });

  await test.step("a tone is heard", async () => {
    await using _tone = playTone(await soundEnvironmentOf(skerry.pid), { frequency: 440 });
    await turnSoundOn(desktop);
    const heard = await until("it is heard", async () => {
      const heard = await hear(desktop, 1000);
      return heard.highest > 0.3 && heard.longest > 0.3 && heard;
    });
    assert.ok(Math.abs(heard.frequency - 440) < 100, JSON.stringify(heard));
  });
  assert.deepEqual(complaints(browser), []);

  if (decoder !== "mse") return;
  await test.step("a quota that is exceeded costs a frame, and no more", async () => {
    await exceedQuota(desktop);
    await showsTheScreen(desktop, remote);
    const { acceleration } = await desktop.statistics();
    assert.ok(acceleration.startsWith(decoder), acceleration);
    assert.equal(await desktop.page.evaluate(() => "quotaLeft" in globalThis), false);
    assert.equal((await desktop.state())?.phase, "live");
  });
}

for (const name of BROWSERS) {
  Deno.test(`a page without TLS goes on with another decoder when one dies, in ${name}`, async (test) => {
    await using skerry = await SkerryProcess.start({ args: ["--", "sleep", "600"] });
    await using browser = await TestBrowser.launch(name, INSECURE);
    const desktop = await DesktopPage.open(browser, insecureUrl(skerry.url));
    await using remote = await RemoteDesktop.of(skerry.pid);
    const used = async () => (await desktop.statistics()).acceleration;

    await test.step("it decodes by WebAssembly, says so once, and has no more to say", async () => {
      assert.match(await used(), /^wasm/);
      await showsTheScreen(desktop, remote);
      const dismiss = ">>> skerry-insecure-hint >>> button";
      await (await desktop.page.waitForSelector(dismiss))!.click();
      await until("it has gone", async () => await desktop.page.$(dismiss) === null);
    });

    const deaths = [
      { next: "mse", dies: breakDecoder, reason: /is broken/ },
      { next: "jpeg", dies: refuseFragments, reason: /holds too much/ },
    ];
    for (const { dies, next, reason } of deaths) {
      await test.step(`then by ${next}`, async () => {
        const before = (await desktop.statistics()).framesDrawn;
        await dies(desktop);
        await until(`it is ${next}`, async () => (await used()).startsWith(next));
        await until("it draws", async () => (await desktop.statistics()).framesDrawn > before);
        await showsTheScreen(desktop, remote, next === "jpeg" ? WANTED_OF_JPEG : WANTED);
        assert.equal((await desktop.state())?.phase, "live");
        assert.match((await desktop.statistics()).decoderReason, reason);
      });
    }

    await test.step("where it stays", async () => {
      const { decoderFaults } = await desktop.statistics();
      await showsTheScreen(desktop, remote, WANTED_OF_JPEG);
      assert.equal((await desktop.statistics()).decoderFaults, decoderFaults);
      assert.match(await used(), /^jpeg/);
    });

    await test.step("loaded anew, it has still no more to say, and leaves out what there is not", async () => {
      await desktop.page.evaluateOnNewDocument(() => {
        Reflect.deleteProperty(globalThis, "MediaSource");
        Reflect.deleteProperty(globalThis, "ManagedMediaSource");
      });
      await desktop.page.reload();
      await desktop.live();
      assert.match(await used(), /^wasm/);
      assert.notEqual(await desktop.page.waitForSelector(">>> skerry-insecure-hint"), null);
      assert.equal(await desktop.page.$(">>> skerry-insecure-hint >>> button"), null);
      await breakDecoder(desktop);
      await until("it is jpeg", async () => (await used()).startsWith("jpeg"));
      assert.match((await desktop.statistics()).decoderReason, /^wasm failed/);
      await showsTheScreen(desktop, remote, WANTED_OF_JPEG);
    });
  });
}

for (const name of BROWSERS) {
  Deno.test(`a page with TLS goes on with another codec when a decoder dies, in ${name}`, async (test) => {
    await using skerry = await SkerryProcess.start({ args: ["--", "sleep", "600"] });
    await using browser = await TestBrowser.launch(name);
    const desktop = await DesktopPage.open(browser, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    const used = async () => (await desktop.statistics()).codec ?? "";
    const kind = (codec: string) => codec.split(".")[0]!;

    const tried: string[] = [];
    const wasm = async () => (await desktop.statistics()).acceleration.startsWith("wasm");
    await test.step("with each that is left", async () => {
      while (!await wasm()) {
        tried.push(kind(await used()));
        assert.ok(tried.length <= 4, tried.join());
        const { framesDrawn: before } = await desktop.statistics();
        await breakDecoder(desktop);
        await until(
          `something else than ${tried.join()} is used`,
          async () => await wasm() || !["", ...tried].includes(kind(await used())),
        );
        await until("it draws", async () => (await desktop.statistics()).framesDrawn > before);
        if (tried.length === 1) await showsTheScreen(desktop, remote, WANTED_OF_OTHERS);
        assert.equal((await desktop.state())?.phase, "live");
        assert.match((await desktop.statistics()).decoderReason, /is broken|no decoder left/);
      }
      assert.equal(tried[0], "avc1");
      assert.ok(tried.length >= 2, tried.join());
    });

    await test.step("and then by WebAssembly, where it stays", async () => {
      const { decoderFaults } = await desktop.statistics();
      await showsTheScreen(desktop, remote);
      const after = await desktop.statistics();
      assert.equal(after.decoderFaults, decoderFaults);
      assert.match(after.codec ?? "", /^avc1\.42/);
    });
  });
}

/** Lets each decoder of the way in use fail from now on. */
async function breakDecoder({ page }: DesktopPage): Promise<void> {
  await page.evaluate(() => (globalThis as DebugWindow).skerry!.breakDecoder());
}

/** Lets the browser refuse the next fragment, as it does when a source holds too much. */
async function exceedQuota({ page }: DesktopPage): Promise<void> {
  await page.evaluate(() => {
    const append = SourceBuffer.prototype.appendBuffer;
    Object.assign(globalThis, { quotaLeft: 0 });
    SourceBuffer.prototype.appendBuffer = () => {
      SourceBuffer.prototype.appendBuffer = append;
      Reflect.deleteProperty(globalThis, "quotaLeft");
      throw new DOMException("The source holds too much", "QuotaExceededError");
    };
  });
}

/** Lets the browser refuse every fragment from now on. */
async function refuseFragments({ page }: DesktopPage): Promise<void> {
  await page.evaluate(() => {
    SourceBuffer.prototype.appendBuffer = () => {
      throw new DOMException("The source holds too much", "QuotaExceededError");
    };
  });
}

/** Fills a window with colours and compares. */
async function showsTheScreen(
  desktop: DesktopPage,
  remote: RemoteDesktop,
  wanted = WANTED,
): Promise<void> {
  await using areas = await EventWindow.open(remote.connection);
  await areas.fill(COLOURS);
  let decibels = 0;
  await until(() => `it has ${wanted} dB; it has ${decibels.toFixed(1)}`, async () => {
    await desktop.still();
    decibels = psnr(await remote.screenshot(), await desktop.picture());
    return decibels >= wanted;
  });
}

/** What pages logged, but for headers that mean nothing without TLS, and the tap of {@link hear}. */
function complaints(browser: TestBrowser): string[] {
  return browser.log.filter((line) =>
    !/Opener-Policy|Origin-Agent-Cluster|ScriptProcessorNode/.test(line)
  );
}
