import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { subsampled } from "../support/chroma_subsampling.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { type Picture, psnr } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

/** Encoders that every machine that runs the tests has. */
const ENCODERS = ["x264enc", "openh264enc", "vp8enc"];

/** Decibels from which on nobody sees a difference in text. */
const WANTED = 38;

/**
 * The same for areas of strong colours by openh264enc: its stream does not say how colours are made, and
 * what browsers then assume of a large picture they convert less exactly.
 */
const WANTED_UNMARKED = 35;

/** Two screens of a terminal, the second one after a key: text as it mostly is, then colours. */
const SCRIPT = `
printf '\\033[?25l'
i=0
while [ $i -lt 11 ]; do
  printf 'ada@skerry:~/src$ make -j4 target-%d && ls -l   # 0123456789 {[(<>)]} "quoted" \\n' $i
  printf '\\033[7m-rw-r--r-- 1 ada ada %d Nov 22 14:%d README.md\\033[0m and plain text\\n' $i$i $i
  printf '\\033[90mless of it\\033[37m, and more\\033[0m; \\033[100;97mwhite on grey\\033[0m; the end\\n'
  i=$((i+1))
done
read -r key
printf '\\033[2J\\033[H'
i=0
while [ $i -lt 35 ]; do
  for colour in 31 32 33 34 35 36 91 92 93 94 95 96; do printf '\\033[%sm%s ' $colour $colour-$i; done
  printf '\\033[0;97;44m white on blue \\033[0;30;43m black on yellow \\033[0m\\n'
  i=$((i+1))
done
exec sleep 1000
`;
const TERMINAL = "xterm -bg #1e1f22 -fg #e8e8e8 -geometry 120x36+0+0 -e sh -c".split(" ");

/** Red, green and blue from dark to light, each alone and mixed. */
const COLOURS = [0x00, 0x55, 0xaa, 0xff].flatMap((r) =>
  [0x00, 0x80, 0xff].flatMap((g) => [0x00, 0x80, 0xff].map((b) => r << 16 | g << 8 | b))
);

for (const name of BROWSERS) {
  Deno.test(`a still picture in the page equals the screen, in ${name}`, async (test) => {
    await using browser = await TestBrowser.launch(name);
    for (const encoder of ENCODERS) {
      const args = ["--encoder", encoder, "--", ...TERMINAL, SCRIPT];
      await using skerry = await SkerryProcess.start({ args });
      const desktop = await DesktopPage.open(browser, skerry.url);
      await using remote = await RemoteDesktop.of(skerry.pid);

      await test.step(`text, by ${encoder}`, async () => {
        await until("there is text", async () => lit(await remote.screenshot()) > 0.05);
        await equalsTheScreen(desktop, remote, () => WANTED);
      });

      if (encoder === ENCODERS[0]) {
        await test.step("coloured text, as well as video can", async () => {
          const before = await remote.screenshot();
          await desktop.page.keyboard.press("Enter");
          await until("it is another", async () => psnr(before, await remote.screenshot()) < 25);
          await equalsTheScreen(desktop, remote, (screen) => psnr(screen, subsampled(screen)) - 1);
        });
      }

      await test.step(`areas of colour, by ${encoder}`, async () => {
        const wanted = encoder === "openh264enc" ? WANTED_UNMARKED : WANTED;
        await using areas = await EventWindow.open(remote.connection);
        await areas.fill(COLOURS);
        await equalsTheScreen(desktop, remote, () => wanted);
      });
      await desktop.page.close();
    }
    assert.deepEqual(browser.log, []);
  });
}

/** Waits until it does: on a busy machine a picture may stand still before it is sharp. */
async function equalsTheScreen(
  desktop: DesktopPage,
  remote: RemoteDesktop,
  wanted: (screen: Picture) => number,
): Promise<void> {
  let [decibels, least] = [0, 0];
  await until(() => `it has ${least.toFixed(1)} dB; it has ${decibels.toFixed(1)}`, async () => {
    await desktop.still();
    const screen = await remote.screenshot();
    [decibels, least] = [psnr(screen, await desktop.picture()), wanted(screen)];
    return decibels >= least;
  });
}

/** The part of the picture that is not dark. */
function lit({ rgba }: Picture): number {
  let bright = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    if (Math.max(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!) > 128) bright++;
  }
  return bright / (rgba.length / 4);
}
