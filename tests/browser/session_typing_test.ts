import assert from "node:assert/strict";
import type { KeyInput } from "puppeteer-core";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

/** Every character of a US keyboard, some of which the remote keyboard map has and some it lacks. */
const LINES = [
  "The quick brown fox jumps over the lazy dog 0123456789",
  "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG",
  "`-=[]\\;',./ ~!@#$%^&*()_+{}|:\"<>?",
  "äöüÄÖÜß € § µ °",
  "αβγδε ΑΒΓΔΕ ώ λόγος",
  "aAaA ñÑ éÉ øØ žŽ łŁ жЖ →☺𝄞",
];

/**
 * A terminal whose program takes lines, then an interrupt, then the end of its input, and whose shell
 * edits lines by readline after that.
 */
function terminal(folder: string): string[] {
  const script = [
    `trap 'echo interrupted > ${folder}/interrupted' INT`,
    `echo > ${folder}/ready`,
    `cat > ${folder}/text`,
    `cat > ${folder}/ended && echo > ${folder}/end-of-input`,
    "trap - INT",
    "export PS1='$ ' INPUTRC=/dev/null HISTFILE=",
    "exec bash --norc --noprofile -i",
  ].join("\n");
  const meta = "XTerm*metaSendsEscape: true";
  return ["--", "xterm", "-u8", "-xrm", meta, "-e", "sh", "-c", script];
}

for (const name of BROWSERS) {
  Deno.test(`what is typed in the page arrives in the desktop's programs, in ${name}`, async (test) => {
    const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
    await using resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    const skerry = resources.use(await SkerryProcess.start({ args: terminal(folder) }));
    const browser = resources.use(await TestBrowser.launch(name));
    const desktop = await DesktopPage.open(browser, skerry.url);
    const remote = resources.use(await RemoteDesktop.of(skerry.pid));
    const { keyboard } = desktop.page;
    const read = (file: string) => Deno.readTextFile(`${folder}/${file}`).catch(() => undefined);
    const written = (file: string, text: string) => {
      let last: string | undefined;
      return until(
        () => `${file} holds ${JSON.stringify(text)}; it holds ${JSON.stringify(last)}`,
        async () => (last = await read(file)) === text,
      );
    };
    const chord = async (modifier: "Control" | "Alt", key: KeyInput) => {
      await keyboard.down(modifier);
      await keyboard.press(key);
      await keyboard.up(modifier);
    };
    await until("the terminal is ready", () => read("ready").then((text) => text !== undefined));
    await remote.window();

    await test.step("text, symbols and letters of other languages", async () => {
      for (const line of LINES) await keyboard.type(`${line}\n`);
      await written("text", LINES.map((line) => `${line}\n`).join(""));
    });

    await test.step("Ctrl+W, which erases a word", async () => {
      await keyboard.type("one two");
      await chord("Control", "KeyW");
      await keyboard.type("three\n");
      await until("the line is there", async () => (await read("text"))?.endsWith("one three\n"));
    });

    await test.step("Ctrl+C, which interrupts", async () => {
      await chord("Control", "KeyC");
      await written("interrupted", "interrupted\n");
    });

    await test.step("Ctrl+D, which ends the input", async () => {
      await keyboard.type("last\n");
      await chord("Control", "KeyD");
      await written("end-of-input", "\n");
      assert.equal(await read("ended"), "last\n");
    });

    await test.step("Ctrl+A, End, arrows and Alt+BackSpace, in a shell", async () => {
      await keyboard.type("two three");
      await chord("Control", "KeyA");
      await keyboard.type("echo one ");
      await keyboard.press("End");
      for (let i = 0; i < 5; i++) await keyboard.press("ArrowLeft");
      await keyboard.type("and ");
      await keyboard.press("End");
      await keyboard.type("x");
      await keyboard.press("Backspace");
      await keyboard.type(` > ${folder}/echo wrong`);
      await chord("Alt", "Backspace");
      await keyboard.press("Enter");
      await written("echo", "one two and three\n");
    });

    await test.step("and nothing is left held down", async () => {
      await until("no key is down", async () => (await remote.heldKeys()).length === 0);
      assert.equal((await remote.pointer()).mask, 0);
    });
    assert.deepEqual(browser.log, []);
  });
}
