import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** What runs after the handlers are there; it ends by itself after a moment. */
async function runScript(body: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = `
    import { configureLogging } from "${ROOT}src/logging.ts";
    import { surviveMishaps } from "${ROOT}src/mishaps.ts";
    await configureLogging("info");
    const survival = surviveMishaps();
    ${body}
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log("went on");
  `;
  const config = decodeURIComponent(new URL("deno.json", ROOT).pathname);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", config, script],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("surviveMishaps() goes on after a rejection and an exception that nobody catches, and tells both", async () => {
  const { code, stdout, stderr } = await runScript(`
    Promise.reject(new TypeError("of nobody"));
    setTimeout(() => { throw new RangeError("in a callback"); });
  `);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "went on\n");
  assert.match(stderr, /A mistake in Skerry[^\n]*TypeError: of nobody\n\s+at /);
  assert.match(stderr, /A mistake in Skerry[^\n]*RangeError: in a callback\n\s+at /);
});

Deno.test("surviveMishaps() tells no more than a hundred", async () => {
  const { stdout, stderr } = await runScript(
    `for (let i = 0; i < 500; i++) Promise.reject(new Error("again"));`,
  );
  assert.equal(stdout, "went on\n");
  assert.equal(stderr.split("A mistake in Skerry").length - 1, 100);
});

Deno.test("surviveMishaps() leaves all as it was when it is disposed", async () => {
  const { code, stdout, stderr } = await runScript(`
    survival[Symbol.dispose]();
    Promise.reject(new TypeError("of nobody"));
  `);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /of nobody/);
});
