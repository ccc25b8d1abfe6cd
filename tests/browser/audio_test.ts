import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { FLASH_AND_BEEP, measureFlashAndBeep } from "../support/flash_and_beep.ts";
import { hear, pressSoundSwitch, soundState, turnSoundOn } from "../support/heard.ts";
import { Loudspeaker } from "../support/loudspeaker.ts";
import { inSection, openSection } from "../support/panel.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { isRecorded, playTone, soundEnvironmentOf, soundServerOf } from "../support/sound.ts";
import { until } from "../support/until.ts";

/** One after the other in the same browser: to start one takes longer than most of them. */
const PARTS: Record<string, (browser: TestBrowser, test: Deno.TestContext) => Promise<void>> = {
  "a tone that a program plays is heard in the page": isHeard,
  "a flash and a beep arrive together": arriveTogether,
  "the page says what is missing for sound": saysWhatIsMissing,
  "sound that was on is on again after a reload": isOnAgain,
};

for (const name of BROWSERS) {
  Deno.test(`sound is heard, in ${name}`, async (test) => {
    await using loudspeaker = await Loudspeaker.start();
    await using browser = await TestBrowser.launch(name, { env: loudspeaker.environment });
    for (const [what, part] of Object.entries(PARTS)) {
      await test.step(what, (test) => part(browser, test));
    }
    assert.deepEqual(browser.log, []);
  });
}

async function isHeard(browser: TestBrowser, test: Deno.TestContext): Promise<void> {
  await using skerry = await SkerryProcess.start({ args: ["--", "sleep", "600"] });
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  const env = await soundEnvironmentOf(skerry.pid);

  await test.step("only once the switch was pressed", async () => {
    assert.equal(await soundState(desktop), "off");
    assert.equal(await isRecorded(env), false);
    await turnSoundOn(desktop);
    await until("it is recorded", () => isRecorded(env));
  });

  await test.step("silence sends nothing", async () => {
    const { highest } = await hear(desktop, 1000);
    assert.equal(highest, 0);
    assert.equal((await desktop.statistics()).sound!.packets, 0);
  });

  await test.step("with its pitch", async () => {
    await using _tone = playTone(env, { frequency: 440 });
    // How few gaps and how little delay there are is for a benchmark: a machine that stops for tens
    // of milliseconds makes both, whoever plays.
    const heard = await until("a stretch of it is heard", async () => {
      const heard = await hear(desktop, 1000);
      return heard.highest > 0.3 && heard.longest > 0.2 && heard;
    }, 30_000);
    assert.ok(Math.abs(heard.frequency - 440) < 100, JSON.stringify(heard));
    assert.ok(heard.highest < 0.9, JSON.stringify(heard));
    const sound = await until("its bit rate is known", async () => {
      const { sound } = await desktop.statistics();
      return sound !== undefined && sound.kilobitsPerSecond > 30 && sound;
    });
    assert.ok(sound.kilobitsPerSecond < 300, JSON.stringify(sound));
    assert.ok(sound.latency! > 0, JSON.stringify(sound));
  });

  await test.step("and again after the sound server was killed", async () => {
    Deno.kill(await soundServerOf(skerry.pid), "SIGKILL");
    await skerry.logged(/The sound server ended/);
    await until("it is recorded again", () => isRecorded(env).catch(() => false));
    await using _tone = playTone(env, { frequency: 880 });
    const heard = await until("it is heard", async () => {
      const heard = await hear(desktop, 500);
      return heard.highest > 0.3 && heard.longest > 0.2 && heard;
    });
    assert.ok(Math.abs(heard.frequency - 880) < 200, JSON.stringify(heard));
  });

  await test.step("and no more once it is turned off", async () => {
    await pressSoundSwitch(desktop);
    assert.equal(await soundState(desktop), "off");
    await until("nothing is recorded", async () => !await isRecorded(env));
  });
}

async function arriveTogether(browser: TestBrowser): Promise<void> {
  await using skerry = await SkerryProcess.start({ args: ["--", ...FLASH_AND_BEEP] });
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  await using remote = await RemoteDesktop.of(skerry.pid);
  await turnSoundOn(desktop);
  await until("a beep is heard beside the flash that belongs to it", async () => {
    const { heard } = await measureFlashAndBeep(desktop, remote, 2500);
    return heard.length >= 1;
  }, 40_000);
}

async function saysWhatIsMissing(browser: TestBrowser): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  await using resources = new AsyncDisposableStack();
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  // All programs but the sound server.
  for (const place of ["/usr/bin", "/bin"]) {
    for await (const { name } of Deno.readDir(place)) {
      if (name === "pulseaudio") continue;
      await Deno.symlink(`${place}/${name}`, `${folder}/${name}`).catch(() => {});
    }
  }
  const skerry = resources.use(await SkerryProcess.start({ env: { PATH: folder } }));
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  await openSection(desktop.page, "sound");
  const text = await until("it is explained", () =>
    desktop.page.$eval(
      inSection("sound", "[role=status]"),
      (hint) => /install/.test(hint.textContent) && hint.textContent,
    ).catch(() => undefined));
  assert.match(text, /install there: pulseaudio \(apt\)/);
  assert.notEqual(await desktop.page.$(inSection("sound", "#sound:disabled")), null);
  assert.equal(await soundState(desktop), "off");
}

async function isOnAgain(browser: TestBrowser, test: Deno.TestContext): Promise<void> {
  await using skerry = await SkerryProcess.start();
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using _page = { [Symbol.asyncDispose]: () => desktop.page.close() };
  await turnSoundOn(desktop);

  await test.step("by itself, or with the first click if the browser wants one", async () => {
    await desktop.page.reload();
    await desktop.live();
    const state = await until("the browser has decided", async () => {
      const state = await soundState(desktop);
      return (state === "on" || state === "blocked") && state;
    });
    if (state === "blocked") await desktop.click(200, 200);
    await until("sound is on", async () => await soundState(desktop) === "on");
  });

  await test.step("but not once it was turned off", async () => {
    await pressSoundSwitch(desktop);
    await desktop.page.reload();
    await desktop.live();
    assert.equal(await soundState(desktop), "off");
  });
}
