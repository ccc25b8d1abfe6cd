/**
 * Makes the portable file: Deno, the application, GStreamer and what they need, with an X server, in a
 * script that unpacks itself. Nothing is needed where it runs but a kernel, a shell, tar and gzip.
 *
 *   deno run -A packaging/portable/build.ts [--without-gpl] [--quick] [--output FILE]
 *
 * With `--quick` it is larger and made sooner, for tests.
 *
 * @module
 */

import { parseArgs } from "node:util";
import config from "../../deno.json" with { type: "json" };
import {
  C_LIBRARY_PARTS,
  LIBRARIES,
  type Part,
  partsFor,
  PLUGINS,
  SOUND_SERVER,
  X_SERVERS,
} from "./contents.ts";
import { findLibrary, linksOf, NotInstalledError, run } from "./libraries.ts";
import { licenses } from "./licenses.ts";
import { compilerScript, serverScript, withRelativeFolders } from "./x_server.ts";

const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const XKB_DATA = "/usr/share/X11/xkb";
const COMPRESSOR = "/usr/bin/zstd";
/** Higher levels take minutes more for a percent or two. */
const LEVEL = 12;
/** Two builds of the same files make the same archive. */
const TAR = 'tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$0" -cf -';
/** What an unpacked copy is compared with. */
const HASHES =
  'cd "$0" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >../sums && mv ../sums SHA256SUMS';

class Bundle {
  readonly #copied = new Map<string, string>();
  #loader: string | undefined;

  /** @param folder Where it is made. */
  constructor(readonly folder: string) {}

