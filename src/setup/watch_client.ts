/**
 * Builds the client again whenever one of its sources changes. `deno run --watch` cannot: it does not
 * leave out the folder that the build writes to.
 *
 * @module
 */
const ROOT = new URL("../../", import.meta.url);
const path = (relative: string) => decodeURIComponent(new URL(relative, ROOT).pathname);

/** Milliseconds for the rest of a change to arrive. */
const SETTLE = 100;

async function build(): Promise<void> {
  await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "build"],
    cwd: ROOT,
    stdin: "null",
  }).spawn().status;
}

if (import.meta.main) {
  const built = path("web/dist");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let building = Promise.resolve();
  for await (const { kind, paths } of Deno.watchFs([path("web"), path("src/protocol")])) {
    if (kind === "access" || paths.every((changed) => changed.startsWith(built))) continue;
    clearTimeout(timer);
    timer = setTimeout(() => building = building.then(build), SETTLE);
  }
}
