import assert from "node:assert/strict";
import { request } from "node:http";
import type { SessionAnswer } from "../../src/http/app.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

const SHOW_NOTHING = ["--", "sleep", "600"];

/** What `POST api/session` answers on a Unix socket. */
function askSession(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const options = { socketPath: path, method: "POST", path: "/api/session", headers };
    const asked = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => text += part);
      response.on("end", () => resolve({ status: response.statusCode!, body: JSON.parse(text) }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

Deno.test("--listen unix:PATH serves on a private socket and says how to reach it", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/run/skerry.socket`;
  const listen = ["--listen", `unix:${path}`];
  try {
    {
      await using skerry = await SkerryProcess.start({ args: [...listen, ...SHOW_NOTHING] });
      assert.match(skerry.url, /^http:\/\/127\.0\.0\.1:8080\/#token=[A-Za-z0-9_-]{32}$/);
      assert.ok((await skerry.logged(/ssh -L \S+ \S+/)).startsWith(`ssh -L 8080:${path} `));
      assert.equal((await Deno.lstat(path)).mode! & 0o777, 0o600);
      assert.equal((await Deno.stat(`${folder}/run`)).mode! & 0o777, 0o700);
      const authorization = `Bearer ${skerry.token}`;
      assert.equal((await askSession(path, {})).status, 401);
      const { body, status } = await askSession(path, { authorization });
      assert.equal(status, 200);
      // The page comes from another machine: UDP of this one's loopback address is of no use there.
      assert.deepEqual((body as SessionAnswer).transports, ["websocket"]);

      const health = await SkerryProcess.run({ args: ["health", ...listen] });
      assert.equal(health.code, 0, health.stdout);
      assert.match(health.stdout, /"status":"ok"/);
      const second = await SkerryProcess.run({ args: [...listen, ...SHOW_NOTHING] });
      assert.equal(second.code, 1);
      assert.match(second.stderr, /Another program serves the socket/);
      skerry.kill("SIGKILL");
      await skerry.exited;
    }
    const dead = await SkerryProcess.run({ args: ["health", ...listen] });
    assert.equal(dead.code, 1);
    {
      // What was killed has left its socket, which is no obstacle.
      assert.ok((await Deno.lstat(path)).isSocket);
      await using skerry = await SkerryProcess.start({
        args: [...listen, "--webtransport-listen", "127.0.0.1:0", ...SHOW_NOTHING],
      });
      const authorization = `Bearer ${skerry.token}`;
      const body = (await askSession(path, { authorization })).body as SessionAnswer;
      assert.deepEqual(body.transports, ["webtransport", "websocket"]);
      assert.equal(body.webtransport?.hostname, "127.0.0.1");
      assert.equal((await skerry.stop()).code, 0);
    }
    assert.deepEqual([...Deno.readDirSync(`${folder}/run`)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("--listen unix:PATH refuses a directory that others can enter", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.chmod(folder, 0o755);
    const args = ["--listen", `unix:${folder}/socket`, ...SHOW_NOTHING];
    const { code, stderr } = await SkerryProcess.run({ args });
    assert.equal(code, 1);
    assert.match(stderr, /^skerry: Other users can enter the directory .*chmod 700/m);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
