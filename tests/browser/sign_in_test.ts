import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

/** Where the form's parts are. */
const FORM = "skerry-shell >>> skerry-sign-in >>>";

async function lineFor(name: string, role: string, password: string): Promise<string> {
  const [program, ...args] = SkerryProcess.command();
  const child = new Deno.Command(program!, {
    args: [...args, "password", name, role],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${password}\n`));
  await writer.close();
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout);
}

for (const name of BROWSERS) {
  Deno.test(`a name and its password sign in, in ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/passwords`;
      await Deno.writeTextFile(file, await lineFor("grace", "view", "nanosecond"));
      await using skerry = await SkerryProcess.start({
        args: ["--auth", "password", "--password-file", file, "--", "sleep", "600"],
      });
      assert.doesNotMatch(skerry.url, /#/);
      await using browser = await TestBrowser.launch(name);
      const page = await browser.open(withDebug(skerry.url));
      await (await page.waitForSelector(`${FORM} #name`))!.type("grace");
      const password = (await page.waitForSelector(`${FORM} #token`))!;
      await password.type("microsecond");
      await password.press("Enter");
      const again = (await page.waitForSelector(`${FORM} #token[aria-invalid=true]`))!;
      // The name does not have to be typed again.
      await again.type("nanosecond");
      await again.press("Enter");
      const desktop = DesktopPage.of(page, browser);
      await desktop.live();
      const state = await desktop.state();
      assert.ok(state?.phase === "live" && state.role === "view", JSON.stringify(state));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
