/**
 * Sound on a page: turned on, and what it plays, and whether the machine was calm enough meanwhile to judge it.
 *
 * @module
 */
import type { SoundState } from "../../web/audio/sound_output.ts";
import type { DebugInterface } from "../../web/debug.ts";
import { Canary } from "./canary.ts";
import type { DesktopPage } from "./desktop_page.ts";
import { closePanel, inSection, openSection } from "./panel.ts";
import { until } from "./until.ts";

interface DebugWindow {
  skerry?: DebugInterface;
}

export interface Heard {
  /** Of the longest stretch without a gap, in Hz; 0 if there is no sound. */
  readonly frequency: number;
  /** That stretch's length, in seconds. */
  readonly longest: number;
  readonly highest: number;
  /** How often sound stopped for a render quantum or more and went on. */
  readonly gaps: number;
  /** Quanta that the browser did not hand out. */
  readonly missing: number;
  /** Whether no process of ours was held up meanwhile. */
  readonly calm: boolean;
}

/** Presses the panel's switch for sound. */
export async function pressSoundSwitch({ page }: DesktopPage): Promise<void> {
  await openSection(page, "sound");
  await (await page.waitForSelector(inSection("sound", "#sound:enabled")))!.click();
  await closePanel(page);
}

/** What the page does with sound. */
export async function soundState({ page }: DesktopPage): Promise<SoundState> {
  return await page.evaluate(() => (globalThis as DebugWindow).skerry!.sound());
}

export async function turnSoundOn(desktop: DesktopPage): Promise<void> {
  await pressSoundSwitch(desktop);
  await until("sound is on", async () => await soundState(desktop) === "on");
}

/** Records what the page plays for some milliseconds. Sound must be on. */
export async function hear({ page }: DesktopPage, ms: number): Promise<Heard> {
  using canary = new Canary();
  const heard = await page.evaluate(async (ms) => {
    const { missing, rate, samples } = await (globalThis as DebugWindow).skerry!.recordSound(ms);
    const stretches: { from: number; to: number }[] = [];
    let highest = 0;
    for (let from = 0; from + 128 <= samples.length; from += 128) {
      const quantum = samples.subarray(from, from + 128);
      const height = quantum.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      highest = Math.max(highest, height);
      if (height < 0.02) continue;
      const current = stretches.at(-1);
      if (current?.to === from) current.to += 128;
      else stretches.push({ from, to: from + 128 });
    }
    const longest = stretches.toSorted((a, b) => (b.to - b.from) - (a.to - a.from))[0];
    let risings = 0;
    const { from, to } = longest ?? { from: 0, to: 0 };
    for (let i = from + 1; i < to; i++) if (samples[i]! > 0 && samples[i - 1]! <= 0) risings++;
    const seconds = (to - from) / rate;
    return {
      frequency: seconds === 0 ? 0 : risings / seconds,
      longest: seconds,
      highest,
      gaps: Math.max(0, stretches.length - 1),
      missing,
    };
  }, ms);
  return { ...heard, calm: canary.calm };
}
