/**
 * What Firefox compiles of itself at its first start with a profile. A profile that has it starts in two
 * thirds of the time, and every test has a profile of its own.
 *
 * @module
 */

/** Firefox takes the cache for another version's without the second. */
const PARTS = ["startupCache", "compatibility.ini"];

/** Gives a profile that is yet to be made the cache that an earlier one has left, if there is one. */
export async function takeStartupCache(program: string, profile: string): Promise<void> {
  const kept = await folderOf(program);
  if (kept !== undefined && await exists(kept)) await copy(kept, profile);
}

/** Keeps the cache of a profile whose Firefox has ended, unless there is one. */
export async function keepStartupCache(program: string, profile: string): Promise<void> {
  const kept = await folderOf(program);
  if (kept === undefined || await exists(kept)) return;
  for (const part of PARTS) if (!await exists(`${profile}/${part}`)) return;
  const parent = kept.slice(0, kept.lastIndexOf("/"));
  await Deno.mkdir(parent, { recursive: true, mode: 0o700 });
  const unfinished = await Deno.makeTempDir({ dir: parent });
  await copy(profile, unfinished);
  // Whoever was sooner has the same.
  await Deno.rename(unfinished, kept).catch(() => Deno.remove(unfinished, { recursive: true }));
}

/** One for each Firefox that is installed, since none takes another's. */
async function folderOf(program: string): Promise<string | undefined> {
  const home = Deno.env.get("HOME");
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? (home && `${home}/.cache`);
  const { mtime } = await Deno.stat(await Deno.realPath(program));
  return cache && `${cache}/skerry-tests/firefox-${mtime?.getTime() ?? 0}`;
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  const paths = PARTS.map((part) => `${from}/${part}`);
  const { success } = await new Deno.Command("cp", { args: ["-R", ...paths, to] }).output();
  if (!success) throw new Error(`${paths.join(" and ")} cannot be copied to ${to}.`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
