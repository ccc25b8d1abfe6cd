import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";

/** What an input method shows on the way to a text, and the text. */
const TEXTS: readonly (readonly [steps: readonly string[], text: string])[] = [
  [["k", "か", "かn", "かんj", "かんじ", "漢字"], "漢字"],
  [["n", "ni", "ni'h", "ni'hao"], "你好"],
  [["ㅎ", "하", "한"], "한"],
  [["´"], "é"],
];

Deno.test("what an input method composes is sent when it is done, and shown where the user works", async (test) => {
  await using typed = await TypedFile.create();
  await using skerry = await SkerryProcess.start({ args: typed.command({ echo: true }) });
  await using browser = await TestBrowser.launch("chromium");
  const desktop = await DesktopPage.open(browser, skerry.url);
  const { page } = desktop;
  await typed.ready();
  await using remote = await RemoteDesktop.of(skerry.pid);
  const window = await remote.window();
  const method = await page.createCDPSession();
  const at = { x: window.x + 120, y: window.y + 80 };
  await test.step("nothing is typed before", async () => {
    let wanted = "";
    for (const [steps, text] of TEXTS) {
      for (const step of steps) {
        await method.send("Input.imeSetComposition", {
          text: step,
          selectionStart: step.length,
          selectionEnd: step.length,
        });
      }
      assert.equal(await typed.read(), wanted);
      await method.send("Input.insertText", { text });
      wanted += text;
      await typed.holds(wanted);
    }
  });

  await test.step("it is seen at the place of the last click, and gone afterwards", async () => {
    const text = "にほんご";
    // The caret moves as long as what was typed is still on its way to the screen.
    await desktop.still();
    await desktop.click(at.x, at.y);
    await method.send("Input.imeSetComposition", { text, selectionStart: 4, selectionEnd: 4 });
    const field = await page.$eval("#keyboard", (element) => {
      const { height, left, top, width } = element.getBoundingClientRect();
      const { opacity } = getComputedStyle(element);
      return { height, left, top, width, opacity };
    });
    const point = await desktop.point(at.x, at.y);
    assert.equal(field.opacity, "1");
    assert.ok(field.width > 60 && field.height > 16, JSON.stringify(field));
    assert.ok(
      Math.abs(field.left - point.x) < 2 && Math.abs(field.top - point.y) < 2,
      JSON.stringify({ field, point }),
    );
    await method.send("Input.insertText", { text: "日本語" });
    await until(
      "it is gone",
      () => page.$eval("#keyboard", (element) => getComputedStyle(element).opacity === "0"),
    );
    await page.keyboard.type("x");
    await until("keys follow", async () => (await typed.read()).endsWith("日本語x"));
  });

  await test.step("or at the caret, once that has been seen to move", async () => {
    // Far from the terminal's first line.
    await desktop.click(window.x + 200, window.y + 200);
    await desktop.still();
    const top = (await desktop.point(window.x, window.y)).y;
    const middle = (await desktop.point(window.x, window.y + 150)).y;
    await until("the field has gone up to the line", async () => {
      await page.keyboard.type("a", { delay: 50 });
      const at = await page.$eval("#keyboard", (field) => field.getBoundingClientRect().top);
      return at >= top && at < middle;
    });
  });
  assert.deepEqual(browser.log, []);
});
