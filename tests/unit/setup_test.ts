import assert from "node:assert/strict";
import { type Host, install } from "../../src/setup/installer.ts";
import { type Need, PURPOSES } from "../../src/setup/need.ts";
import { installCommand, NEEDS, packagesFor } from "../../src/setup/packages.ts";
import { findMissing, type System, thisSystem } from "../../src/setup/probe.ts";

/** A system that has these files. */
function systemWith(...files: string[]): System {
  return {
    programs: ["/usr/bin"],
    libraries: ["/lib"],
    plugins: ["/lib/gstreamer-1.0"],
    exists: (path) => Promise.resolve(files.includes(path)),
  };
}

function need(what: string): Need {
  const found = NEEDS.find((need) => need.what === what);
  assert.ok(found, what);
  return found;
}

/** A host that records what is run; commands that contain a key of `codes` end with its code. */
function fakeHost(options: Partial<Host> & { codes?: Record<string, number[]> } = {}) {
  const ran: string[] = [];
  const printed: string[] = [];
  const host: Host = {
    isRoot: true,
    isTerminal: false,
    has: () => Promise.resolve(true),
    hasPackageLists: () => Promise.resolve(true),
    run(command) {
      const line = command.join(" ").replace(/env DEBIAN_FRONTEND=\S+ | -q\b| -o=\S+/g, "");
      ran.push(line);
      const key = Object.keys(options.codes ?? {}).find((part) => line.includes(part));
      return Promise.resolve(key === undefined ? 0 : options.codes![key]!.shift() ?? 0);
    },
    ask: () => assert.fail("Nobody is there to ask."),
    missing: () => Promise.resolve([]),
    print: (line) => printed.push(line),
    ...options,
  };
  return { host, ran, printed };
}

const OPENBOX = need("the window manager openbox");
const FONT = need("a font");

Deno.test("NEEDS names packages for every manager and purpose", () => {
  for (const { what, packages, probe, purposes } of NEEDS) {
    for (const names of Object.values(packages)) {
      assert.ok(names.length > 0, what);
      for (const name of names) assert.match(name, /^[a-z0-9][A-Za-z0-9.+_-]+$/, what);
    }
    assert.ok(probe.names.length > 0 && purposes.length > 0, what);
  }
  for (const purpose of PURPOSES) {
    assert.ok(NEEDS.some(({ purposes }) => purposes.includes(purpose)));
  }
});

Deno.test("packagesFor() names each package once", () => {
  const encoders = NEEDS.filter(({ what }) => /encoder/.test(what));
  const packages = packagesFor(encoders, "apt");
  assert.equal(new Set(packages).size, packages.length);
  assert.ok(packages.includes("gstreamer1.0-plugins-ugly"));
});

Deno.test("installCommand() is what a person types", () => {
  assert.equal(
    installCommand([OPENBOX, FONT], "apt"),
    "apt-get install --no-install-recommends openbox fonts-dejavu-core",
  );
  assert.equal(installCommand([OPENBOX], "dnf"), "dnf install openbox");
  assert.equal(installCommand([OPENBOX], "pacman"), "pacman -S --needed openbox");
});

Deno.test("findMissing() finds all of an empty system, by purpose", async () => {
  const missing = await findMissing("start", systemWith());
  assert.ok(missing.includes(OPENBOX));
  assert.ok(!missing.some(({ what }) => what === "Chromium"));
  assert.ok((await findMissing("test", systemWith())).some(({ what }) => what === "Chromium"));
});

Deno.test("findMissing() takes one of several ways to meet a need", async () => {
  const server = need("a virtual X server");
  const resizing = need("an X server that resizes (Xvnc)");
  const withXvfb = await findMissing("start", systemWith("/usr/bin/Xvfb"));
  assert.ok(!withXvfb.includes(server));
  assert.ok(withXvfb.includes(resizing));
  const withTurbo = await findMissing("start", systemWith("/opt/TurboVNC/bin/Xvnc"));
  assert.ok(!withTurbo.includes(server) && !withTurbo.includes(resizing));
  const withPlugin = await findMissing("start", systemWith("/lib/gstreamer-1.0/libgstx264.so"));
  assert.ok(!withPlugin.includes(need("a video encoder")));
});

