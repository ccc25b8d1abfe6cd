import assert from "node:assert/strict";
import { RemoteDesktop, xServerOf } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

interface Health {
  readonly status: string;
  readonly state: string;
}

async function health(skerry: SkerryProcess): Promise<Health> {
  return await (await fetch(`${skerry.origin}healthz`)).json();
}

for (const server of ["xvnc", "xvfb"]) {
  Deno.test(`skerry starts its display again when ${server} is killed, each time`, async () => {
    // Its program dies with the X server, and is often seen to be dead first.
    const args = ["--x-server", server, "--", "xterm"];
    await using skerry = await SkerryProcess.start({ args });
    for (let times = 0; times < 3; times++) {
      const killed = await xServerOf(skerry.pid);
      {
        await using remote = await RemoteDesktop.of(skerry.pid);
        await remote.window();
      }
      Deno.kill(killed, "SIGKILL");
      await until(
        "there is another X server, and it is live",
        async () =>
          await xServerOf(skerry.pid) !== killed && (await health(skerry)).state === "live",
      );
    }
    assert.equal((await health(skerry)).status, "ok");
    assert.match(skerry.stderr, /The display is lost/);
  });
}

Deno.test("skerry ends when its program has, with the program's exit code", async () => {
  const { code, stderr } = await SkerryProcess.run({
    args: ["--listen", "127.0.0.1:0", "--", "sh", "-c", "sleep 0.2; exit 7"],
  });
  assert.equal(code, 7, stderr);
});
