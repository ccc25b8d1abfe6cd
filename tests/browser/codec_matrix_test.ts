/**
 * Each codec in each browser over each transport: what the page shows is what the X server shows.
 *
 * HEVC is not here: neither browser decodes it without hardware. In `session_hevc_test.ts` GStreamer does.
 */
import assert from "node:assert/strict";
import { type BrowserName, BROWSERS, TestBrowser } from "../support/browser.ts";
import { subsampled } from "../support/chroma_subsampling.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { psnr } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

interface Case {
  readonly codec: string;
  readonly chroma: "420" | "444";
  /** How the codec string begins. */
  readonly string: string;
  readonly browsers: readonly BrowserName[];
}

const CASES: readonly Case[] = [
  { codec: "h264", chroma: "420", string: "avc1.42", browsers: BROWSERS },
  { codec: "vp8", chroma: "420", string: "vp8", browsers: BROWSERS },
  { codec: "vp9", chroma: "420", string: "vp09.00.", browsers: BROWSERS },
  { codec: "av1", chroma: "420", string: "av01.0.", browsers: BROWSERS },
  // Firefox does not decode H.264 at 4:4:4.
  { codec: "h264", chroma: "444", string: "avc1.f4", browsers: ["chromium"] },
  { codec: "vp9", chroma: "444", string: "vp09.01.", browsers: BROWSERS },
  { codec: "av1", chroma: "444", string: "av01.1.", browsers: BROWSERS },
];

const TRANSPORTS = ["websocket", "webtransport"] as const;

/** Coloured text on coloured ground, which 4:2:0 cannot keep. */
const SCRIPT = `
printf '\\033[?25l'
i=0
while [ $i -lt 24 ]; do
  for colour in 31 32 34 35 36 91 94 95; do printf '\\033[%sm%s ' $colour $colour-$i; done
  printf '\\033[0;97;44m white on blue \\033[0;30;43m black on yellow \\033[0;31;40m red\\033[0m\\n'
  i=$((i+1))
done
exec sleep 1000
`;
const TERMINAL = "xterm -bg #1e1f22 -fg #e8e8e8 -geometry 110x30+0+0 -e sh -c".split(" ");

Deno.test("each codec shows the screen in each browser over each transport", async (test) => {
  await using chromium = await TestBrowser.launch("chromium");
  await using firefox = await TestBrowser.launch("firefox");
  const browsers: Record<BrowserName, TestBrowser> = { chromium, firefox };
  for (const { codec, chroma, string, browsers: names } of CASES) {
    await test.step(`${codec} at ${[...chroma].join(":")}`, async () => {
      const options = [
        "--codec",
        codec,
        "--chroma",
        chroma,
        "--size",
        "1000x600",
        "--audio",
        "off",
      ];
      await using skerry = await SkerryProcess.start({
        args: [...options, "--", ...TERMINAL, SCRIPT],
      });
      await using remote = await RemoteDesktop.of(skerry.pid);
      for (const transport of TRANSPORTS) {
        await Promise.all(names.map(async (name) => {
          const label = `${codec} at ${chroma} in ${name} over ${transport}`;
          const url = new URL(skerry.url);
          url.searchParams.set("transport", transport);
          const desktop = await DesktopPage.open(browsers[name], url.href);
          const { codec: shown = "none", transport: used } = await desktop.statistics();
          assert.ok(shown.startsWith(string), `${label}: ${shown}`);
          assert.equal(used, transport);
          let course = "";
          await until(() => `${label}: ${course}`, async () => {
            await desktop.still();
            const screen = await remote.screenshot();
            const decibels = psnr(screen, await desktop.picture());
            const most = psnr(screen, subsampled(screen));
            course += ` ${decibels.toFixed(1)} of ${most.toFixed(1)} dB`;
            // There is text, whose colours 4:2:0 halves.
            if (most > 32) return false;
            return chroma === "444" ? decibels >= Math.max(most + 4, 35) : decibels >= most - 1.5;
          }, 15_000);
          await desktop.page.close();
        }));
      }
    });
  }
});
