import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { fileChooser, filesState, pressInFiles, saveInto } from "../support/files_panel.ts";
import { inSection, openSection } from "../support/panel.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TcpRelay } from "../support/tcp_relay.ts";
import { until } from "../support/until.ts";
import { noise, sha256 } from "../support/x_clipboard.ts";

const MIB = 1024 * 1024;
const SIZE = 48 * MIB + 123;

for (const name of BROWSERS) {
  Deno.test(`files go up and come down whole, in ${name}`, async (test) => {
    const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
    await using resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    const shared = `${folder}/shared`;
    const skerry = resources.use(
      await SkerryProcess.start({ args: ["--files", shared, "--", "sleep", "1000"] }),
    );
    const relay = resources.use(TcpRelay.open(Number(new URL(skerry.url).port)));
    const saved = `${folder}/saved`;
    await Deno.mkdir(saved);
    const browser = resources.use(
      await TestBrowser.launch(name, {
        preferences: {
          "browser.download.folderList": 2,
          "browser.download.dir": saved,
          "browser.download.useDownloadDir": true,
          "browser.download.always_ask_before_handling_new_types": false,
        },
      }),
    );
    const url = new URL(withDebug(skerry.url));
    url.port = `${relay.port}`;
    // Only what goes through the relay can be cut.
    url.searchParams.set("transport", "websocket");
    const desktop = await DesktopPage.open(browser, url.href);
    const { page } = desktop;
    const large = noise(SIZE);
    const hash = await sha256(large);
    await Deno.mkdir(`${folder}/local`);
    await Deno.writeFile(`${folder}/local/large data.bin`, large);
    await Deno.writeTextFile(`${folder}/local/a.txt`, "first");
    const names = () => [...Deno.readDirSync(shared)].map(({ name }) => name).sort();

    await test.step("a file that is cut five times, the last time by a reload, arrives whole", async () => {
      await openSection(page, "files");
      await (await fileChooser(page)).uploadFile(`${folder}/local/large data.bin`);
      const [part] = await until("it has begun", () => {
        const found = names();
        return found.length > 0 && found;
      });
      const size = () => Deno.statSync(`${shared}/${part}`).size;
      for (let cut = 1; cut <= 4; cut++) {
        await until(`part ${cut} has come`, () => size() > SIZE * cut / 7, 120_000);
        relay.cut();
        await new Promise((resolve) => setTimeout(resolve, 200));
        relay.restore();
        await desktop.live();
      }
      await until("more has come", () => size() > SIZE * 5 / 7, 120_000);
      await pressInFiles(page, "Pause");
      await until(
        "it is paused",
        async () => (await filesState(page)).transfers[0]?.phase === "paused",
      );
      const before = size();
      await page.reload();
      await desktop.live();
      await openSection(page, "files");
      await (await fileChooser(page)).uploadFile(`${folder}/local/large data.bin`);
      await until("it goes on", async () => {
        const [transfer] = (await filesState(page)).transfers;
        return transfer !== undefined && transfer.stored >= before;
      });
      await until(
        "it is done",
        async () => (await filesState(page)).transfers[0]?.phase === "done",
        120_000,
      );
      assert.deepEqual(names(), ["large data.bin"]);
      assert.equal(await sha256(await Deno.readFile(`${shared}/large data.bin`)), hash);
    });

    await test.step("files that are dropped get names of their own", async () => {
      await (await fileChooser(page)).uploadFile(`${folder}/local/a.txt`);
      await until("it is there", () => names().includes("a.txt"));
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["second"], "a.txt"));
        dataTransfer.items.add(new File([""], "../.hidden"));
        const target = document.querySelector("#picture")!;
        for (const type of ["dragenter", "dragover", "drop"]) {
          target.dispatchEvent(
            new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }),
          );
        }
      });
      const expected = ["_.hidden", "a (2).txt", "a.txt", "large data.bin"];
      await until(
        () => `there is ${expected.join(", ")}; there is ${names().join(", ")}`,
        () => names().join() === expected.join(),
      );
      assert.equal(await Deno.readTextFile(`${shared}/a (2).txt`), "second");
    });

    await test.step("of many files, one is found by its name", async () => {
      await Deno.mkdir(`${shared}/many`);
      for (let i = 0; i < 10_000; i++) Deno.writeTextFileSync(`${shared}/many/file ${i}`, "");
      await pressInFiles(page, "Look again");
      await pressInFiles(page, "Open the directory many");
      const listing = async () => (await filesState(page)).listing;
      await until("all are counted", async () => (await listing())?.total === 10_000);
      const shown = (await listing())!.entries.length;
      assert.equal(shown, 100);
      await pressInFiles(page, "Show more");
      await until("more are shown", async () => (await listing())!.entries.length === 200);
      const field = await page.waitForSelector(inSection("files", "input[type=search]"));
      await field!.type("E 4242");
      await until("it is found", async () => {
        const found = await listing();
        return found?.match === "E 4242" && found.entries.length === 1;
      });
      assert.equal((await listing())!.entries[0]!.name, "file 4242");
      await pressInFiles(page, "All");
      await until("all is listed", async () => (await listing())?.path === "");
      assert.equal((await listing())!.match, "");
      await Deno.remove(`${shared}/many`, { recursive: true });
    });

    await test.step("a file that is cut on its way down is saved whole", async () => {
      await Deno.mkdir(`${shared}/folder`);
      await Deno.rename(`${shared}/large data.bin`, `${shared}/folder/large data.bin`);
      await saveInto(page, name, saved);
      await pressInFiles(page, "Look again");
      await pressInFiles(page, "Open the directory folder");
      await pressInFiles(page, "Download large data.bin");
      const transfer = async () =>
        (await filesState(page)).transfers.find(({ direction }) => direction === "down");
      await until(
        "some has come",
        async () => ((await transfer())?.stored ?? 0) > SIZE / 4,
        120_000,
      );
      relay.cut();
      await new Promise((resolve) => setTimeout(resolve, 200));
      relay.restore();
      await until("it is done", async () => (await transfer())?.phase === "done", 120_000);
      await until("it is saved whole", async () => {
        const octets = await Deno.readFile(`${saved}/large data.bin`).catch(() => undefined);
        return octets?.length === SIZE && await sha256(octets) === hash;
      });
    });
  });
}
