import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

interface Manifest {
  readonly icons: readonly { src: string; sizes: string; type: string; purpose?: string }[];
}

Deno.test("the page can be installed as an app, and keeps nothing that could get old", async (test) => {
  await using skerry = await SkerryProcess.start({ args: ["--", "sleep", "900"] });
  await using browser = await TestBrowser.launch("chromium");
  const page = await browser.open(skerry.url);
  const tools = await page.createCDPSession();

  await test.step("the browser finds nothing wrong with the manifest", async () => {
    const manifest = await tools.send("Page.getAppManifest");
    assert.deepEqual(manifest.errors, []);
    const { installabilityErrors } = await tools.send("Page.getInstallabilityErrors");
    assert.deepEqual(installabilityErrors, []);
  });

  await test.step("each icon is as large as the manifest says", async () => {
    const address = new URL("manifest.webmanifest", skerry.origin);
    const { icons } = await (await fetch(address)).json() as Manifest;
    assert.ok(icons.some(({ purpose }) => purpose === "maskable"));
    for (const { sizes, src, type } of icons) {
      const response = await fetch(new URL(src, address));
      assert.equal(response.headers.get("content-type")?.split(";")[0], type, src);
      const octets = new Uint8Array(await response.arrayBuffer());
      if (type !== "image/png") continue;
      // Width and height are in the first chunk (PNG, 11.2.1).
      const view = new DataView(octets.buffer);
      assert.equal(`${view.getUint32(16)}x${view.getUint32(20)}`, sizes, src);
    }
  });

  await test.step("there is no service worker", async () => {
    const workers = await page.evaluate(() => navigator.serviceWorker.getRegistrations());
    assert.deepEqual(workers, []);
  });
});
