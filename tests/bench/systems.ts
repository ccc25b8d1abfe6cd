/**
 * The systems under test, each with a remote display of the same kind and with the same content.
 *
 * @module
 */
import type { Link } from "../support/link.ts";
import type { WayName } from "../../web/worker/picture_way.ts";
import { insecureUrl, withDecoder } from "../support/insecure_page.ts";
import { startNovnc } from "../support/rig_novnc.ts";
import { RigProcess } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { runCommand, SkerryProcess } from "../support/skerry_process.ts";

/** The size of every display of the bench, in pixels: the viewer's and the remote ones. */
export const WIDTH = 1280, HEIGHT = 720;

/** Skerry as it is, or with the transport or the decoder that it is to use. */
export type SkerryName = "skerry" | "webtransport" | "websocket" | WayName;

/** And what it is compared with: `floor` is the least that any of them has to do. */
export type SystemName = SkerryName | "novnc" | "floor";

const TITLES: Record<SystemName, string> = {
  skerry: "Skerry",
  webtransport: "Skerry, WebTransport",
  websocket: "Skerry, WebSocket",
  webcodecs: "Skerry, WebCodecs",
  wasm: "Skerry, WebAssembly over plain HTTP",
  mse: "Skerry, a video element over plain HTTP",
  jpeg: "Skerry, JPEG over plain HTTP",
  novnc: "noVNC with TigerVNC",
  floor: "A click's way without a picture",
};

export function isSkerry(name: SystemName): name is SkerryName {
  return name !== "novnc" && name !== "floor";
}

/** A system's title for people. */
export function systemTitle(name: SystemName): string {
  return TITLES[name];
}

/** Programs that a remote display shows. */
export type Program = "test_window" | "motion_window" | "text_window";

/** One remote desktop system with its servers up. */
export interface System extends AsyncDisposable {
  readonly name: SystemName;
  readonly title: string;
  /** The remote display. */
  readonly display: string;
  /** What a user would open. */
  readonly url: string;
  /** The processes whose CPU time is the system's own, the X server beside them. */
  readonly serverPids: readonly number[];
  /** Starts one of the rig's programs on the remote display, once it is there. */
  run(program: Program, ...args: string[]): Promise<RigProcess>;
}

/**
 * Starts a program of the rig on a display.
 *
 * @throws {RigProcessError} when its window does not come up
 */
export async function runProgram(
  display: string,
  program: Program,
  ...args: string[]
): Promise<RigProcess> {
  const process = RigProcess.start(programCommand(program, args), { env: { DISPLAY: display } });
  try {
    await process.waitFor(/^ready$/m, 30_000);
    return process;
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}

function programCommand(program: Program | "floor", args: readonly string[]): string[] {
  const root = new URL("../../", import.meta.url).pathname;
  return [
    ...[Deno.execPath(), "run", "--no-check", "--allow-all", `--config=${root}deno.json`],
    ...[`${root}tests/support/rig_${program}.ts`, ...args],
  ];
}

/** How a system is started. */
export interface SystemOptions {
  /** More options for Skerry's command line. */
  readonly skerryArgs?: readonly string[];
  /** Starts the servers on this link's far side. */
  readonly link?: Link | undefined;
}

/** Skerry in front of an Xvnc whose VNC port is off. */
async function startSkerry(
  name: SkerryName,
  { link, skerryArgs = [] }: SystemOptions,
): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const remote = stack.use(await startRemoteDisplay(WIDTH, HEIGHT));
  const skerry = stack.use(
    await SkerryProcess.start({
      args: [
        ...link ? ["--listen", `${link.address("server")}:0`] : [],
        "--display",
        remote.display,
        ...skerryArgs,
      ],
      ...link ? { program: link.command("server", runCommand()) } : {},
    }),
  );
  const kept = stack.move();
  return {
    name,
    title: TITLES[name],
    display: remote.display,
    url: pageUrl(name, skerry.url),
    serverPids: [skerry.pid],
    run: (program, ...rest) => runProgram(remote.display, program, ...rest),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The page with what its name says; decoders of our own where pages have nothing else. */
export function pageUrl(name: SkerryName, url: string): string {
  switch (name) {
    case "skerry":
      return url;
    case "webtransport":
    case "websocket": {
      const address = new URL(url);
      address.searchParams.set("transport", name);
      return address.href;
    }
    case "webcodecs":
      return withDecoder(url, name);
    default:
      return withDecoder(insecureUrl(url), name);
  }
}

async function startNovncSystem(link: Link | undefined): Promise<System> {
  const novnc = await startNovnc(WIDTH, HEIGHT, link);
  return {
    name: "novnc",
    title: TITLES.novnc,
    display: novnc.remote.display,
    url: novnc.url,
    serverPids: [novnc.remote.process.pid, novnc.websockify.pid],
    run: (program, ...args) => runProgram(novnc.remote.display, program, ...args),
    [Symbol.asyncDispose]: () => novnc[Symbol.asyncDispose](),
  };
}

async function startFloor(link: Link | undefined): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const { display } = stack.use(await startRemoteDisplay(WIDTH, HEIGHT));
  const command = programCommand("floor", link ? [link.address("server")] : []);
  const server = stack.use(
    RigProcess.start(link?.command("server", command) ?? command, { env: { DISPLAY: display } }),
  );
  const [url] = await server.waitFor(/^http\S+$/m);
  const kept = stack.move();
  return {
    name: "floor",
    title: TITLES.floor,
    display,
    url,
    serverPids: [server.pid],
    run: (program, ...args) => runProgram(display, program, ...args),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Starts a system. */
export function startSystem(name: SystemName, options: SystemOptions = {}): Promise<System> {
  switch (name) {
    case "novnc":
      return startNovncSystem(options.link);
    case "floor":
      return startFloor(options.link);
    default:
      return startSkerry(name, options);
  }
}

/** The page with its debug hook, for figures that are read from inside. */
export function debugUrl(url: string): string {
  const parsed = new URL(url);
  parsed.searchParams.set("debug", "");
  return parsed.href;
}
