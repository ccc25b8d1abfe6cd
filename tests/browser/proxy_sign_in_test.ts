import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { Proxy } from "../support/proxies.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

const USERS = { ada: "engine", grace: "compiler" } as const;

Deno.test("Skerry lets in whom nginx has signed in, whatever name the browser claims", async (t) => {
  const port = freePort();
  await using skerry = await SkerryProcess.start({
    args: [
      ...["--listen", `127.0.0.1:${port}`, "--trusted-proxy", "127.0.0.1", "--audio", "off"],
      ...["--auth", "proxy", "--allow-users", "grace", "--", "sleep", "600"],
    ],
  });
  await using proxy = await Proxy.nginxSigningIn(port, USERS);
  const page = proxy.address(skerry.url);

  await t.step("nobody without a password, and nothing says what is behind", async () => {
    for (const headers of [{}, { "X-Remote-User": "grace" }, basic("grace", "guessed")]) {
      const { status } = await ask(page, headers);
      assert.equal(status, 401);
    }
  });
  await t.step("none but who may, though he claims to be another", async () => {
    assert.equal((await ask(page, basic("ada", USERS.ada))).status, 401);
    const forged = {
      ...basic("ada", USERS.ada),
      "X-Remote-User": "grace",
      "x_remote_user": "grace",
    };
    const refused = await ask(page, forged);
    assert.equal(refused.status, 401);
    // By Skerry, not by nginx.
    assert.match(refused.body, /proxy-wanted/);
  });
  await t.step("who may, and by the name that she has", async () => {
    const claimed = { ...basic("grace", USERS.grace), "X-Remote-User": "ada" };
    const { status } = await ask(page, claimed);
    assert.equal(status, 200);
  });
  for (const name of BROWSERS) {
    await t.step(`and shows the desktop in ${name}`, async () => {
      await using browser = await TestBrowser.launch(name);
      const tab = await browser.newPage();
      await tab.authenticate({ username: "grace", password: USERS.grace });
      await tab.setExtraHTTPHeaders({ "X-Remote-User": "ada" }).catch((error: Error) => {
        // Firefox 140 cannot be made to.
        if (!error.message.includes("unknown command")) throw error;
      });
      await tab.goto(withDebug(page));
      await DesktopPage.of(tab, browser).live();
      await skerry.logged(/"grace" has connected from/);
      assert.doesNotMatch(skerry.stderr, /"ada" has connected/);
    });
  }
});

function basic(name: string, password: string): Record<string, string> {
  return { Authorization: `Basic ${btoa(`${name}:${password}`)}` };
}

/** Asks for a session, as the page does. */
async function ask(
  page: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const response = await fetch(new URL("api/session", page), {
    method: "POST",
    headers: { ...headers, Origin: new URL(page).origin, "Content-Type": "application/json" },
    body: "{}",
  });
  return { status: response.status, body: await response.text() };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
