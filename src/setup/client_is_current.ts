/**
 * Ends with 0 if the built client is newer than everything that it is built from, else with 1.
 *
 * @module
 */

const BUILT = ["index.html", "main.js", "worker.js", "worklet.js", "style.css"]
  .map((name) => `web/dist/${name}`);
const SOURCES = ["web", "src/protocol", "deno.json", "deno.lock"];

/** When the newest file below a path changed, in milliseconds since 1970; folders do not count. */
async function newest(path: URL, skip: ReadonlySet<string>): Promise<number> {
  const { isDirectory, mtime } = await Deno.stat(path);
  if (!isDirectory) return mtime?.getTime() ?? Infinity;
  const times: number[] = [0];
  const folder = new URL(`${path.href}/`);
  for await (const { name } of Deno.readDir(folder)) {
    const inner = new URL(encodeURIComponent(name), folder);
    if (!skip.has(inner.href)) times.push(await newest(inner, skip));
  }
  return Math.max(...times);
}

/**
 * Whether the client needs no building.
 *
 * @param root The folder of the project, with a slash at its end.
 */
export async function clientIsCurrent(root: URL): Promise<boolean> {
  const built = await Promise.all(BUILT.map(async (path) => {
    const file = await Deno.stat(new URL(path, root)).catch(() => undefined);
    return file?.mtime?.getTime() ?? -Infinity;
  }));
  const skip = new Set([new URL("web/dist", root).href]);
  const sources = await Promise.all(SOURCES.map((path) => newest(new URL(path, root), skip)));
  return Math.min(...built) >= Math.max(...sources);
}

if (import.meta.main) {
  Deno.exit(await clientIsCurrent(new URL("../../", import.meta.url)) ? 0 : 1);
}
