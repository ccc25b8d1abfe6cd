import assert from "node:assert/strict";
import { type BrowserName, BROWSERS, TestBrowser } from "../support/browser.ts";
import { bundle, servePage } from "../support/browser_bundle.ts";

/** HEVC wants hardware in both. */
const DECODED: Readonly<Record<BrowserName, readonly string[]>> = {
  chromium: ["h264", "vp9", "av1", "vp8", "h264-444", "vp9-444", "av1-444"],
  firefox: ["h264", "vp9", "av1", "vp8", "vp9-444", "av1-444"],
};

for (const name of BROWSERS) {
  Deno.test(`supportedCodecs() names what the browser really decodes, in ${name}`, async () => {
    const script = await bundle(new URL("./decoder_samples_page.ts", import.meta.url));
    await using server = servePage(script);
    await using browser = await TestBrowser.launch(name);
    const page = await browser.open(server.url);
    await page.waitForFunction(() => "result" in globalThis);
    const decoders = await page.evaluate(() => Reflect.get(globalThis, "result"));
    assert.deepEqual(decoders, { honest: DECODED[name], lying: [] });
  });
}
