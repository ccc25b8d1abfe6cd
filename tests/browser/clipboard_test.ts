import assert from "node:assert/strict";
import { internAtoms } from "../../src/display/atoms.ts";
import { SelectionOwner } from "../../src/display/selection_owner.ts";
import { encodePng } from "../../web/input/png.ts";
import { BROWSERS } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { INSECURE, insecureUrl } from "../support/insecure_page.ts";
import { inSection, openSection, pressButton } from "../support/panel.ts";
import { Key, RealSeat } from "../support/real_seat.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { copy, noise, paste, sha256 } from "../support/x_clipboard.ts";

const MIB = 1024 * 1024;
const SCREEN = { width: 1000, height: 760 };
const { ControlLeft, KeyA, KeyV, ShiftLeft } = Key;

/** A terminal in which Control and V paste what is in the clipboard. */
function terminal(folder: string): string[] {
  const translations = "XTerm*VT100.Translations: #override " +
    "~Shift Ctrl<Key>V: insert-selection(CLIPBOARD)";
  const script = `stty -icanon; echo > ${folder}/ready; cat > ${folder}/text`;
  return [
    "--size",
    "640x480",
    "--",
    "xterm",
    "-u8",
    "-xrm",
    translations,
    "-e",
    "sh",
    "-c",
    script,
  ];
}

const text = (octets: Uint8Array | undefined) => octets && new TextDecoder().decode(octets);

/** A PNG file of noise, which is about as large as its pixels. */
function png(width: number, height: number, seed: number): Uint8Array<ArrayBuffer> {
  const rgba = noise(width * height * 4, seed);
  for (let i = 3; i < rgba.length; i += 4) rgba[i] = 255;
  return encodePng(width, height, rgba);
}

/** In the page: the hash of what a PNG file, in Base64, looks like. */
async function hashPixels(base64: string): Promise<string> {
  const file = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const image = await createImageBitmap(new Blob([file], { type: "image/png" }));
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  return String(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));
}

