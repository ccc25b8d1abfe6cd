import assert from "node:assert/strict";
import configuration from "../../deno.json" with { type: "json" };
import { SkerryProcess } from "../support/skerry_process.ts";

Deno.test("skerry --help prints the options and ends", async () => {
  const { code, stdout, stderr } = await SkerryProcess.run({ args: ["--help"] });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Usage: skerry \[options\] \[-- COMMAND/);
  assert.match(stdout, /--listen HOST:PORT/);
});

Deno.test("skerry --version prints the version and ends", async () => {
  const { code, stdout } = await SkerryProcess.run({ args: ["--version"] });
  assert.equal(code, 0);
  assert.equal(stdout, `skerry ${configuration.version}\n`);
});

Deno.test("skerry says in a sentence which option it does not take, and starts nothing", async () => {
  const cases: [string[], Record<string, string>, RegExp][] = [
    [["--sise", "1x1"], {}, /^skerry: The option "--sise" is not known\. Did you mean "--size"\?$/],
    [["--fps", "0"], {}, /^skerry: The option --fps does not take "0": it takes a whole number/],
    [[], { SKERRY_AUTH: "no" }, /^skerry: The variable SKERRY_AUTH does not take "no"/],
  ];
  for (const [args, env, message] of cases) {
    const { code, stdout, stderr } = await SkerryProcess.run({ args, env });
    assert.notEqual(code, 0);
    assert.equal(stdout, "");
    assert.match(stderr.trim(), message);
    assert.doesNotMatch(stderr, /\n +at /);
  }
});

Deno.test("skerry says in a line of JSON what is wrong, where its log is JSON", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken = ["--listen", `127.0.0.1:${listener.addr.port}`];
  const variable = { SKERRY_LOG_FORMAT: "json" };
  const cases: [string[], Record<string, string>, number, RegExp][] = [
    [["--log-format", "json", "--sise", "1x1"], {}, 64, /^The option "--sise" is not known/],
    [["--log-format=json", "--fps", "0"], {}, 64, /^The option --fps does not take "0"/],
    [["--fps", "0", "--", "x", "--log-format=text"], variable, 64, /^The option --fps/],
    [taken, variable, 1, /^Another program listens on /],
  ];
  for (const [args, env, expected, message] of cases) {
    const { code, stdout, stderr } = await SkerryProcess.run({ args, env });
    assert.equal(code, expected);
    assert.equal(stdout, "");
    const lines = stderr.trim().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.at(-1).level, "FATAL", stderr);
    assert.equal(lines.at(-1).logger, "skerry");
    assert.match(lines.at(-1).message, message);
  }
  // The last that is said counts.
  const args = ["--log-format", "text", "--fps", "0"];
  const { stderr } = await SkerryProcess.run({ args, env: variable });
  assert.match(stderr, /^skerry: The option --fps/);
});

Deno.test("skerry says that the port is taken, and what to do", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  const { code, stdout, stderr } = await SkerryProcess.run({ args: ["--listen", address] });
  assert.notEqual(code, 0);
  assert.equal(stdout, "");
  assert.ok(stderr.includes(`Another program listens on ${address} already.`), stderr);
  assert.match(stderr, /--listen 127\.0\.0\.1:0/);
});

Deno.test("skerry serves the client at the URL that it prints, and ends on SIGTERM", async () => {
  await using skerry = await SkerryProcess.start();
  assert.match(skerry.url, /^http:\/\/127\.0\.0\.1:\d+\/#token=[A-Za-z0-9_-]{32}$/);
  const page = await fetch(skerry.url);
  assert.match(await page.text(), /<script type="module" src="[^"]*main\.js"/);
  const health = await fetch(`${skerry.origin}healthz`);
  assert.equal((await health.json()).status, "ok");
  const login = await fetch(`${skerry.origin}api/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: skerry.token }),
  });
  assert.equal(login.status, 200);
  await login.body?.cancel();
  assert.ok(!skerry.stderr.includes(skerry.token), "The token is in the log.");
  const { code, signal } = await skerry.stop();
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
});
