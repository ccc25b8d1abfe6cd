/**
 * Sees what is installed by looking for files, which takes milliseconds and starts nothing.
 *
 * @module
 */
import type { Need, Probe, Purpose } from "./need.ts";
import { NEEDS } from "./packages.ts";

/** Where to look. */
export interface System {
  /** Folders of programs. */
  readonly programs: readonly string[];
  /** Folders of libraries. */
  readonly libraries: readonly string[];
  /** Folders of GStreamer plugins. */
  readonly plugins: readonly string[];
  /** Whether there is a file at this path. */
  exists(path: string): Promise<boolean>;
}

const MULTIARCH: Record<typeof Deno.build.arch, string> = {
  x86_64: "x86_64-linux-gnu",
  aarch64: "aarch64-linux-gnu",
};

/**
 * The system that we run on.
 *
 * @param environment `PATH`, `LD_LIBRARY_PATH` and GStreamer's plugin paths count.
 */
export function thisSystem(environment: Readonly<Record<string, string | undefined>>): System {
  const listed = (name: string) =>
    (environment[name] ?? "").split(":").filter((part) => part !== "");
  const libraries = [
    ...listed("LD_LIBRARY_PATH"),
    `/usr/local/lib/${MULTIARCH[Deno.build.arch]}`,
    "/usr/local/lib64",
    "/usr/local/lib",
    `/usr/lib/${MULTIARCH[Deno.build.arch]}`,
    `/lib/${MULTIARCH[Deno.build.arch]}`,
    "/usr/lib64",
    "/usr/lib",
  ];
  return {
    programs: [...listed("PATH"), "/usr/local/bin", "/usr/bin", "/bin"],
    libraries,
    plugins: [
      ...["GST_PLUGIN_PATH_1_0", "GST_PLUGIN_PATH", "GST_PLUGIN_SYSTEM_PATH_1_0"].flatMap(listed),
      ...libraries.map((folder) => `${folder}/gstreamer-1.0`),
    ],
    async exists(path) {
      try {
        return !(await Deno.stat(path)).isDirectory;
      } catch {
        return false;
      }
    },
  };
}

/** What of the needs for a purpose is not there. */
export async function findMissing(purpose: Purpose, system: System): Promise<Need[]> {
  const needs = NEEDS.filter(({ purposes }) => purposes.includes(purpose));
  const there = await Promise.all(needs.map(({ probe }) => isThere(probe, system)));
  return needs.filter((_, index) => !there[index]);
}

async function isThere({ kind, names }: Probe, system: System): Promise<boolean> {
  const folders = {
    "program": system.programs,
    "library": system.libraries,
    "gstreamer-plugin": system.plugins,
    "file": [],
  }[kind];
  for (const name of names) {
    const paths = name.startsWith("/") ? [name] : folders.map((folder) => `${folder}/${name}`);
    for (const path of paths) if (await system.exists(path)) return true;
  }
  return false;
}
