import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { BusyboxRoot } from "../support/busybox_root.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { times } from "../support/long.ts";
import { canUnshare } from "../support/namespaces.ts";
import { buildPortable, outcome } from "../support/portable_file.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { asContainer } from "./portable_container.ts";
import {
  hostDisplay,
  inCache,
  isKilled,
  onlyHome,
  readOnlyHome,
  SKERRY,
  skerryRoot,
  startsAtOnce,
} from "./portable_sessions.ts";

const ignore = !canUnshare();

/** How often unpacking is killed here; `deno task bench:portable` does it more often. */
const KILLS = times(2, 20);

/** Sessions that start at the same time. */
const SESSIONS = times(6, 20);

Deno.test({
  name: "skerry-portable",
  ignore,
  fn: async (t) => {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/skerry-portable`;
    try {
      await buildPortable(file);
      await using browser = await TestBrowser.launch("chromium");
      await t.step("streams from a root with nothing but busybox", () => streams(file, browser));
      await t.step("streams where only the home can be written to", () => onlyHome(file, browser));
      await t.step(
        "streams a display of which it has the socket",
        () => hostDisplay(file, browser),
      );
      await t.step(
        `unpacks once for ${SESSIONS} sessions that start at once`,
        () => startsAtOnce(file, SESSIONS),
      );
      await t.step("starts after each time that unpacking was killed", () => isKilled(file, KILLS));
      await t.step(
        "takes the runtime directory when the home is read-only",
        () => readOnlyHome(file),
      );
      await t.step("is a container's first process, on a read-only root", () => asContainer(file));
      await t.step("starts what root has unpacked for all", () => rootsOwn(file));
      await t.step("says where it cannot unpack, and why", () => cannotUnpack(file));
      await t.step("unpacks again what others have changed", () => changed(file));
      await t.step("refuses a file that was damaged", () => damaged(file));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function streams(file: string, browser: TestBrowser): Promise<void> {
  await using root = await skerryRoot(file);
  await putDriver(root);
  const command = "env >/home/user/environment; while true; do sleep 1; done";
  await using skerry = await SkerryProcess.start({
    program: root.enter([SKERRY]),
    args: ["--", "sh", "-c", command],
    timeout: 60_000,
  });
  await DesktopPage.open(browser, skerry.url);
  const environment = await until(
    "the program has written its environment",
    () => Deno.readTextFileSync(root.home("environment")),
  );
  assert.match(environment, /^DISPLAY=:/m);
  assert.match(environment, /^PATH=\/bin$/m);
  assert.doesNotMatch(environment, /^(LD_|GST_|DENO_|LIBVA_|SKERRY_(?!SESSION))/m);
  assert.ok(Deno.statSync(root.home("driver-was-loaded")).isFile);
  const licenses = await outcome(root.enter([SKERRY, "--licenses"]));
  assert.equal(licenses.code, 0);
  for (
    const text of ["libgstreamer1.0-0 (Debian package)", "/usr/share/common-licenses/LGPL-2.1\n"]
  ) {
    assert.ok(licenses.stdout.includes(text), text);
  }
  assert.match(licenses.stdout, /GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/);
}

/**
 * A library with the name of NVIDIA's, where distributions have theirs, that tells that it was loaded: the
 * encoder's plugin opens it by that name.
 */
async function putDriver(root: BusyboxRoot): Promise<void> {
  const folder = `${root.folder}/usr/lib64`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${root.folder}/driver.c`,
    `#include <fcntl.h>
    __attribute__((constructor)) static void loaded(void) {
      creat("${BusyboxRoot.HOME}/driver-was-loaded", 0600);
    }`,
  );
  const made = await outcome([
    ...["cc", "-shared", "-fPIC", "-o", `${folder}/libcuda.so.1`, `${root.folder}/driver.c`],
  ]);
  assert.equal(made.code, 0, made.stderr);
}

async function changed(file: string): Promise<void> {
  await using root = await skerryRoot(file);
  const version = async () => {
    const { code, stdout, stderr } = await outcome(root.enter([SKERRY, "--version"]));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^skerry \d/);
  };
  await version();
  const folder = root.home(`.cache/skerry/${inCache(root)[0]}`);
  const path = `${folder}/lib/libgstapp-1.0.so.0`;
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.subarray(1));
  // It is looked at once a day.
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await Deno.utime(`${folder}/complete`, yesterday, yesterday);
  await version();
  assert.equal((await Deno.stat(path)).size, whole.length);
  // What everybody could write to is not run.
  await Deno.writeTextFile(`${folder}/app/src/skerry.js`, "console.log('skerry 6.6.6');");
  await Deno.chmod(root.home(".cache/skerry"), 0o777);
  await version();
  assert.ok((await Deno.stat(`${folder}/app/src/skerry.js`)).size > 1000);
  assert.equal(((await Deno.stat(root.home(".cache/skerry"))).mode ?? 0) & 0o777, 0o700);
}

