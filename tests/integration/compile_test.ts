import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Runs compile.sh with Deno's own binary at hand, which is not the runtime that it wants. */
async function compile(output: string, env: Record<string, string>) {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["compile.sh", "--output", output],
    cwd: ROOT,
    env: { DENO: Deno.execPath(), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, message: new TextDecoder().decode(stderr) };
}

Deno.test("compile.sh leaves what was there when it fails, and says why", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const output = `${folder}/skerry`;
    await Deno.writeTextFile(output, "the executable of yesterday");
    const missing = await compile(output, { DENORT_BIN: `${folder}/nowhere` });
    assert.equal(missing.code, 1);
    assert.ok(missing.message.includes(`There is no file "${folder}/nowhere" (DENORT_BIN).`));
    // Deno itself in the place of its runtime gives a file that runs and is not Skerry.
    const wrong = await compile(output, { DENORT_BIN: Deno.execPath() });
    assert.equal(wrong.code, 1);
    assert.match(wrong.message, /The executable does not run: it says "deno /);
    assert.equal(await Deno.readTextFile(output), "the executable of yesterday");
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assert.deepEqual(names, ["skerry"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