Deno.test("thisSystem() looks where the environment says first", () => {
  const system = thisSystem({ PATH: "/a:/b", GST_PLUGIN_PATH: "/plugins", LD_LIBRARY_PATH: "" });
  assert.deepEqual(system.programs.slice(0, 2), ["/a", "/b"]);
  assert.equal(system.plugins[0], "/plugins");
  assert.ok(!system.libraries.includes(""));
});

Deno.test("install() does nothing when nothing is missing", async () => {
  const { host, ran, printed } = fakeHost();
  assert.equal(await install([], host), "complete");
  assert.deepEqual([ran, printed], [[], []]);
});

Deno.test("install() goes ahead as root without a terminal, and says what it installs", async () => {
  const { host, ran, printed } = fakeHost();
  assert.equal(await install([OPENBOX, FONT], host), "complete");
  assert.deepEqual(ran, [
    "apt-get install -y --no-install-recommends openbox fonts-dejavu-core",
  ]);
  assert.match(printed.join("\n"), /Packages to install: openbox fonts-dejavu-core/);
});

Deno.test("install() asks on a terminal unless told not to", async () => {
  const asked: string[] = [];
  const ask = (answer: boolean) => (question: string) => {
    asked.push(question);
    return answer;
  };
  const no = fakeHost({ isTerminal: true, ask: ask(false) });
  assert.equal(await install([OPENBOX], no.host), "missing");
  assert.deepEqual(no.ran, []);
  const yes = fakeHost({ isTerminal: true, ask: ask(true) });
  assert.equal(await install([OPENBOX], yes.host), "complete");
  assert.equal(yes.ran.length, 1);
  assert.equal(asked.length, 2);
  const told = fakeHost({ isTerminal: true });
  assert.equal(await install([OPENBOX], told.host, { yes: true }), "complete");
});

Deno.test("install() gets the lists of packages first when there are none", async () => {
  const { host, ran } = fakeHost({ hasPackageLists: () => Promise.resolve(false) });
  assert.equal(await install([OPENBOX], host), "complete");
  assert.deepEqual(ran, [
    "apt-get update",
    "apt-get install -y --no-install-recommends openbox",
  ]);
});

Deno.test("install() gets the lists again when the installation fails", async () => {
  const { host, ran } = fakeHost({ codes: { install: [100, 0], update: [100] } });
  assert.equal(await install([OPENBOX], host), "complete");
  assert.deepEqual(ran.map((line) => line.split(" ")[1]), ["install", "update", "install"]);
});

Deno.test("install() fails with the command when apt fails", async () => {
  const { host, printed } = fakeHost({
    codes: { install: [100, 100] },
    missing: () => Promise.resolve([OPENBOX]),
  });
  assert.equal(await install([OPENBOX, FONT], host), "missing");
  assert.match(printed.join("\n"), /apt-get install --no-install-recommends openbox /);
});

Deno.test("install() uses sudo where it may", async () => {
  const { host, ran } = fakeHost({ isRoot: false });
  assert.equal(await install([OPENBOX], host), "complete");
  assert.match(ran[0]!, /^sudo -n true$/);
  assert.match(ran[1]!, /^sudo -n apt-get install/);
  const refused = fakeHost({ isRoot: false, codes: { "sudo -n true": [1] } });
  assert.equal(await install([OPENBOX], refused.host), "missing");
  assert.equal(refused.ran.length, 1);
  const terminal = fakeHost({ isRoot: false, isTerminal: true, ask: () => true });
  assert.equal(await install([OPENBOX], terminal.host), "complete");
  assert.match(terminal.ran[0]!, /^sudo apt-get install/);
});

Deno.test("install() prints the commands of all systems where there is no apt", async () => {
  const { host, ran, printed } = fakeHost({ has: () => Promise.resolve(false) });
  assert.equal(await install([OPENBOX], host), "missing");
  assert.deepEqual(ran, []);
  const text = printed.join("\n");
  for (const manager of ["apt", "dnf", "pacman"] as const) {
    assert.ok(text.includes(installCommand([OPENBOX], manager)), manager);
  }
});

Deno.test("install() is content when only what is not required is missing", async () => {
  const { host, printed } = fakeHost({ has: () => Promise.resolve(false) });
  assert.equal(await install([FONT], host), "usable");
  assert.match(printed.join("\n"), /works without these/);
});
