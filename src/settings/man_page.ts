import { COMMANDS } from "./commands.ts";
import { OPTIONS } from "./schema.ts";
import { wrap } from "./wrap.ts";

/** When the text of the page was changed last. */
const DATE = "2026-11-28";

/** Characters of a line of the source. */
const WIDTH = 79;

const FLAGS: readonly [string, string][] = [
  ["--licenses", "Print the licences of Skerry and its parts."],
  ["--version", "Print the version."],
  ["--help", "Print the options."],
];

/** Exit codes of main.ts. */
const EXIT_CODES: readonly [string, string][] = [
  ["0", "It was told to stop, or nobody was connected for as long as --idle-timeout says."],
  ["1", "Something is missing or failed; the last line on the standard error says what to do."],
  ["64", "The options cannot be used."],
  ["others", "The program that was shown has ended with this code."],
];

const SIGNALS: readonly [string, string][] = [
  [
    "SIGTERM, SIGINT, SIGHUP",
    "End the desktop's programs, then all the rest. A second one, a second later, ends Skerry at once.",
  ],
];

const FILES: readonly [string, string][] = [
  [
    "$XDG_RUNTIME_DIR/skerry, or /tmp/skerry-UID-*, or ~/.cache/skerry",
    "The session's own, for its user alone: the display's cookie, the sound server's socket.",
  ],
  ["~/.local/state/skerry", "The certificate of --tls self-signed."],
  ["~/Downloads", "What viewers upload, and may download (--files)."],
];

const EXAMPLES: readonly [string, string][] = [
  ["skerry -- firefox", "Show one program."],
  ["skerry --display :0", "Show the screen that runs already."],
  [
    "skerry --listen unix:$XDG_RUNTIME_DIR/desk.socket --url-file ~/skerry.url --idle-timeout 8h",
    "On a shared machine: other users can neither connect nor see the token. At home, " +
    "ssh -L 8080:PATH HOST forwards a port to it.",
  ],
];

/**
 * The manual page, made from the schema: source for man(7) macros, as `man -l` takes it.
 *
 * @param version Of the program.
 */
export function manPage(version: string): string {
  const lines = [
    `.TH SKERRY 1 ${DATE} ${quote(`skerry ${version}`)} ${quote("User Commands")}`,
    // Names of variables are not to be broken.
    ".nh",
    ".ad l",
    ...section("NAME"),
    "skerry \\- a Linux desktop in a browser tab",
    ...section("SYNOPSIS"),
    ".B skerry",
    "[\\fIOPTION\\fR ...] [\\-\\- \\fICOMMAND\\fR [\\fIARG\\fR ...]]",
    ...COMMANDS.flatMap(({ name, synopsis }) => [
      ".br",
      `.B skerry ${name}`,
      ...synopsis === "" ? [] : [italics(synopsis)],
    ]),
    ...section("DESCRIPTION"),
    text("Shows a Linux desktop, or the one program COMMAND, in a browser tab."),
    text("Open the URL that it prints; it signs in whoever has it."),
    ".PP",
    text("The desktop ends with Skerry, and Skerry when the desktop's program does."),
    ...section("COMMANDS"),
    ...COMMANDS.flatMap(({ description, name, synopsis }) =>
      tagged(`\\fB${name}\\fR ${italics(synopsis)}`.trim(), description)
    ),
    ...section("OPTIONS"),
    ...OPTIONS.flatMap(({ argument, defaultText, description, flag }) =>
      tagged(
        `\\fB${escape(flag)}\\fR ${italics(argument)}`,
        defaultText === undefined ? description : `${description} Default: ${defaultText}.`,
      )
    ),
    ...FLAGS.flatMap(([flag, description]) => tagged(`\\fB${escape(flag)}\\fR`, description)),
    ...section("ENVIRONMENT"),
    text("Each option can be set by a variable, too; the command line comes first."),
    text(`They are ${OPTIONS.map(({ variable }) => variable).join(", ")}.`),
    ".PP",
    text("The desktop's programs get none of them."),
    ...section("EXIT STATUS"),
    ...pairs(EXIT_CODES),
    ...section("SIGNALS"),
    ...pairs(SIGNALS),
    ...section("FILES"),
    ...pairs(FILES),
    ...section("EXAMPLES"),
    ...pairs(EXAMPLES),
  ];
  return lines.join("\n") + "\n";
}

function section(name: string): string[] {
  return [`.SH ${quote(name)}`];
}

function pairs(all: readonly [string, string][]): string[] {
  return all.flatMap(([tag, description]) => tagged(`\\fB${escape(tag)}\\fR`, description));
}

function tagged(tag: string, description: string): string[] {
  return [".TP", tag, text(description)];
}

/** Lines of text, which must not look like requests (groff(7), "Control characters"). */
function text(words: string): string {
  return wrap(escape(words), WIDTH).map((line) => line.replace(/^[.']/, "\\&$&")).join("\n");
}

function italics(words: string): string {
  return words === "" ? "" : `\\fI${escape(words)}\\fR`;
}

/** Backslashes, and hyphens that are to be copied as such (groff_char(7)). */
function escape(words: string): string {
  return words.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("~", "\\(ti");
}

function quote(words: string): string {
  return `"${words}"`;
}
