import assert from "node:assert/strict";
import { SkerryProcess } from "../support/skerry_process.ts";

Deno.test("--token-file and --url-file keep the token out of the list of processes and the output", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/token`, "open sesame, please\nand more\n");
    {
      await using skerry = await SkerryProcess.start({
        args: [
          "--token-file",
          `${folder}/token`,
          "--url-file",
          `${folder}/url`,
          "--",
          "sleep",
          "600",
        ],
      });
      assert.doesNotMatch(skerry.stdout + skerry.stderr, /sesame/);
      const url = `${folder}/url`;
      const withToken = `${skerry.url}#token=open%20sesame%2C%20please`;
      assert.equal((await Deno.readTextFile(url)).trim(), withToken);
      assert.equal((await Deno.stat(url)).mode! & 0o777, 0o600);
      const { host } = new URL(skerry.url);
      const health = await SkerryProcess.run({ args: ["health", "--listen", host] });
      assert.equal(health.code, 0);
      assert.match(health.stdout, /"status":"ok"/);
    }
    await assert.rejects(Deno.stat(`${folder}/url`), Deno.errors.NotFound);
    const nobody = await SkerryProcess.run({ args: ["health", "--listen", "127.0.0.1:1"] });
    assert.equal(nobody.code, 1);
    assert.match(nobody.stdout, /refused/i);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("--token-file says what is wrong with the file", async () => {
  for (
    const [path, message] of [["/nowhere", /is not there/], ["/dev/null", /is empty/]] as const
  ) {
    const { code, stderr } = await SkerryProcess.run({
      args: ["--listen", "127.0.0.1:0", "--token-file", path, "--", "sleep", "600"],
    });
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
});
