import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { makeCertificate } from "../../src/tls/mod.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { RoutedSkerry } from "../support/routed_skerry.ts";
import { type, TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";

const TEXT = "the quick brown fox jumps over the lazy dog 0123456789 ".repeat(3);

/** Waits until a transport carries the session; the limit is in ms. */
async function carriedBy(desktop: DesktopPage, transport: string, limit: number): Promise<void> {
  await until(
    `the session is on ${transport}`,
    async () => (await desktop.statistics()).transport === transport,
    limit,
  );
}

/** A folder for a user's state and certificates. */
async function folder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "skerry-test-tls-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

for (const name of BROWSERS) {
  Deno.test(`--tls self-signed streams over WebTransport, and over the WebSocket without UDP, in ${name}`, async (test) => {
    await using state = await folder();
    await using file = await TypedFile.create();
    await using skerry = await RoutedSkerry.start({
      args: ["--tls", "self-signed", ...file.command()],
      env: { XDG_STATE_HOME: state.path },
    });
    assert.match(skerry.skerry.url, /^https:\/\/127\.0\.0\.1:\d+\/#token=/);
    await using browser = await TestBrowser.launch(name, { trusting: true });
    const desktop = await DesktopPage.open(browser, skerry.url);
    await file.ready();

    await test.step("a secure context, with WebTransport", async () => {
      assert.equal(await desktop.page.evaluate(() => isSecureContext), true);
      await carriedBy(desktop, "webtransport", 15_000);
      await until(
        "there is a path in reserve",
        async () => (await desktop.statistics()).routes.some(({ state }) => state === "standby"),
      );
    });

    await test.step("typing through the loss of UDP, and back", async () => {
      // Between two keys: one that is held while nothing passes is repeated by the X server.
      skerry.udp.blocked = true;
      const typing = type(desktop.page, TEXT);
      await carriedBy(desktop, "websocket", 10_000);
      await typing;
      await file.holds(TEXT);
      skerry.udp.blocked = false;
      await carriedBy(desktop, "webtransport", 15_000);
      await type(desktop.page, TEXT);
      await file.holds(TEXT + TEXT);
    });
  });

  Deno.test(`a page over the WebSocket goes on when the certificate's files change, in ${name}`, async () => {
    await using state = await folder();
    const paths = { cert: `${state.path}/cert.pem`, key: `${state.path}/key.pem` };
    const renew = async () => {
      const notBefore = Date.now() - 3600_000;
      const certificate = await makeCertificate({
        notBefore,
        notAfter: notBefore + 90 * 24 * 3600_000,
        names: ["127.0.0.1"],
      });
      await Deno.writeTextFile(paths.cert, certificate.cert);
      await Deno.writeTextFile(paths.key, certificate.key);
      return new X509Certificate(certificate.cert).fingerprint256;
    };
    await renew();
    await using file = await TypedFile.create();
    await using skerry = await RoutedSkerry.start({
      args: [
        ...["--tls-cert", paths.cert, "--tls-key", paths.key, "--transport", "websocket"],
        ...file.command(),
      ],
    });
    await using browser = await TestBrowser.launch(name, { trusting: true });
    const desktop = await DesktopPage.open(browser, skerry.url);
    await file.ready();
    await type(desktop.page, TEXT);
    await renew();
    await skerry.skerry.logged(/has changed and is in service/, 30_000);
    await skerry.skerry.logged(/Viewer "1" has another path/, 10_000);
    await desktop.live();
    await type(desktop.page, TEXT);
    await file.holds(TEXT + TEXT);
    assert.doesNotMatch(skerry.skerry.stderr, /Viewer "2"/);
    assert.equal((await desktop.statistics()).transport, "websocket");
  });
}
