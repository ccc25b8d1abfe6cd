import { COMMANDS } from "./commands.ts";
import { OPTIONS } from "./schema.ts";
import { wrap } from "./wrap.ts";

const LEFT_COLUMN = 30;

/**
 * The text of `--help`, made from the schema.
 *
 * @param columns Width to fill, in characters.
 */
export function helpText(columns = 80): string {
  const rows: [string, string][] = OPTIONS.map(({ flag, argument, description, defaultText }) => [
    `${flag} ${argument}`,
    defaultText === undefined ? description : `${description} (default: ${defaultText})`,
  ]);
  rows.push(
    ["--licenses", "Print the licences of Skerry and its parts."],
    ["--version", "Print the version."],
    ["--help", "Print this text."],
  );
  const width = Math.max(columns, 60);
  const options = rows.flatMap(([left, right]) => optionLines(left, right, width));
  return [
    "Usage: skerry [options] [-- COMMAND [ARG ...]]",
    ...COMMANDS.map(({ name, synopsis }) => `       skerry ${name} ${synopsis}`.trimEnd()),
    "",
    ...wrap(
      "Shows a Linux desktop, or the one program COMMAND, in a browser tab. " +
        "Open the URL that it prints.",
      width,
    ),
    "",
    "Commands:",
    ...COMMANDS.flatMap(({ name, description }) => optionLines(name, description, width)),
    "",
    "Options:",
    ...options,
    "",
    ...wrap(
      "Each option can also be set in the environment, --log-level as SKERRY_LOG_LEVEL and so " +
        "on. The command line comes first.",
      width,
    ),
    "",
  ].join("\n");
}

function optionLines(left: string, right: string, width: number): string[] {
  const indent = " ".repeat(LEFT_COLUMN);
  const text = wrap(right, width - LEFT_COLUMN);
  const head = `  ${left}`;
  if (head.length + 2 > LEFT_COLUMN) return [head, ...text.map((line) => indent + line)];
  return text.map((line, index) => (index === 0 ? head.padEnd(LEFT_COLUMN) : indent) + line);
}
