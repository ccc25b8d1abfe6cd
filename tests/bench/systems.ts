/**
 * The systems under test, each with a remote display of the same kind and with the same content.
 *
 * @module
 */
import { startNovnc } from "../support/rig_novnc.ts";
import { RigProcess } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

/** The size of every display of the bench, in pixels: the viewer's and the remote ones. */
export const WIDTH = 1280, HEIGHT = 720;

export type SystemName = "skerry" | "novnc";
export const SYSTEM_NAMES: readonly SystemName[] = ["skerry", "novnc"];

/** Programs that a remote display shows. */
export type Program = "test_window" | "motion_window";

/** One remote desktop system with its servers up. */
export interface System extends AsyncDisposable {
  readonly name: SystemName;
  readonly title: string;
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
  const root = new URL("../../", import.meta.url).pathname;
  const process = RigProcess.start([
    Deno.execPath(),
    "run",
    "--no-check",
    "--allow-all",
    `--config=${root}deno.json`,
    `${root}tests/support/rig_${program}.ts`,
    ...args,
  ], { env: { DISPLAY: display } });
  try {
    await process.waitFor(/^ready$/m, 30_000);
    return process;
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}

/** Skerry in front of an Xvnc whose VNC port is off. */
async function startSkerry(args: readonly string[]): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const remote = stack.use(await startRemoteDisplay(WIDTH, HEIGHT, undefined));
  const skerry = stack.use(
    await SkerryProcess.start({ args: ["--display", remote.display, ...args] }),
  );
  const kept = stack.move();
  return {
    name: "skerry",
    title: "Skerry",
    url: skerry.url,
    serverPids: [skerry.pid],
    run: (program, ...rest) => runProgram(remote.display, program, ...rest),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function startNovncSystem(): Promise<System> {
  const novnc = await startNovnc(WIDTH, HEIGHT);
  return {
    name: "novnc",
    title: "noVNC with TigerVNC",
    url: novnc.url,
    serverPids: [novnc.remote.process.pid, novnc.websockify.pid],
    run: (program, ...args) => runProgram(novnc.remote.display, program, ...args),
    [Symbol.asyncDispose]: () => novnc[Symbol.asyncDispose](),
  };
}

/**
 * Starts a system.
 *
 * @param skerryArgs more options for Skerry's command line
 */
export function startSystem(name: SystemName, skerryArgs: readonly string[]): Promise<System> {
  return name === "skerry" ? startSkerry(skerryArgs) : startNovncSystem();
}

/** The page with its debug hook, for figures that are read from inside. */
export function debugUrl(url: string): string {
  const parsed = new URL(url);
  parsed.searchParams.set("debug", "");
  return parsed.href;
}
