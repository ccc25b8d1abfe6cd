/**
 * Finding shared libraries and what they need.
 *
 * @module
 */

/** Something that is needed and not installed; the message is for whoever builds. */
export class NotInstalledError extends Error {
  override name = "NotInstalledError";
}

/** The shared objects that a program or library is linked to. */
export interface Links {
  /** Paths, by the names that the dynamic linker looks for. */
  readonly libraries: ReadonlyMap<string, string>;
  /** The dynamic linker; undefined for a library that names none. */
  readonly loader: string | undefined;
}

/**
 * @param path A program or a shared library.
 * @throws {NotInstalledError} if one of what it needs is not installed.
 */
export async function linksOf(path: string): Promise<Links> {
  const text = await run("ldd", path);
  const libraries = new Map<string, string>();
  let loader: string | undefined;
  for (const line of text.split("\n")) {
    const missing = /^\s*(\S+) => not found/.exec(line);
    if (missing) {
      throw new NotInstalledError(`"${path}" needs "${missing[1]}", which is not installed.`);
    }
    const [, name, where] = /^\s*(\S+) => (\/\S+) \(/.exec(line) ?? [];
    if (name && where) libraries.set(name, where);
    loader = /^\s*(\/\S*ld-linux\S*) \(/.exec(line)?.[1] ?? loader;
  }
  return { libraries, loader };
}

/**
 * @param soname Such as `libgstapp-1.0.so.0`.
 * @returns Its path by the linker's cache; undefined if it is not installed.
 */
export async function findLibrary(soname: string): Promise<string | undefined> {
  const cache = await run("/sbin/ldconfig", "-p");
  const machine = Deno.build.arch === "aarch64" ? "AArch64" : "x86-64";
  return cache.split("\n").find((line) => line.trim().startsWith(`${soname} (libc6,${machine}`))
    ?.split(" => ")[1];
}

/**
 * Runs a program to its end.
 *
 * @returns What it printed.
 * @throws {Error} if it fails, with what it said.
 */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { LC_ALL: "C" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`${program} ${args.join(" ")} failed: ${decoder.decode(stderr).trim()}`);
  }
  return decoder.decode(stdout);
}
