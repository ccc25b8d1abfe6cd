/**
 * The licences of everything in the portable file, in one text.
 *
 * @module
 */

import { run } from "./libraries.ts";

/** What Skerry itself and Deno are under. */
const DENO_LICENSE = `Deno: MIT. Copyright 2018-2026 the Deno authors.
It contains V8 (BSD-3-Clause, copyright the V8 project authors) and the Rust crates that its own
repository lists, https://github.com/denoland/deno/blob/main/Cargo.lock.`;

/** Where Debian has the texts that packages only refer to. */
const COMMON = "/usr/share/common-licenses/";

/**
 * @param root The project's folder.
 * @param files Paths of files that belong to Debian packages, as they are on this system.
 */
export async function licenses(root: string, files: readonly string[]): Promise<string> {
  const parts = [
    heading("Skerry"),
    await Deno.readTextFile(`${root}/LICENSE`),
    heading("Deno"),
    DENO_LICENSE,
  ];
  for (const { name, version, text } of await npmLicenses(root)) {
    parts.push(heading(`${name} ${version}`), text);
  }
  for (const name of await packagesOf(files)) {
    parts.push(heading(`${name} (Debian package)`), await copyright(name));
  }
  for (const { names, text } of await commonLicenses(parts)) {
    parts.push(heading(names.map((name) => `${COMMON}${name}`).join(", ")), text);
  }
  return parts.join("\n");
}

function heading(title: string): string {
  return `\n${"=".repeat(78)}\n${title}\n${"=".repeat(78)}\n`;
}

async function copyright(name: string): Promise<string> {
  try {
    return await Deno.readTextFile(`/usr/share/doc/${name}/copyright`);
  } catch {
    return `See /usr/share/doc/${name} on a system that has the package.`;
  }
}

interface CommonLicense {
  /** What it is referred to by: "GPL" may be another name of "GPL-3". */
  readonly names: readonly string[];
  readonly text: string;
}

/** The texts that others refer to, each once. */
async function commonLicenses(texts: readonly string[]): Promise<CommonLicense[]> {
  const referred = texts.flatMap((
    text,
  ) => [...text.matchAll(new RegExp(`${COMMON}([\\w.+-]+)`, "g"))])
    .map(([, name]) => name!.replace(/[.-]+$/, ""));
  const names = new Map<string, string[]>();
  for (const name of [...new Set(referred)].sort()) {
    const real = await Deno.realPath(COMMON + name).catch(() => undefined);
    if (real !== undefined) names.set(real, [...names.get(real) ?? [], name]);
  }
  return await Promise.all(
    [...names].map(async ([path, names]) => ({ names, text: await Deno.readTextFile(path) })),
  );
}

async function packagesOf(files: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const file of files) {
    const real = await Deno.realPath(file);
    // Since /usr was merged, a file may be on record by its old path.
    for (const path of [real, real.replace(/^\/usr/, "")]) {
      const owner = await run("dpkg", "-S", path).catch(() => "");
      const name = /^([^:,\s]+)/.exec(owner)?.[1];
      if (name) names.add(name);
    }
  }
  return [...names].sort();
}

interface NpmLicense {
  readonly name: string;
  readonly version: string;
  readonly text: string;
}

/** Of what the server's and the client's sources import. */
async function npmLicenses(root: string): Promise<NpmLicense[]> {
  const found = new Map<string, NpmLicense>();
  for (const entry of ["main.ts", "web/main.ts", "web/worker/main.ts"]) {
    const info = JSON.parse(await run(Deno.execPath(), "info", "--json", `${root}/${entry}`));
    const packages: Record<string, { name: string; version: string; localPath?: string }> =
      info.npmPackages ?? {};
    for (const [id, { name, version, localPath }] of Object.entries(packages)) {
      if (found.has(id) || localPath === undefined) continue;
      found.set(id, { name, version, text: await licenseIn(localPath) });
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

async function licenseIn(folder: string): Promise<string> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && /^(licen[sc]e|copying)/i.test(name)) {
      return await Deno.readTextFile(`${folder}/${name}`);
    }
  }
  const { license } = JSON.parse(await Deno.readTextFile(`${folder}/package.json`));
  return `Licence: ${license ?? "not said"}`;
}
