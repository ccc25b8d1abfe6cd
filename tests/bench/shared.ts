/**
 * What the small benches share: their options and their reports.
 *
 * @module
 */

/**
 * Ends the program if it was asked for help or given an argument that it does not know: a long measurement
 * of something else is no answer.
 *
 * @param names Of the options that take a value.
 * @param flags Of those that take none.
 */
export function expectOptions(names: readonly string[], flags: readonly string[] = []): void {
  const known = (arg: string) =>
    flags.some((name) => arg === `--${name}`) || names.some((name) => arg.startsWith(`--${name}=`));
  const strange = Deno.args.find((arg) => !known(arg));
  if (strange === undefined) return;
  const options = [...names.map((name) => `--${name}=…`), ...flags.map((name) => `--${name}`)];
  const isHelp = strange === "--help";
  if (!isHelp) console.error(`"${strange}" is no option here.`);
  console.log(`Options, which the head of the file explains: ${options.join(" ")}`);
  Deno.exit(isHelp ? 0 : 2);
}

/** The value of `--name=value`. */
export function textOption(name: string): string | undefined {
  const prefix = `--${name}=`;
  return Deno.args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
}

/** A number from `--name=value`. @throws {RangeError} when it is none above zero */
export function numberOption(name: string, otherwise: number): number {
  const value = Number(textOption(name) ?? otherwise);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`"${textOption(name)}" is no value of --${name}; give a number above 0.`);
}

/** Whether `--name` was given. */
export function flag(name: string): boolean {
  return Deno.args.includes(`--${name}`);
}

/** JSON has no such numbers. */
const UNBOUNDED = "Infinity";

/**
 * With `--add`, the data that an earlier run has left in the report's folder, so that a long measurement
 * can be made in parts; undefined without it, or if there is none.
 */
export async function earlierData<T>(name: string): Promise<T | undefined> {
  if (!flag("add")) return undefined;
  return await readData<T>(`${reportFolder()}/${name}.json`);
}

/** Data as {@link dataText} wrote it; undefined if there is none. */
export async function readData<T>(path: string): Promise<T | undefined> {
  try {
    const text = await Deno.readTextFile(path);
    return JSON.parse(text, (_, value) => value === UNBOUNDED ? Infinity : value) as T;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Data as JSON, with what never came. */
export function dataText(data: unknown): string {
  return JSON.stringify(data, (_, value) => value === Infinity ? UNBOUNDED : value, 1) + "\n";
}

function reportFolder(): string {
  return textOption("output") ?? "bench-report";
}

/** Prints a report, and writes it and its data into the report's folder. */
export async function writeReport(
  name: string,
  lines: readonly string[],
  data: unknown,
): Promise<void> {
  const folder = reportFolder();
  const text = lines.join("\n") + "\n";
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/${name}.md`, text);
  await Deno.writeTextFile(`${folder}/${name}.json`, dataText(data));
  console.log(text);
}
