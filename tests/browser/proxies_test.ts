import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { hear, turnSoundOn } from "../support/heard.ts";
import { fileChooser, pressInFiles, saveInto } from "../support/files_panel.ts";
import { closePanel, openSection } from "../support/panel.ts";
import { hasJupyter, openOnDemandJob, openOnDemandLink, startJupyter } from "../support/portals.ts";
import { Proxy } from "../support/proxies.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { playTone, soundEnvironmentOf } from "../support/sound.ts";
import { type, TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";
import { noise } from "../support/x_clipboard.ts";

const TEXT = "Behind a proxy: Ümläuts & <tags>, 100 %\n";
const TRUSTING = ["--trusted-proxy", "127.0.0.1"];

/** One desktop, and a folder for its files, behind one server after the other. */
class Rig implements AsyncDisposable {
  typed = 0;

  private constructor(
    readonly skerry: SkerryProcess,
    readonly terminal: TypedFile,
    readonly browser: TestBrowser,
    readonly folder: string,
    readonly resources: AsyncDisposable,
  ) {}

  /** @param listen The port of the loopback address, or anything else that `--listen` takes. */
  static async start(listen: number | string, args: readonly string[]): Promise<Rig> {
    await using resources = new AsyncDisposableStack();
    const terminal = resources.use(await TypedFile.create());
    const { folder } = terminal;
    const skerry = resources.use(
      await SkerryProcess.start({
        args: [
          ...["--listen", typeof listen === "number" ? `127.0.0.1:${listen}` : listen],
          ...["--files", `${folder}/shared`],
          ...args,
          ...terminal.command(),
        ],
      }),
    );
    const browser = resources.use(await TestBrowser.launch("chromium"));
    await terminal.ready();
    await Deno.mkdir(`${folder}/saved`);
    return new Rig(skerry, terminal, browser, folder, resources.move());
  }

  /** Picture, input, sound and files by this server, and signed in again by the cookie. */
  async proves(proxy: Proxy): Promise<void> {
    const desktop = await DesktopPage.open(this.browser, proxy.address(this.skerry.url));
    const { page } = desktop;
    await type(page, TEXT, 5);
    await this.terminal.holds(TEXT.repeat(++this.typed));
    await sounds(desktop, this.skerry.pid);
    await this.#takesFiles(desktop);
    // The cookie is for this page alone, and signs it in again.
    const cookies = await page.cookies();
    const path = proxy.path.replace(/\/$/, "");
    assert.deepEqual(cookies.map(({ path }) => path.replace(/\/$/, "")), [path]);
    await page.reload();
    await desktop.live();
    // Cookies are the host's, whatever the port.
    await page.deleteCookie(...cookies);
    await page.close();
  }

  async #takesFiles({ page }: DesktopPage): Promise<void> {
    const name = `file ${this.typed}.bin`;
    const octets = noise(3_000_001);
    await Deno.writeFile(`${this.folder}/${name}`, octets);
    await openSection(page, "files");
    await (await fileChooser(page)).uploadFile(`${this.folder}/${name}`);
    const same = (path: string) =>
      Deno.readFile(path).then((read) => equal(read, octets), () => false);
    await until("the file is there", () => same(`${this.folder}/shared/${name}`));
    await saveInto(page, "chromium", `${this.folder}/saved`);
    await pressInFiles(page, "Look again");
    await pressInFiles(page, `Download ${name}`);
    await until(
      "the file is saved",
      () => same(`${this.folder}/saved/${name}`),
    );
    await closePanel(page);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources[Symbol.asyncDispose]();
  }
}

async function sounds(desktop: DesktopPage, pid: number): Promise<void> {
  await turnSoundOn(desktop);
  await using _tone = playTone(await soundEnvironmentOf(pid));
  await until("it is heard", async () => (await hear(desktop, 200)).highest > 0.3);
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}

Deno.test("Skerry behind proxies that take the path's beginning off", async (t) => {
  const port = freePort();
  await using rig = await Rig.start(port, TRUSTING);
  const servers = {
    nginx: () => Proxy.nginx(port),
    Caddy: () => Proxy.caddy(port),
    Apache: () => Proxy.apache(port),
    "an SSH tunnel": () => Proxy.ssh(port),
  };
  for (const [name, start] of Object.entries(servers)) {
    await t.step(`shows, sounds and takes input and files behind ${name}`, async () => {
      await using proxy = await start();
      await rig.proves(proxy);
    });
  }
});

Deno.test("Skerry shows, sounds and takes input and files below Open OnDemand's /node/", async () => {
  const port = freePort();
  await using rig = await Rig.start(port, [...TRUSTING, "--base-path", `/node/127.0.0.1/${port}`]);
  await using proxy = await Proxy.openOnDemand("node", port);
  await rig.proves(proxy);
});

Deno.test("Skerry shows, sounds and takes input and files by an SSH tunnel to a Unix socket", async () => {
  const folder = await Deno.makeTempDir();
  await using resources = new AsyncDisposableStack();
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  const rig = resources.use(await Rig.start(`unix:${folder}/socket`, []));
  const proxy = resources.use(await Proxy.ssh(`${folder}/socket`));
  await rig.proves(proxy);
});

Deno.test("Open OnDemand's job starts Skerry, and its button opens the desktop", async () => {
  const folder = await Deno.makeTempDir();
  await using resources = new AsyncDisposableStack();
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  const port = freePort();
  const password = crypto.randomUUID();
  const skerry = resources.use(
    await SkerryProcess.start(await openOnDemandJob(folder, port, password)),
  );
  const proxy = resources.use(await Proxy.openOnDemand("rnode", port));
  const link = await openOnDemandLink({ host: "127.0.0.1", port: `${port}`, password });
  const browser = resources.use(await TestBrowser.launch("chromium"));
  const address = `http://127.0.0.1:${proxy.port}${link}`;
  const desktop = await DesktopPage.open(browser, address);
  await sounds(desktop, skerry.pid);
});

const jupyter = hasJupyter();
if (!jupyter) {
  console.log("No test of Jupyter: python3 has no jupyter-server and jupyter-server-proxy");
}

Deno.test({
  name: "Jupyter's launcher starts Skerry and opens the desktop",
  ignore: !jupyter,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    await using resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    const server = resources.use(await startJupyter());
    const browser = resources.use(await TestBrowser.launch("chromium"));
    const desktop = await DesktopPage.open(browser, server.url);
    await typesInto(desktop, `${folder}/typed`);
    await sounds(desktop, await server.skerry());
  },
});

Deno.test("Skerry takes input behind a proxy that is not trusted", async () => {
  const port = freePort();
  await using typed = await TypedFile.create();
  await using skerry = await SkerryProcess.start({
    args: ["--listen", `127.0.0.1:${port}`, ...typed.command()],
  });
  await using proxy = await Proxy.caddy(port);
  await using browser = await TestBrowser.launch("chromium");
  const desktop = await DesktopPage.open(browser, proxy.address(skerry.url));
  await typed.ready();
  await type(desktop.page, TEXT);
  await typed.holds(TEXT);
});

/** Types into the terminal that is there by default, until its shell has done as it was told. */
async function typesInto(desktop: DesktopPage, file: string): Promise<void> {
  // What is typed before the window is there goes nowhere.
  await until("the shell has done it", async () => {
    await type(desktop.page, `echo typed >${file}\n`, 5);
    return await Deno.readTextFile(file).then((text) => text === "typed\n", () => false);
  }, 60_000);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
