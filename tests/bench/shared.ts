/**
 * What the small benches share: their options and their reports.
 *
 * @module
 */

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

/** Prints a report, and writes it and its data into the report's folder. */
export async function writeReport(
  name: string,
  lines: readonly string[],
  data: unknown,
): Promise<void> {
  const folder = textOption("output") ?? "bench-report";
  const text = lines.join("\n") + "\n";
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/${name}.md`, text);
  await Deno.writeTextFile(`${folder}/${name}.json`, JSON.stringify(data, null, 1) + "\n");
  console.log(text);
}