for (const name of BROWSERS) {
  Deno.test(`what is copied here is pasted there and the other way round, in ${name}`, async (test) => {
    const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
    await using resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    const skerry = resources.use(await SkerryProcess.start({ args: terminal(folder) }));
    const seat = resources.use(await RealSeat.take({ browser: name, ...SCREEN }));
    const desktop = await DesktopPage.open(seat.browser, skerry.url);
    const remote = resources.use(await RemoteDesktop.of(skerry.pid));
    const [here, there] = [seat.screen.access, remote.access];
    const read = (file: string) => Deno.readTextFile(`${folder}/${file}`).catch(() => "");
    await until("the terminal is ready", async () => await read("ready") !== "");
    await desktop.still();
    await seat.click(SCREEN.width / 2, SCREEN.height / 2);

    await test.step("a key pastes what was copied before it, not after", async () => {
      let typed = "";
      for (const line of ["Grüße 👋 eins", "zwei", "drei"]) {
        await copy(here, line);
        // Firefox takes what it knows until it is told of another owner; no hand is faster than that.
        await new Promise((resolve) => setTimeout(resolve, 200));
        await seat.press(ControlLeft, KeyV);
        typed += line;
        let last = "";
        await until(
          () => `the terminal has ${JSON.stringify(typed)}; it has ${JSON.stringify(last)}`,
          async () => (last = await read("text")) === typed,
        );
      }
    });

    await test.step("what a program copies is here, by the next key at the latest", async () => {
      await copy(there, "von dort ü");
      await until("it is here", async () => {
        await seat.press(ShiftLeft);
        if (name === "firefox") await seat.press(KeyA);
        return text(await paste(here)) === "von dort ü";
      });
    });

    await test.step("what has come from there is not sent back", async () => {
      await copy(there, "not to be taken from its owner");
      await until("it is here", async () => {
        await seat.press(KeyA);
        return text(await paste(here)) === "not to be taken from its owner";
      });
      await seat.press(ControlLeft, ShiftLeft, KeyV);
      await seat.press(KeyA);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const targets = text(await paste(there, "TARGETS"));
      assert.ok(!targets?.includes("TIMESTAMP\nMULTIPLE"), "A program owns it still.");
    });

    await test.step("10 MB of text arrive unchanged both ways", async () => {
      const long = new TextEncoder().encode("0123456789äöü€\n".repeat(10 * MIB / 20));
      const hash = await sha256(long);
      await copy(here, long);
      await seat.press(ControlLeft, ShiftLeft, KeyV);
      await until("it is there", async () => {
        const octets = await paste(there);
        return octets?.length === long.length && await sha256(octets) === hash;
      }, 120_000);
      const other = long.slice(0, -16);
      const otherHash = await sha256(other);
      await copy(there, other);
      await until("it is here", async () => {
        await seat.press(KeyA);
        const octets = await paste(here);
        return octets?.length === other.length && await sha256(octets) === otherHash;
      }, 120_000);
    });

    await test.step("an image of 4 MB arrives both ways, pixel for pixel", async () => {
      const pixels = async (file: Uint8Array | undefined) => {
        if (file === undefined || file.length === 0) return "";
        return await desktop.page.evaluate(hashPixels, file.toBase64()).catch(() => "");
      };
      const image = png(1100, 950, 7);
      assert.ok(image.length > 4e6);
      const hash = await pixels(image);
      await copy(here, image, "image/png");
      // With Shift, Chromium pastes plain text.
      await seat.press(ControlLeft, KeyV);
      await until(
        "the image is there",
        async () => await pixels(await paste(there, "image/png")) === hash,
        120_000,
      );
      const other = png(1100, 950, 8);
      const otherHash = await pixels(other);
      await copy(there, other, "image/png");
      await until("the image is here", async () => {
        await seat.press(KeyA);
        return await pixels(await paste(here, "image/png")) === otherHash;
      }, 120_000);
    });

    await test.step("HTML arrives both ways, where both sides have it", async () => {
      // As programs put it there: browsers want to know how it is written.
      const html = (words: string) =>
        `<meta http-equiv="content-type" content="text/html; charset=utf-8"><b>${words}</b>`;
      const has = (octets: Uint8Array | undefined, words: string) =>
        text(octets)?.includes(`<b>${words}</b>`);
      await copy(here, html("hin"), "text/html");
      await seat.press(ControlLeft, KeyV);
      await until("it is there", async () => has(await paste(there, "text/html"), "hin"));
      await copy(there, html("zurück"), "text/html");
      await until("it is here", async () => {
        await seat.press(KeyA);
        return has(await paste(here, "text/html"), "zurück");
      });
    });

    await test.step("a thousand quick copies make no loop", async () => {
      await using owner = await SelectionOwner.open(remote.connection);
      const { CLIPBOARD } = await internAtoms(remote.connection, ["CLIPBOARD"]);
      for (let i = 1; i <= 1000; i++) {
        const octets = new TextEncoder().encode(`copy ${i}`);
        const content = { types: ["text/plain" as const], read: () => Promise.resolve(octets) };
        await owner.own([CLIPBOARD], content);
      }
      await until("the last copy is here", async () => {
        await seat.press(KeyA);
        return text(await paste(here)) === "copy 1000";
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.ok(owner.owns(CLIPBOARD), "Nobody has taken it over.");
    });
    assert.deepEqual(seat.browser.log, []);
  });
}

for (const name of BROWSERS) {
  Deno.test(`text is pasted both ways on a page of plain HTTP, in ${name}`, async () => {
    await using skerry = await SkerryProcess.start({ args: ["--", "sleep", "1000"] });
    await using seat = await RealSeat.take({ browser: name, ...SCREEN, ...INSECURE });
    const desktop = await DesktopPage.open(seat.browser, insecureUrl(skerry.url));
    assert.equal(await desktop.page.evaluate(() => isSecureContext), false);
    await using remote = await RemoteDesktop.of(skerry.pid);
    const [here, there] = [seat.screen.access, remote.access];
    await desktop.still();
    await seat.click(SCREEN.width / 2, SCREEN.height / 2);
    await copy(here, "hin");
    await seat.press(ControlLeft, KeyV);
    await until("it is there", async () => text(await paste(there)) === "hin");
    await copy(there, "zurück");
    await until("it is here", async () => {
      await seat.press(KeyA);
      return text(await paste(here)) === "zurück";
    });
    // What was just copied there, and is not here yet, is newer than what is here.
    await copy(there, "newer");
    await seat.press(ControlLeft, KeyV);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(text(await paste(there)), "newer");

    // Without keys, and without a question of the browser's.
    const { page } = desktop;
    await openSection(page, "clipboard");
    await (await page.waitForSelector(inSection("clipboard", "#local")))!.type("by the panel");
    await pressButton(page, "clipboard", "Send");
    await until("it is there", async () => text(await paste(there)) === "by the panel");
    await copy(there, "to the panel");
    await until("it is shown", () =>
      page.$eval(
        inSection("clipboard", "#remote"),
        (field) => (field as HTMLTextAreaElement).value === "to the panel",
      ));
    await pressButton(page, "clipboard", "Copy to this computer");
    await until("it is here", async () => text(await paste(here)) === "to the panel");
    // Chromium says that such a page is none that can be trusted.
    const complaints = seat.browser.log.filter((line) => !/untrustworthy|origin-keyed/.test(line));
    assert.deepEqual(complaints, []);
  });
}

Deno.test("Chromium shares what is copied by itself, once it may, and sends nothing back", async () => {
  await using skerry = await SkerryProcess.start({ args: ["--", "sleep", "1000"] });
  await using seat = await RealSeat.take({ browser: "chromium", ...SCREEN });
  const desktop = await DesktopPage.open(seat.browser, skerry.url);
  await using remote = await RemoteDesktop.of(skerry.pid);
  const [here, there] = [seat.screen.access, remote.access];
  await seat.click(SCREEN.width / 2, SCREEN.height / 2);
  // Somebody was in another window.
  const comeBack = () =>
    desktop.page.evaluate(() => {
      for (const type of ["blur", "focus"]) dispatchEvent(new Event(type));
    });
  await copy(here, "not to be read without leave");
  await comeBack();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await paste(there), undefined);

  const { origin } = new URL(skerry.url);
  await seat.browser.browser.defaultBrowserContext().overridePermissions(origin, [
    "clipboard-read",
    "clipboard-write",
    // What is not named is forbidden, and this usually is not.
    "clipboard-sanitized-write",
  ]);
  await copy(here, "copied elsewhere");
  await until("it is there without a key", async () => {
    await comeBack();
    return text(await paste(there)) === "copied elsewhere";
  });

  await using owner = await SelectionOwner.open(remote.connection);
  const { CLIPBOARD } = await internAtoms(remote.connection, ["CLIPBOARD"]);
  const image = png(64, 48, 9);
  for (
    const [type, octets] of [
      ["text/plain", new TextEncoder().encode("line\nline")],
      ["image/png", image],
    ] as const
  ) {
    const target = type === "image/png" ? type : "UTF8_STRING";
    const before = await paste(here, target);
    await owner.own([CLIPBOARD], { types: [type], read: () => Promise.resolve(octets) });
    await until("it is here", async () => {
      const now = await paste(here, target);
      return now !== undefined && now.length > 0 && `${now}` !== `${before}`;
    });
    for (let times = 0; times < 5; times++) {
      await comeBack();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(owner.owns(CLIPBOARD), `${type} is not taken from its owner.`);
  }
  assert.deepEqual(seat.browser.log, []);
});