  /** The files of the system that were copied. */
  get sources(): string[] {
    return [...this.#copied.values()];
  }

  /** The file name of the dynamic linker. */
  get loader(): string {
    if (this.#loader === undefined) throw new Error("No program was added that names its loader");
    return this.#loader;
  }

  /** Copies a program or library to a place, and the libraries that it is linked to. */
  async add(source: string, place: string): Promise<void> {
    const target = `${this.folder}/${place}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(source, target);
    this.#copied.set(place, source);
    const { libraries, loader } = await linksOf(source);
    for (const [name, path] of libraries) await this.#library(name, path);
    if (loader === undefined) return;
    this.#loader = loader.slice(loader.lastIndexOf("/") + 1);
    await this.#library(this.#loader, loader);
    await Deno.chmod(`${this.folder}/lib/${this.#loader}`, 0o755);
  }

  async write(place: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const path = `${this.folder}/${place}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    await Deno.chmod(path, mode);
  }

  async #library(name: string, source: string): Promise<void> {
    const place = `lib/${name}`;
    if (this.#copied.has(place)) return;
    this.#copied.set(place, source);
    await Deno.mkdir(`${this.folder}/lib`, { recursive: true });
    await Deno.copyFile(source, `${this.folder}/${place}`);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      "without-gpl": { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      output: { type: "string", default: `${ROOT}/dist/skerry-portable` },
    },
  });
  const gpl = !values["without-gpl"];
  const work = await Deno.makeTempDir({ prefix: "skerry-portable-" });
  try {
    const folder = `${work}/bundle`;
    const bundle = new Bundle(folder);
    say("Deno and the application");
    await bundle.add(Deno.execPath(), "bin/deno");
    await Deno.chmod(`${folder}/bin/deno`, 0o755);
    await addApplication(folder);
    say("GStreamer");
    await addGStreamer(bundle, partsFor(PLUGINS, gpl));
    say("X servers");
    await addXServers(bundle, partsFor(X_SERVERS, gpl));
    say("sound server");
    await addSoundServer(bundle);
    say("licences");
    await bundle.write("LICENSES.txt", await licenses(ROOT, bundle.sources));
    say("compressing");
    if (!await exists(COMPRESSOR)) {
      throw new NotInstalledError("zstd, which compresses it, is not installed.");
    }
    await bundle.add(COMPRESSOR, "bin/zstd");
    await Deno.chmod(`${folder}/bin/zstd`, 0o755);
    await run("sh", "-c", HASHES, folder);
    const first = await packFirst(folder, bundle.loader);
    await packSecond(folder, `${work}/second`, values.quick ? 1 : LEVEL);
    const payload = await new Blob([first, await Deno.readFile(`${work}/second`)]).bytes();
    await assemble(payload, first.length, bundle.loader, values.output);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  const { size } = await Deno.stat(values.output);
  say(`${values.output}: ${(size / 1e6).toFixed(1)} MB`);
}

async function addApplication(folder: string): Promise<void> {
  const script = `${folder}/app/src/skerry.js`;
  await Deno.mkdir(`${folder}/app/src`, { recursive: true });
  await run(
    Deno.execPath(),
    ...["bundle", "--quiet", "--platform", "deno", "--minify", "--output", script],
    `${ROOT}/main.ts`,
  );
  await copyFolder(`${ROOT}/web/dist`, `${folder}/app/web/dist`);
}

async function addGStreamer(bundle: Bundle, plugins: readonly Part[]): Promise<void> {
  for (const name of LIBRARIES) {
    const path = await findLibrary(name);
    if (path === undefined) throw new NotInstalledError(`The library ${name} is not installed.`);
    await bundle.add(path, `lib/${name}`);
  }
  for (const name of C_LIBRARY_PARTS) {
    const path = await findLibrary(name);
    if (path !== undefined) await bundle.add(path, `lib/${name}`);
  }
  const core = await Deno.realPath((await findLibrary(LIBRARIES[2]!))!);
  const folder = `${core.slice(0, core.lastIndexOf("/"))}/gstreamer-1.0`;
  for (const { name, optional } of plugins) {
    const file = `libgst${name}.so`;
    if (!await exists(`${folder}/${file}`)) {
      if (!optional) {
        throw new NotInstalledError(`GStreamer's plugin "${name}" is not installed in ${folder}.`);
      }
      say(`  without ${name}, which is not installed`);
      continue;
    }
    await bundle.add(`${folder}/${file}`, `gstreamer/${file}`);
  }
}

async function addXServers(bundle: Bundle, servers: readonly Part[]): Promise<void> {
  const { loader } = bundle;
  if (!await exists("/usr/bin/xkbcomp") || !await exists(XKB_DATA)) {
    return say("  none: the keymap compiler xkbcomp and its data are not installed");
  }
  for (const { name } of servers) {
    const path = `/usr/bin/${name}`;
    if (!await exists(path)) {
      say(`  without ${name}, which is not installed`);
      continue;
    }
    await bundle.add(path, `x/${name}`);
    await bundle.write(`x/${name}`, withRelativeFolders(await Deno.readFile(path)), 0o755);
    await bundle.write(`programs/${name}`, serverScript(name, loader), 0o755);
  }
  await bundle.add("/usr/bin/xkbcomp", "x/xkbcomp");
  await bundle.write("x/bin/xkbcomp", compilerScript(loader), 0o755);
  await copyFolder(XKB_DATA, `${bundle.folder}/x/xkb`);
}

async function addSoundServer(bundle: Bundle): Promise<void> {
  const { program, modules } = SOUND_SERVER;
  if (!await exists(program)) return say("  none: PulseAudio is not installed");
  await bundle.add(program, "sound/pulseaudio");
  // The folder has the version in its name, as the distribution writes it.
  const folder = /^dl-search-path = (.+)$/m.exec(await run(program, "--dump-conf"))?.[1];
  for (const name of modules) {
    await bundle.add(`${folder}/${name}`, `sound/${name}`);
  }
  await bundle.write("programs/pulseaudio", soundServerScript(bundle.loader), 0o755);
}

function soundServerScript(loader: string): string {
  return `#!/bin/sh
folder=$(cd "$(dirname "$0")/.." && pwd)
exec "$folder/lib/${loader}" --library-path "$folder/lib:$folder/sound" --argv0 pulseaudio \\
  "$folder/sound/pulseaudio" --dl-search-path="$folder/sound" "$@"
`;
}

/**
 * The first part of the archive: what unpacks the second. Any system has gzip; zstd takes half of its time,
 * and a fifth less room.
 */
async function packFirst(folder: string, loader: string): Promise<Uint8Array<ArrayBuffer>> {
  const { libraries } = await linksOf(COMPRESSOR);
  const names = [loader, ...libraries.keys()].map((name) => `lib/${name}`);
  const target = `${folder}.first`;
  await run("sh", "-c", `${TAR} "$@" | gzip -9n >"$0.first"`, folder, "bin/zstd", ...names);
  const archive = await Deno.readFile(target);
  for (const name of ["bin/zstd", ...names]) await Deno.remove(`${folder}/${name}`);
  return archive;
}

async function packSecond(folder: string, archive: string, level: number): Promise<void> {
  await run("sh", "-c", `${TAR} . | zstd -q -T0 -${level} >"$1"`, folder, archive);
}

async function assemble(
  payload: Uint8Array<ArrayBuffer>,
  first: number,
  loader: string,
  output: string,
): Promise<void> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", payload));
  const sum = digest.toHex();
  const permissions = config.tasks.start.command.match(/--allow-\S+/g) ?? [];
  const values: Record<string, string> = {
    VERSION: config.version,
    ID: `${config.version}-${sum.slice(0, 16)}`,
    SUM: sum,
    FIRST: `${first}`,
    LOADER: loader,
    PERMISSIONS: permissions.join(" "),
  };
  const launcher = await Deno.readTextFile(new URL("launcher.sh", import.meta.url));
  const script = withStart(
    launcher.replaceAll(/@([A-Z]+)@/g, (whole, name) => values[name] ?? whole),
  );
  await Deno.mkdir(output.slice(0, output.lastIndexOf("/")) || ".", { recursive: true });
  const unfinished = `${output}.unfinished`;
  await Deno.writeTextFile(unfinished, script);
  await Deno.writeFile(unfinished, payload, { append: true });
  await Deno.chmod(unfinished, 0o755);
  await Deno.rename(unfinished, output);
}

/** Tells the script at which octet it ends, of which the number itself is a part. */
function withStart(script: string): string {
  const octets = (text: string) => new TextEncoder().encode(text).length;
  const mark = "@START@";
  const rest = octets(script) - mark.length;
  let start = rest;
  while (rest + `${start}`.length + 1 !== start) start = rest + `${start}`.length + 1;
  return script.replace(mark, `${start}`);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function say(line: string): void {
  console.error(line);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof NotInstalledError)) throw error;
  say(`${error.message} "deno task setup --for portable" installs what is missing, or names it.`);
  Deno.exitCode = 1;
}
