/**
 * Builds the client into `web/dist`: bundles, the plain files beside them, and a WebAssembly module out
 * of a package. The same sources make the same octets.
 *
 *     deno run --allow-read --allow-write --allow-run web/build.ts
 *
 * @module
 */
/// <reference lib="deno.ns" />

const here = new URL("./", import.meta.url);
const dist = new URL("dist/", here);

const BUNDLES = [
  { entry: "main.ts", output: "main.js" },
  { entry: "worker/main.ts", output: "worker.js" },
  { entry: "audio/worklet.ts", output: "worklet.js" },
  { entry: "audio/opus_package.ts", output: "opus.js" },
];
/** Modules that packages have in their scripts, in base64: a file is smaller, and compressed on its way. */
const MODULES = [{ entry: "worker/tiny_h264_package.ts", output: "tinyh264.wasm" }];
const PLAIN = [
  "index.html",
  "style.css",
  "icon.svg",
  "icon-192.png",
  "icon-512.png",
  "icon-maskable-512.png",
  "apple-touch-icon.png",
  "manifest.webmanifest",
];

/** The bundler refused the sources. */
class BundleError extends Error {
  override readonly name = "BundleError";
}

/**
 * @param folder Where the bundle is written.
 * @throws {BundleError} with what the bundler said.
 */
async function bundle(entry: string, folder: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--minify"],
      ...["-o", `${folder}/${output}`, entry],
    ],
    cwd: here,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  throw new BundleError(`${entry} cannot be bundled:\n${new TextDecoder().decode(stderr)}`);
}

/**
 * Takes the WebAssembly module out of a package's script. The bundler finds the script, in whatever way
 * packages are kept here, and checks it against the lock file.
 *
 * @throws {BundleError} if there is none.
 */
async function extractModule(folder: string, entry: string, output: string): Promise<void> {
  await bundle(entry, folder, `${output}.js`);
  const script = await Deno.readTextFile(`${folder}/${output}.js`);
  const [, base64] = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)/.exec(script) ?? [];
  if (base64 === undefined) throw new BundleError(`${entry} has no module in it`);
  await Deno.writeFile(`${folder}/${output}`, Uint8Array.fromBase64(base64));
}

/** Replaces a file of the client as a whole: a server may read the folder meanwhile. */
async function place(from: string | URL, name: string): Promise<void> {
  const unfinished = new URL(`${name}.new`, dist);
  await Deno.copyFile(from, unfinished);
  await Deno.rename(unfinished, new URL(name, dist));
  const { size } = await Deno.stat(new URL(name, dist));
  console.log(`web/dist/${name}  ${(size / 1024).toFixed(1)} KiB`);
}

const folder = await Deno.makeTempDir({ prefix: "skerry-build-" });
try {
  // One after the other: at the very first time each would fetch the bundler to the same place.
  for (const { entry, output } of BUNDLES) await bundle(entry, folder, output);
  for (const { entry, output } of MODULES) await extractModule(folder, entry, output);
  await Deno.mkdir(dist, { recursive: true });
  for (const { output } of [...BUNDLES, ...MODULES]) await place(`${folder}/${output}`, output);
  for (const name of PLAIN) await place(new URL(name, here), name);
  const names = new Set([...PLAIN, ...[...BUNDLES, ...MODULES].map(({ output }) => output)]);
  for await (const { name } of Deno.readDir(dist)) {
    if (!names.has(name)) await Deno.remove(new URL(name, dist), { recursive: true });
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
