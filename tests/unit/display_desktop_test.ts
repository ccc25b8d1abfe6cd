import assert from "node:assert/strict";
import { DRIVER_FOLDERS } from "../../ffi/mod.ts";
import {
  bringsWindowManager,
  defaultCommand,
  programEnvironment,
} from "../../src/display/desktop.ts";

Deno.test("programEnvironment() hides Skerry's settings and other displays from programs", () => {
  const env = programEnvironment(
    {
      PATH: "/bin",
      SKERRY_TOKEN: "secret",
      DISPLAY: ":0",
      XAUTHORITY: "/other",
      WAYLAND_DISPLAY: "wayland-0",
      LANG: "de_DE.UTF-8",
    },
    "session",
    { name: ":7", authority: "/run/authority" },
  );
  assert.deepEqual(env, {
    PATH: "/bin",
    DISPLAY: ":7",
    XAUTHORITY: "/run/authority",
    LANG: "de_DE.UTF-8",
    SKERRY_SESSION: "session",
    XDG_SESSION_TYPE: "x11",
  });
});

Deno.test("programEnvironment() hides what the portable file's Deno and GStreamer have", () => {
  const own = {
    PATH: "/cache/node_compat_bin:/usr/bin:/bin",
    DENO_DIR: "/cache",
    SKERRY_BUNDLE: "/cache",
  };
  const { PATH, DENO_DIR, LIBVA_DRIVERS_PATH } = programEnvironment(
    { ...own, [DRIVER_FOLDERS.name]: DRIVER_FOLDERS.value },
    "s",
  );
  assert.deepEqual([PATH, DENO_DIR, LIBVA_DRIVERS_PATH], ["/usr/bin:/bin", undefined, undefined]);
  const set = programEnvironment({ ...own, LIBVA_DRIVERS_PATH: "/users/own" }, "s");
  assert.equal(set.LIBVA_DRIVERS_PATH, "/users/own");
});

Deno.test("programEnvironment() gives programs a UTF-8 locale when there is none", () => {
  assert.equal(programEnvironment({}, "s").LANG, "C.UTF-8");
  const posix = programEnvironment({ LANG: "en_US.UTF-8", LC_ALL: "C" }, "s");
  assert.equal(posix.LANG, "C.UTF-8");
  assert.equal(posix.LC_ALL, undefined);
  assert.equal(programEnvironment({ LC_ALL: "fr_FR.utf8" }, "s").LC_ALL, "fr_FR.utf8");
});

Deno.test("bringsWindowManager() knows sessions from programs", () => {
  for (const name of ["startxfce4", "/usr/bin/mate-session", "openbox", "i3", "gnome-session"]) {
    assert.ok(bringsWindowManager([name]), name);
  }
  for (const name of ["xterm", "firefox", "/opt/app/startup", "libreoffice"]) {
    assert.ok(!bringsWindowManager([name]), name);
  }
});

Deno.test("defaultCommand() fits the terminal into the display", () => {
  const geometry = (width: number, height: number) => {
    const command = defaultCommand({ width, height });
    return command.includes("-geometry") ? command[command.indexOf("-geometry") + 1] : undefined;
  };
  // Without xterm it is another terminal, which decides by itself.
  if (geometry(1280, 720) === undefined) return;
  assert.equal(geometry(1280, 720), "100x30");
  assert.equal(geometry(800, 600), "84x30");
  assert.equal(geometry(320, 200), "31x8");
  assert.equal(geometry(64, 64), "20x5");
});
