import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { inSection, openSection } from "../support/panel.ts";
import { TestOidcProvider } from "../support/oidc_provider.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

/** Where the form's parts are. */
const FORM = "skerry-shell >>> skerry-sign-in >>>";

Deno.test("an OIDC provider signs in, and out again, in chromium", async () => {
  await using provider = await TestOidcProvider.start();
  const secret = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(secret, provider.clientSecret);
    const oidc = ["--oidc-issuer", provider.issuer.href, "--oidc-client-id", provider.clientId];
    await using skerry = await SkerryProcess.start({
      args: [
        ...["--auth", "oidc", ...oidc, "--oidc-client-secret-file", secret],
        ...[
          "--oidc-user-claim",
          "preferred_username",
          "--allow-users",
          "ada",
          "--base-path",
          "/desk",
          "--log-format",
          "json",
          "--",
          "sleep",
          "600",
        ],
      ],
    });
    await using browser = await TestBrowser.launch("chromium");
    const page = await browser.open(withDebug(skerry.url));
    // By the page's own means: a busy machine loses clicks of the mouse while a page is loading.
    // And puppeteer's own way of waiting does not always outlive the page that it began on.
    const find = (selector: string) =>
      until(`there is ${selector}`, () => page.$(selector).catch(() => null), 60_000);
    const click = async (selector: string) =>
      await (await find(selector)).evaluate((element) => (element as HTMLElement).click());
    const goThere = async () => {
      await click(`${FORM} button`);
      await click("a");
    };
    provider.claims = { preferred_username: "eve" };
    await goThere();
    await until("the page says that she may not", async () => {
      const said = await page.$eval(`${FORM} .wrong`, ({ textContent }) => textContent)
        .catch(() => null);
      return said?.includes("may not use");
    }, 60_000);
    assert.equal(new URL(page.url()).hash, "");
    provider.claims = { preferred_username: "ada" };
    await goThere();
    const desktop = DesktopPage.of(page, browser);
    await desktop.live();
    const { pathname, search } = new URL(page.url());
    assert.deepEqual([pathname, search], ["/desk/", "?debug="]);
    // Signing out ends what the sign-in has opened, and the page asks anew.
    await openSection(page, "viewers");
    await (await page.waitForSelector(inSection("viewers", "[data-sign-out]")))!.click();
    await desktop.phase("sign-in");
    await skerry.logged(/"event":"sign-out"[^]*"event":"disconnected"/);
    const audit = skerry.stderr.split("\n").filter((line) => line.includes('"skerry.audit"'))
      .map((line) => JSON.parse(line))
      .map(({ event, user, reason, remote }) => [event, user ?? reason, remote]);
    assert.deepEqual(audit.slice(0, 3), [
      ["sign-in-failed", "not-allowed", "127.0.0.1"],
      ["sign-in", "ada", "127.0.0.1"],
      ["connected", "ada", "127.0.0.1"],
    ]);
    assert.doesNotMatch(skerry.stderr, new RegExp(provider.clientSecret));
  } finally {
    await Deno.remove(secret);
  }
});
