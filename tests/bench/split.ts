/**
 * Where Skerry's milliseconds go, as its page says it, read over the browser's debugging port.
 *
 * @module
 */
import puppeteer, { type Page } from "puppeteer-core";
import type { DebugInterface } from "../../web/debug.ts";
import type { KioskBrowser } from "../support/rig_browser.ts";

/** Medians in milliseconds, in the order of the way. */
export interface Split {
  /** From the browser's event to its injection on the server. */
  readonly uplink: number | undefined;
  /** From the injection to the start of the grab: the program, the X server, waiting for room. */
  readonly answer: number | undefined;
  readonly grab: number | undefined;
  readonly convert: number | undefined;
  readonly encode: number | undefined;
  readonly network: number | undefined;
  readonly decode: number | undefined;
  readonly present: number | undefined;
  /** From the browser's event to the drawn picture, all of it. */
  readonly inputToPhoton: number | undefined;
  readonly count: number;
}

/** A debugger's connection to the page of a kiosk browser; disposing it leaves the browser alone. */
export interface DebuggerConnection extends AsyncDisposable {
  readonly page: Page;
}

/** Attaches to the page of a kiosk browser. */
export async function connectDebugger(kiosk: KioskBrowser): Promise<DebuggerConnection> {
  const endpoint = await kiosk.debuggerUrl();
  const browser = await puppeteer.connect(
    kiosk.name === "chromium" ? { browserWSEndpoint: endpoint, defaultViewport: null } : {
      browserWSEndpoint: `${endpoint}/session`,
      protocol: "webDriverBiDi",
      defaultViewport: null,
    },
  );
  const page = (await browser.pages()).find((candidate) => candidate.url().startsWith("http"));
  if (!page) throw new Error("The kiosk browser shows no page to attach to.");
  return { page, [Symbol.asyncDispose]: () => browser.disconnect() };
}

/** Asks the page that a kiosk browser shows with `?debug`. */
export async function readSplit(kiosk: KioskBrowser): Promise<Split> {
  await using debug = await connectDebugger(kiosk);
  const { latency, uplink, answer, inputToPhoton } = await debug.page.evaluate(() =>
    (globalThis as unknown as { skerry: DebugInterface }).skerry.statistics()
  );
  return {
    uplink: uplink.median,
    answer: answer.median,
    grab: latency.grab.median,
    convert: latency.convert.median,
    encode: latency.encode.median,
    network: latency.network.median,
    decode: latency.decode.median,
    present: latency.present.median,
    inputToPhoton: inputToPhoton.median,
    count: inputToPhoton.count,
  };
}
