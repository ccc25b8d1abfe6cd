/**
 * The portable file, built from the sources as they are.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/**
 * @param output Where to.
 * @param options More options of compile.sh; `--quick` saves most of the time that it takes.
 * @throws an Error with what the build said if it fails.
 */
export async function buildPortable(
  output: string,
  options: readonly string[] = ["--quick"],
): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: ["compile.sh", "--portable", ...options, "--output", output],
    cwd: ROOT,
    env: { DENO: Deno.execPath(), NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** What a command printed, and its exit code. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function outcome([program, ...args]: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(program!, { args, stdin: "null" })
    .output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
