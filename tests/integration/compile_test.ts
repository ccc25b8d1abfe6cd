import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Runs compile.sh with Deno's own binary at hand, which is not the runtime that it wants. */
async function compile(
  output: string,
  env: Record<string, string>,
  options: readonly string[] = [],
) {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["compile.sh", ...options, "--output", output],
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

const TARGET = "aarch64-unknown-linux-gnu";

/**
 * A Deno for compile.sh that does something else when it is to compile.
 *
 * @returns Its path.
 */
async function denoWith(folder: string, compiling: string): Promise<string> {
  const path = `${folder}/deno`;
  const script = `#!/bin/sh
[ "$1" = compile ] || exec "${Deno.execPath()}" "$@"
printf '%s\\n' "$@" >"${folder}/arguments"
while [ "$1" != --output ]; do shift; done
output=$2
${compiling}
`;
  await Deno.writeTextFile(path, script, { mode: 0o755 });
  return path;
}

Deno.test("compile.sh makes an executable for another kind of machine, which it does not run", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // It would not run here.
    const DENO = await denoWith(folder, `echo "another machine's" >"$output"`);
    const output = `${folder}/made/skerry`;
    const { code, message } = await compile(output, { DENO }, ["--target", TARGET]);
    assert.equal(code, 0, message);
    assert.equal(await Deno.readTextFile(output), "another machine's\n");
    const given = await Deno.readTextFile(`${folder}/arguments`);
    assert.match(given, new RegExp(`^--target\n${TARGET}$`, "m"));
    const names = [...Deno.readDirSync(`${folder}/made`)].map(({ name }) => name);
    assert.deepEqual(names, ["skerry"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("compile.sh says what to do when Deno cannot fetch its runtime, and leaves no file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Deno itself with nothing in its cache, and a proxy that nobody is at.
    await Deno.writeTextFile(`${folder}/empty.ts`, "");
    const fetching = `
      export DENO_DIR="${folder}/cache" HTTPS_PROXY=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
      unset NO_PROXY no_proxy
      exec "${Deno.execPath()}" compile --no-config --output "$output" "${folder}/empty.ts"`;
    const DENO = await denoWith(folder, fetching);
    const options = ["--target", TARGET];
    const { code, message } = await compile(`${folder}/made/skerry`, { DENO }, options);
    assert.equal(code, 1);
    assert.match(message, /compile\.sh: Deno could not fetch denort/);
    assert.match(message, /download denort of "deno \d/);
    const again = ["DENORT_BIN=/path/to/denort sh compile.sh", ...options].join(" ");
    assert.ok(message.trimEnd().endsWith(again), message);
    assert.deepEqual([...Deno.readDirSync(`${folder}/made`)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
