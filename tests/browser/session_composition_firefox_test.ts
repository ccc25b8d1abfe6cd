import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { playTextEvents, type TextStep } from "../support/text_events.ts";
import { TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";

/** What an input method shows on the way to a text, and the text. */
const TEXTS: readonly (readonly [steps: readonly string[], text: string])[] = [
  [["k", "か", "かn", "かんj", "かんじ", "漢字"], "漢字"],
  [["n", "ni", "ni'h", "ni'hao"], "你好"],
  [["ㅎ", "하", "한"], "한"],
  [["´"], "é"],
];

/** A driver of Firefox has no input method and no on-screen keyboard. */
Deno.test("what is composed in Firefox comes once, from input methods and on-screen keyboards", async (test) => {
  await using typed = await TypedFile.create();
  await using skerry = await SkerryProcess.start({ args: typed.command() });
  await using browser = await TestBrowser.launch("firefox", {
    preferences: { "dom.w3c_touch_events.enabled": 1 },
  });
  const desktop = await DesktopPage.open(browser, skerry.url);
  const { page } = desktop;
  await typed.ready();
  await using remote = await RemoteDesktop.of(skerry.pid);
  await remote.window();
  const play = (...steps: TextStep[]) => page.evaluate(playTextEvents, steps);
  const compose = (...texts: string[]) =>
    play(...texts.map((text): TextStep => ({ type: "compose", text })));
  const commit = (text: string) => play({ type: "commit", text });
  let wanted = "";

  await test.step("an input method's text, when it is done", async () => {
    for (const [steps, text] of TEXTS) {
      await compose(...steps);
      assert.equal(await typed.read(), wanted);
      await commit(text);
      wanted += text;
      await typed.holds(wanted);
    }
    // Had one come twice, it would be there by then.
    await page.keyboard.type("x");
    await typed.holds(wanted += "x");
  });

  await test.step("nothing of what is given up", async () => {
    await compose("に", "にほ");
    await commit("");
    await page.keyboard.type("y");
    await typed.holds(wanted += "y");
  });

  await test.step("words of an on-screen keyboard, while they are typed", async () => {
    const fingers = [];
    for (const x of [300, 400, 500]) fingers.push(await page.touchscreen.touchStart(x, 300));
    for (const finger of fingers) await finger.end();
    await until(
      "the on-screen keyboard is asked for",
      () => page.$eval("#keyboard", (field) => (field as HTMLElement).inputMode === "text"),
    );
    await compose("h", "he", "hel");
    await typed.holds(wanted += "hel");
    await commit("help");
    await play({ type: "edit", inputType: "insertText", text: " " });
    await typed.holds(wanted += "p ");
  });

  await test.step("and what it corrects and deletes", async () => {
    await compose("t", "te", "teh");
    await commit("the");
    await typed.holds(wanted += "teh\x7f\x7fhe");
    await play(
      { type: "edit", inputType: "insertReplacementText", erase: 3, text: "they" },
      { type: "edit", inputType: "deleteContentBackward", erase: 1 },
    );
    await typed.holds(wanted += "y\x7f");
  });

  await test.step("and text that is made of other text, when it is done", async () => {
    await compose("に", "にほ", "にほん");
    assert.equal(await typed.read(), wanted);
    await commit("日本");
    await play({ type: "edit", inputType: "insertText", text: "z" });
    await typed.holds(wanted += "日本z");
  });
  assert.deepEqual(browser.log, []);
});
