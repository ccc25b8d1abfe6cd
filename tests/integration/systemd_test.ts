import assert from "node:assert/strict";
import { parseSettings } from "../../src/settings.ts";

const UNIT = new URL("../../packaging/systemd/skerry.service", import.meta.url).pathname;

const installed = (() => {
  try {
    return Deno.statSync("/usr/bin/systemd-analyze").isFile;
  } catch {
    return false;
  }
})();

/** What systemd has to say of a unit file; nothing if it is good. */
async function complaints(unit: string, home: string): Promise<string> {
  const { stderr } = await new Deno.Command("systemd-analyze", {
    args: ["verify", "--user", "--man=no", unit],
    env: { HOME: home, XDG_RUNTIME_DIR: home },
  }).output();
  return new TextDecoder().decode(stderr).trim();
}

Deno.test({
  name: "systemd takes the unit file",
  ignore: !installed,
  fn: async () => {
    const home = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${home}/.local/bin`, { recursive: true });
      await Deno.writeTextFile(`${home}/.local/bin/skerry`, "#!/bin/sh\n", { mode: 0o755 });
      assert.equal(await complaints(UNIT, home), "");
      const unit = await Deno.readTextFile(UNIT);
      await Deno.writeTextFile(`${home}/bad.service`, unit.replace("NoNew", "NoNewest"));
      assert.match(await complaints(`${home}/bad.service`, home), /NoNewestPrivileges/);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});

Deno.test("the options in systemd's unit file are taken, and its journal gets no token", async () => {
  const unit = await Deno.readTextFile(UNIT);
  const [, ...args] = /^ExecStart=(.*)$/m.exec(unit)![1]!.split(" ");
  const request = parseSettings(args, {});
  assert.ok(request.action === "run" && request.settings.urlFile !== undefined);
  assert.deepEqual(request.warnings, []);
  assert.match(unit, /^StandardOutput=null$/m);
});
