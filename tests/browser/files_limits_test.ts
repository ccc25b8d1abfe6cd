import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { fileChooser, filesState, pressInFiles, saveInto } from "../support/files_panel.ts";
import { INSECURE, insecureUrl } from "../support/insecure_page.ts";
import { inSection, openSection } from "../support/panel.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { noise, sha256 } from "../support/x_clipboard.ts";

for (const name of BROWSERS) {
  Deno.test(`files keep to their quota, and come down over plain HTTP, in ${name}`, async (test) => {
    const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
    await using resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    const [shared, saved] = [`${folder}/shared`, `${folder}/saved`];
    await Deno.mkdir(saved);
    const args = ["--files", shared, "--files-quota", "1M", "--", "sleep", "1000"];
    const skerry = resources.use(await SkerryProcess.start({ args }));
    const browser = resources.use(
      await TestBrowser.launch(name, {
        ...INSECURE,
        preferences: {
          ...INSECURE.preferences,
          "browser.download.folderList": 2,
          "browser.download.dir": saved,
          "browser.download.useDownloadDir": true,
          "browser.download.always_ask_before_handling_new_types": false,
        },
      }),
    );
    const { page } = await DesktopPage.open(browser, insecureUrl(skerry.url));
    assert.equal(await page.evaluate(() => isSecureContext), false);
    await openSection(page, "files");

    await test.step("what there is no room for is refused, and leaves nothing behind", async () => {
      await Deno.writeFile(`${folder}/large.bin`, noise(2 * 1024 * 1024));
      await (await fileChooser(page)).uploadFile(`${folder}/large.bin`);
      await until("it is refused", async () => {
        const [transfer] = (await filesState(page)).transfers;
        return transfer?.phase === "failed" && transfer.problem?.reason === "quota";
      });
      const row = await page.waitForSelector(inSection("files", '.transfer[data-phase="failed"]'));
      const said = await row!.evaluate((element) => element.textContent ?? "");
      assert.match(said, /The directory has no room for it\. Remove something there first\./);
      assert.deepEqual([...Deno.readDirSync(shared)], []);
      await pressInFiles(page, "Remove from the list");
    });

    await test.step("what is there comes down whole, by way of the page's memory", async () => {
      const octets = noise(300_007);
      await Deno.writeFile(`${shared}/there.bin`, octets);
      await saveInto(page, name, saved);
      await pressInFiles(page, "Look again");
      await pressInFiles(page, "Download there.bin");
      const hash = await sha256(octets);
      await until("it is saved whole", async () => {
        const found = await Deno.readFile(`${saved}/there.bin`).catch(() => undefined);
        return found?.length === octets.length && await sha256(found) === hash;
      }, 30_000);
    });
  });
}
