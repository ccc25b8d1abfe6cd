import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { Proxy } from "../support/proxies.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { type, TypedFile } from "../support/typed_file.ts";

const TEXT = "Behind a proxy: Ümläuts & <tags>, 100 %\n";

interface Case {
  readonly name: string;
  /** Whether Skerry listens on a Unix socket. */
  readonly socket?: boolean;
  /** @param socket The path of Skerry's socket, if it has one. */
  start(upstream: number, socket: string): Promise<Proxy>;
  /** Skerry's options; the port is fixed where the path has it. */
  args(port: number): string[];
}

const TRUSTING = ["--trusted-proxy", "127.0.0.1"];

const CASES: readonly Case[] = [
  { name: "nginx", start: (port) => Proxy.nginx(port), args: () => TRUSTING },
  { name: "Caddy", start: (port) => Proxy.caddy(port), args: () => TRUSTING },
  {
    name: "Apache with the whole path",
    start: (port) => Proxy.apache(port),
    args: (port) => [...TRUSTING, "--base-path", `/node/localhost/${port}`],
  },
  { name: "an SSH tunnel", start: (port) => Proxy.ssh(port), args: () => [] },
  {
    name: "an SSH tunnel to a Unix socket",
    socket: true,
    start: (_port, socket) => Proxy.ssh(socket),
    args: () => [],
  },
  // With what proxies do by default, and nobody trusted.
  { name: "Caddy that is not trusted", start: (port) => Proxy.caddy(port), args: () => [] },
];

for (const { name, socket, start, args } of CASES) {
  Deno.test(`Skerry shows its desktop and takes input behind ${name}`, async () => {
    await using typed = await TypedFile.create();
    await using folder = await temporaryFolder();
    const port = freePort();
    const path = `${folder.path}/socket`;
    const listen = socket ? `unix:${path}` : `127.0.0.1:${port}`;
    await using skerry = await SkerryProcess.start({
      args: ["--listen", listen, ...args(port), ...typed.command()],
    });
    await using proxy = await start(port, path);
    await using browser = await TestBrowser.launch("chromium");
    const desktop = await DesktopPage.open(browser, proxy.address(skerry.url));
    await typed.ready();
    await type(desktop.page, TEXT);
    await typed.holds(TEXT);
    const state = await desktop.state();
    assert.equal(state?.phase, "live");
    // The cookie is for this page alone, and signs it in again.
    const cookies = await desktop.page.cookies();
    assert.deepEqual(cookies.map(({ path }) => path), [proxy.path]);
    await desktop.page.reload();
    await desktop.live();
  });
}

async function temporaryFolder() {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
