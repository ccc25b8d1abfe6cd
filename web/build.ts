/**
 * Builds the client into `web/dist`: two bundles and the plain files beside them. The same sources
 * make the same octets.
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
];
const PLAIN = ["index.html", "style.css", "icon.svg", "manifest.webmanifest"];

/** The bundler refused the sources. */
class BundleError extends Error {
  override readonly name = "BundleError";
}

/** @throws {BundleError} with what the bundler said. */
async function bundle(entry: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--platform",
      "browser",
      "--minify",
      "-o",
      path(output, dist),
      entry,
    ],
    cwd: path("./", here),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  throw new BundleError(`${entry} cannot be bundled:\n${new TextDecoder().decode(stderr)}`);
}

function path(relative: string, base: URL): string {
  return decodeURIComponent(new URL(relative, base).pathname);
}

await Deno.remove(dist, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await Deno.mkdir(dist);
await Promise.all([
  ...BUNDLES.map(({ entry, output }) => bundle(entry, output)),
  ...PLAIN.map((name) => Deno.copyFile(new URL(name, here), new URL(name, dist))),
]);
for await (const { name } of Deno.readDir(dist)) {
  const { size } = await Deno.stat(new URL(name, dist));
  console.log(`web/dist/${name}  ${(size / 1024).toFixed(1)} KiB`);
}
