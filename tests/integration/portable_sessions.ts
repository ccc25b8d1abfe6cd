/**
 * Whole sessions of the portable file, in places where little can be written to: steps of its test.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { TestBrowser } from "../support/browser.ts";
import { BusyboxRoot } from "../support/busybox_root.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { outcome } from "../support/portable_file.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { startEmptyDisplay } from "./display_support.ts";

/** Where the file is in the root. */
export const SKERRY = "/bin/skerry";

/** A program that does nothing, on the display. */
const IDLE = ["--", "sleep", "1000"];

/** Unpacking, and all that runs at once, on a slow machine. */
const PATIENCE_MS = 180_000;

/** Nothing of the root can be written to but the home; nor the shared memory that all users have. */
const ONLY_HOME = `
  mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" &&
  mount --bind "$1${BusyboxRoot.HOME}" "$1${BusyboxRoot.HOME}" &&
  mount -o remount,rw,bind "$1${BusyboxRoot.HOME}" &&
  mount --bind /dev/shm /dev/shm && mount -o remount,ro,bind /dev/shm || exit 125`;

/** A root that has the file. */
export async function skerryRoot(file: string): Promise<BusyboxRoot> {
  const root = await BusyboxRoot.make();
  await root.put(file, SKERRY);
  return root;
}

/** What the file has unpacked, and sessions that have their files there. */
export function inCache(root: BusyboxRoot): string[] {
  return [...Deno.readDirSync(root.home(".cache/skerry"))].map(({ name }) => name);
}

/** A session of one who can write to the home and nowhere else: X server, sound and picture. */
export async function onlyHome(file: string, browser: TestBrowser): Promise<void> {
  await using root = await skerryRoot(file);
  const command = `
    for place in / /tmp /dev/shm; do touch "$place/written" 2>/dev/null && echo "$place"; done >written
    env >environment
    while true; do sleep 1; done`;
  await using skerry = await SkerryProcess.start({
    program: root.enter([SKERRY], { prepare: ONLY_HOME }),
    args: ["--", "sh", "-c", `cd ${BusyboxRoot.HOME}; ${command}`],
    timeout: PATIENCE_MS,
  });
  await DesktopPage.open(browser, skerry.url);
  const environment = await until("the program has written its environment", () => {
    const text = read(root.home("environment"));
    return text !== undefined && /^PULSE_SERVER=.*\n/m.test(text) ? text : undefined;
  });
  assert.equal(read(root.home("written")), "");
  const home = `${BusyboxRoot.HOME}/.cache/skerry/session-`;
  assert.match(environment, new RegExp(`^XAUTHORITY=${home}`, "m"));
  assert.match(environment, new RegExp(`^PULSE_SERVER=unix:${home}`, "m"));
  assert.equal((await skerry.stop(PATIENCE_MS)).code, 0);
  assert.equal(inCache(root).length, 1, "nothing is left of the session");
}

/** Of the machine's displays, a root has a socket, and the cookie for it. */
export async function hostDisplay(file: string, browser: TestBrowser): Promise<void> {
  await using root = await skerryRoot(file);
  const size = { width: 648, height: 408 };
  await using display = await startEmptyDisplay("xvfb", size);
  const socket = `/tmp/.X11-unix/X${display.display.slice(1)}`;
  await Deno.mkdir(`${root.folder}/tmp/.X11-unix`);
  await Deno.writeTextFile(`${root.folder}${socket}`, "");
  await Deno.copyFile(display.authority, root.home("cookie"));
  await Deno.chown(root.home("cookie"), 1000, 1000);
  await using skerry = await SkerryProcess.start({
    program: root.enter([SKERRY], {
      env: { XAUTHORITY: `${BusyboxRoot.HOME}/cookie` },
      prepare: `mount --bind "${socket}" "$1${socket}" || exit 125\n${ONLY_HOME}`,
    }),
    args: ["--display", display.display],
    timeout: PATIENCE_MS,
  });
  const desktop = await DesktopPage.open(browser, skerry.url);
  const { width, height } = await desktop.picture();
  assert.deepEqual({ width, height }, size);
}

/** The runtime directory takes what the home cannot. */
export async function readOnlyHome(file: string): Promise<void> {
  await using root = await skerryRoot(file);
  const prepare = `
    mount -t tmpfs -o mode=1777 none "$1/tmp" &&
    mkdir -m 700 "$1/tmp/run" && chown 1000:1000 "$1/tmp/run" &&
    mount --bind "$1/home" "$1/home" && mount -o remount,ro,bind "$1/home" || exit 125`;
  await using skerry = await SkerryProcess.start({
    program: root.enter([SKERRY], { env: { XDG_RUNTIME_DIR: "/tmp/run" }, prepare }),
    args: IDLE,
    timeout: PATIENCE_MS,
  });
  assert.match(skerry.url, /^http:/);
  assert.deepEqual([...Deno.readDirSync(root.home())], []);
  assert.equal((await skerry.stop(PATIENCE_MS)).code, 0);
}

/** First starts at the same time, of which one unpacks and all become sessions. */
export async function startsAtOnce(file: string, count: number): Promise<void> {
  await using root = await skerryRoot(file);
  await using sessions = new AsyncDisposableStack();
  const starts = await Promise.allSettled(Array.from({ length: count }, async () => {
    const skerry = await SkerryProcess.start({
      program: root.enter([SKERRY]),
      args: ["--audio", "off", ...IDLE],
      timeout: PATIENCE_MS,
    });
    return sessions.use(skerry).url;
  }));
  const urls = starts.map((start) => {
    if (start.status === "rejected") throw start.reason;
    return start.value;
  });
  assert.equal(new Set(urls).size, count);
  assert.equal(inCache(root).length, 1);
}

/** Killed while it unpacks, it starts afterwards: each time, from nothing. */
export async function isKilled(file: string, kills: number): Promise<void> {
  await using root = await skerryRoot(file);
  for (let kill = 0; kill < kills; kill++) {
    await Deno.remove(root.home(".cache"), { recursive: true }).catch(() => {});
    const [program, ...args] = root.enter([SKERRY, "--version"]);
    const child = new Deno.Command(program!, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await unpacking(root);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1000));
    try {
      child.kill("SIGKILL");
    } catch {
      // It was quicker.
    }
    await child.status;
    const { code, stdout, stderr } = await outcome(root.enter([SKERRY, "--version"]));
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^skerry \d/);
  }
}

/** Waits until something is there of what is unpacked. */
async function unpacking(root: BusyboxRoot): Promise<void> {
  await until("it unpacks", () => {
    try {
      return inCache(root).some((name) => !name.startsWith(".lock-"));
    } catch {
      return false;
    }
  }, PATIENCE_MS);
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