async function rootsOwn(file: string): Promise<void> {
  await using root = await skerryRoot(file);
  const env = { HOME: undefined, SKERRY_UNPACK_DIR: "/opt" };
  // As a container's image is built.
  const unpack = `
    SKERRY_UNPACK_DIR="$1/opt" "$1${SKERRY}" --version >/dev/null && chmod -R go+rX,go-w "$1/opt" ||
    exit 125`;
  const started = await outcome(root.enter([SKERRY, "--version"], { env, prepare: unpack }));
  assert.deepEqual({ code: started.code, stderr: started.stderr }, { code: 0, stderr: "" });
  assert.match(started.stdout, /^skerry \d/);
  // Where anybody can write, it may be anybody's.
  const open = `chmod go+w "$1/opt/skerry" || exit 125`;
  const refused = await outcome(root.enter([SKERRY, "--version"], { env, prepare: open }));
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /\/opt\/skerry: belongs to somebody else/);
}

async function cannotUnpack(file: string): Promise<void> {
  await using root = await skerryRoot(file);
  const noexec = `
    mount -t tmpfs -o noexec,mode=777 none "$1${BusyboxRoot.HOME}" || exit 125`;
  const first = await outcome(root.enter([SKERRY, "--version"], { prepare: noexec }));
  assert.equal(first.code, 1);
  assert.match(first.stderr, /\/home\/user\/\.cache\/skerry: programs cannot be run.*noexec/);
  const full = `
    mount -t tmpfs -o size=8m,mode=777 none "$1${BusyboxRoot.HOME}" || exit 125`;
  const second = await outcome(root.enter([SKERRY, "--version"], { prepare: full }));
  assert.equal(second.code, 1);
  assert.match(second.stderr, /unpacking failed: .*space/i);
  const homeless = await outcome(root.enter([SKERRY, "--version"], { env: { HOME: undefined } }));
  assert.equal(homeless.code, 1);
  assert.match(homeless.stderr, /--unpack-dir/);
  const told = await outcome(
    root.enter([SKERRY, "--unpack-dir", "/tmp/mine", "--version"], { env: { HOME: undefined } }),
  );
  assert.deepEqual({ code: told.code, stderr: told.stderr }, { code: 0, stderr: "" });
}

async function damaged(file: string): Promise<void> {
  await using root = await skerryRoot(file);
  const path = `${root.folder}${SKERRY}`;
  const { size } = await Deno.stat(path);
  {
    using copy = await Deno.open(path, { write: true });
    await copy.seek(size - 1_000_000, Deno.SeekMode.Start);
    await copy.write(new Uint8Array(100));
  }
  const { code, stderr } = await outcome(root.enter([SKERRY, "--version"]));
  assert.equal(code, 1);
  assert.match(stderr, /damaged.*Download it again/);
  assert.deepEqual(inCache(root), []);
}
