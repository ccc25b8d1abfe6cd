import assert from "node:assert/strict";
import { MOST_SHOWN } from "../../web/files/shown_transfers.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import {
  choosePlace,
  dropFiles,
  dropPath,
  fileChooser,
  filesState,
  hashOfChosen,
  pressInFiles,
  saveInto,
  type TransferPhases,
  transferPhases,
} from "../support/files_panel.ts";
import { times } from "../support/long.ts";
import { inSection, openSection } from "../support/panel.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TcpRelay } from "../support/tcp_relay.ts";
import { until } from "../support/until.ts";
import { noise, sha256 } from "../support/x_clipboard.ts";

const MIB = 1024 * 1024;
const SIZE = 48 * MIB + 123;
/** Files that are dropped at once: more in a soak test, since ten thousand take minutes on a busy machine. */
const MANY = times(300, 10_000);

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
      const isIn = (phase: string) =>
        until(
          `it is ${phase}`,
          async () => (await filesState(page)).transfers[0]?.phase === phase,
          120_000,
        );
      await pressInFiles(page, "Pause");
      await isIn("paused");
      let [last, since] = [-1, 0];
      await until("it stands still", () => {
        if (size() !== last) [last, since] = [size(), performance.now()];
        return performance.now() - since > 500;
      });
      await pressInFiles(page, "Go on");
      await isIn("running");
      for (let cut = 1; cut <= 4; cut++) {
        await until(`part ${cut} has come`, () => size() > SIZE * cut / 7, 120_000);
        relay.cut();
        await new Promise((resolve) => setTimeout(resolve, 200));
        relay.restore();
        await desktop.live();
      }
      await until("more has come", () => size() > SIZE * 5 / 7, 120_000);
      await pressInFiles(page, "Pause");
      await isIn("paused");
      const before = size();
      await page.reload();
      await desktop.live();
      await openSection(page, "files");
      await (await fileChooser(page)).uploadFile(`${folder}/local/large data.bin`);
      await until("it goes on", async () => {
        const [transfer] = (await filesState(page)).transfers;
        return transfer !== undefined && transfer.stored >= before;
      });
      await isIn("done");
      assert.deepEqual(names(), ["large data.bin"]);
      assert.equal(await sha256(await Deno.readFile(`${shared}/large data.bin`)), hash);
    });

    await test.step("files that are dropped get names of their own", async () => {
      await (await fileChooser(page)).uploadFile(`${folder}/local/a.txt`);
      await until("it is there", () => names().includes("a.txt"));
      await dropFiles(page, [["a.txt", "second"], ["../.hidden", ""]]);
      const expected = ["_.hidden", "a (2).txt", "a.txt", "large data.bin"];
      await until(
        () => `there is ${expected.join(", ")}; there is ${names().join(", ")}`,
        () => names().join() === expected.join(),
      );
      // The page hears of it a little later.
      await until("all is done", async () => (await transferPhases(page)).done === expected.length);
      assert.equal(await Deno.readTextFile(`${shared}/a (2).txt`), "second");
    });

    await test.step({
      name: "a directory that is dropped arrives as it is",
      // Firefox lets nobody but people drop directories.
      ignore: name === "firefox",
      fn: async () => {
        const trip = `${folder}/local/trip`;
        await Deno.mkdir(`${trip}/day 1`, { recursive: true });
        await Deno.writeTextFile(`${trip}/map`, "map");
        // More than the browser gives out at a time.
        for (let i = 0; i < 150; i++) await Deno.writeTextFile(`${trip}/day 1/${i}`, `${i}`);
        await dropPath(page, trip);
        const days = () => [...Deno.readDirSync(`${shared}/trip/day 1`)];
        await until(
          "all have come",
          async () => {
            const { transfers } = await filesState(page);
            return transfers.length > 150 && transfers.every(({ phase }) => phase === "done");
          },
          60_000,
        );
        assert.equal(await Deno.readTextFile(`${shared}/trip/map`), "map");
        assert.equal(days().length, 150);
        assert.equal(await Deno.readTextFile(`${shared}/trip/day 1/149`), "149");
        await until(
          "the directory is listed",
          async () =>
            (await filesState(page)).listing?.entries.some(({ kind, name }) =>
              kind === "directory" && name === "trip"
            ),
        );
        await Deno.remove(`${shared}/trip`, { recursive: true });
      },
    });

    await test.step(`${MANY} files that are dropped at once arrive`, async () => {
      const text = (i: number) => `This is file ${i}.`;
      const before = names();
      const many = Array.from({ length: MANY }, (_, i) => `tiny ${i}`);
      const { transfers: earlier } = await filesState(page);
      let phases: TransferPhases = {};
      await dropFiles(page, many.map((name, i) => [name, text(i)]));
      await until(
        () => `all have come; there are ${JSON.stringify(phases)}`,
        async () => {
          phases = await transferPhases(page);
          return phases.done === earlier.length + MANY;
        },
        300_000,
      );
      assert.deepEqual(names(), [...before, ...many].sort());
      for (let i = 0; i < MANY; i++) {
        assert.equal(await Deno.readTextFile(`${shared}/tiny ${i}`), text(i));
      }
      const { transfers } = await filesState(page);
      const hidden = transfers.length - MOST_SHOWN;
      const told = await page.waitForSelector(inSection("files", "#hidden"));
      await until(
        `${hidden} are not shown`,
        async () =>
          await told!.evaluate((element) => element.textContent) ===
            `and ${hidden.toLocaleString("en")} more`,
      );
      assert.equal((await page.$$(inSection("files", ".transfer"))).length, MOST_SHOWN);
      await until(
        "they are listed, too",
        async () => (await filesState(page)).listing?.total === before.length + MANY,
      );
      await pressInFiles(page, "Remove what is done");
      await until("none is shown", async () => (await filesState(page)).transfers.length === 0);
      for (const name of many) await Deno.remove(`${shared}/${name}`);
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

    await test.step("a download goes where the user chooses, and nowhere if that is nowhere", async () => {
      await choosePlace(page, "none");
      const before = await filesState(page);
      await pressInFiles(page, "Download large data.bin");
      // Downloads begin in the order in which they are asked for: the second would not be alone.
      await choosePlace(page, "own-file");
      await pressInFiles(page, "Download large data.bin");
      const { listing, transfers } = await until("it is done", async () => {
        const state = await filesState(page);
        return state.transfers.at(-1)?.phase === "done" &&
          state.transfers.at(-1)?.direction === "down" && state;
      }, 120_000);
      assert.equal(transfers.length, before.transfers.length + 1);
      assert.equal(listing?.problem, "");
      assert.equal(await hashOfChosen(page, "large data.bin"), hash);
      await pressInFiles(page, "Remove from the list");
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
