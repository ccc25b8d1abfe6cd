/**
 * Reads settings from the command line and the environment.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import * as v from "valibot";
import { type Shell, SHELLS } from "./commands.ts";
import { SettingsError } from "./errors.ts";
import { type Option, OPTIONS, type Settings, SettingsSchema } from "./schema.ts";

/** What the command line asks for. */
export type SettingsRequest =
  | { readonly action: "help" }
  | { readonly action: "version" }
  | { readonly action: "licenses" }
  | { readonly action: "doctor"; readonly settings: Settings }
  | { readonly action: "health"; readonly settings: Settings }
  | { readonly action: "man" }
  | { readonly action: "completions"; readonly shell: Shell }
  | { readonly action: "password"; readonly name: string; readonly role: "control" | "view" }
  | {
    readonly action: "run";
    readonly settings: Settings;
    /** What is allowed but not wise or without effect, a sentence each, for the log. */
    readonly warnings: readonly string[];
  };

/** Where the text of an option came from, named as in a message. */
interface Given {
  readonly text: string;
  readonly source: string;
  readonly inArguments: boolean;
}

const ACTIONS = ["help", "version", "licenses"] as const;

/**
 * Variables that are no settings: the mark of a session's programs, and so of a Skerry that is started
 * inside one, and what the portable file says of itself.
 */
const OWN_VARIABLES = ["SKERRY_SESSION", "SKERRY_BUNDLE", "SKERRY_UNPACK_DIR"];

/** Letters that may differ for a name to be offered instead. */
const NEAR = 3;

/**
 * Reads settings. The command line comes first, then the environment, then the defaults; an empty
 * variable counts as not set.
 *
 * @param args The arguments without the program's name.
 * @param environment Variables, for example `Deno.env.toObject()`; others than `SKERRY_*` are not
 * looked at.
 * @throws {SettingsError} if an option is not known, lacks its value, or has one that it does not
 * take.
 *
 * @example
 * ```ts
 * const request = parseSettings(["--fps", "30", "--", "xterm"], {});
 * if (request.action === "run") console.log(request.settings.fps); // 30
 * ```
 */
export function parseSettings(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SettingsRequest {
  if (args[0] === "password") return passwordRequest(args.slice(1));
  if (args[0] === "completions") return completionsRequest(args.slice(1));
  if (args[0] === "man" && args.length === 1) return { action: "man" };
  // The only words that are no options; programs come after "--".
  const verb = args[0] === "doctor" || args[0] === "health" ? args[0] : undefined;
  const { given, action, command } = readArguments(verb === undefined ? args : args.slice(1));
  if (action !== undefined) return { action };
  for (const option of OPTIONS) {
    const text = environment[option.variable];
    if (given.has(option.key) || text === undefined || text === "") continue;
    given.set(option.key, { text, source: `The variable ${option.variable}`, inArguments: false });
  }
  const settings = check(given, command);
  const warnings = [...warningsOf(settings, given), ...unknownVariables(environment)];
  if (verb !== undefined) return { action: verb, settings };
  return { action: "run", settings, warnings };
}

function readArguments(args: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(
        OPTIONS.map(({ flag }) => [flag.slice(2), { type: "string" as const }]),
      ),
      ...Object.fromEntries(ACTIONS.map((name) => [name, { type: "boolean" as const }])),
      h: { type: "boolean" as const },
    },
    // Unknown options come back as tokens, so that the message can be ours.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, Given>();
  const command: string[] = [];
  let action: typeof ACTIONS[number] | undefined;
  let commandFollows = false;
  for (const token of tokens) {
    if (token.kind === "option-terminator") {
      commandFollows = true;
    } else if (token.kind === "positional") {
      if (!commandFollows) throw new SettingsError(strayArgument(token.value));
      command.push(token.value);
    } else if (token.rawName === "--help" || token.rawName === "-h") {
      action ??= "help";
    } else if (token.rawName === "--version") {
      action ??= "version";
    } else if (token.rawName === "--licenses") {
      action ??= "licenses";
    } else {
      const option = OPTIONS.find(({ flag }) => flag === token.rawName);
      if (option === undefined) throw new SettingsError(unknownOption(token.rawName));
      given.set(option.key, {
        text: valueOf(option, token.value, token.inlineValue),
        source: `The option ${option.flag}`,
        inArguments: true,
      });
    }
  }
  if (commandFollows && command.length === 0) {
    throw new SettingsError('The command after "--" is missing. Add one, or leave "--" out.');
  }
  return { given, action, command };
}

/** `skerry password NAME [view]`. */
function passwordRequest([name, role = "control", ...rest]: readonly string[]): SettingsRequest {
  if (name === undefined || rest.length > 0 || role !== "control" && role !== "view") {
    throw new SettingsError(
      "A line for the password file is made by: skerry password NAME, or skerry password NAME view " +
        "for somebody who may only look. The password is read from the standard input.",
    );
  }
  return { action: "password", name, role };
}

/** `skerry completions SHELL`. */
function completionsRequest([name, ...rest]: readonly string[]): SettingsRequest {
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined || rest.length > 0) {
    throw new SettingsError(
      `A script for a shell is printed by: skerry completions ${SHELLS.join("|")}.`,
    );
  }
  return { action: "completions", shell };
}

function valueOf(option: Option, value: string | undefined, inline: boolean | undefined): string {
  if (value === undefined || (value === "" && !inline)) {
    throw new SettingsError(`The option ${option.flag} needs a value: ${option.argument}.`);
  }
  if (!inline && value.startsWith("--")) {
    throw new SettingsError(
      `The option ${option.flag} needs a value (${option.argument}) but "${value}" follows. ` +
        `If that is the value, write ${option.flag}=${value}.`,
    );
  }
  return value;
}

function check(given: ReadonlyMap<string, Given>, command: string[]): Settings {
  const texts = Object.fromEntries([...given].map(([key, { text }]) => [key, text]));
  const result = v.safeParse(SettingsSchema, texts, { abortPipeEarly: true });
  if (!result.success) {
    const issue = result.issues[0];
    const key = String(issue.path?.[0].key);
    const source = given.get(key);
    if (source === undefined) throw new Error(`The default of "${key}" is not valid.`);
    const shown = key === "token" ? "what it was given" : `"${source.text}"`;
    throw new SettingsError(`${source.source} does not take ${shown}: it takes ${issue.message}.`);
  }
  if (command.length > 0 && result.output.display !== "new") {
    throw new SettingsError(
      `The command "${command[0]}" cannot be started on display ${result.output.display}: ` +
        "a command goes with a display of its own (--display new).",
    );
  }
  const { auth, listen, passwordFile, tls, tlsCert, tlsKey, transport, trustedProxy } =
    result.output;
  if ("path" in listen) {
    if (tls === "self-signed" || tls === "auto" && tlsCert !== undefined) {
      throw new SettingsError(
        `${given.get(tls === "auto" ? "tlsCert" : "tls")?.source} asks for HTTPS, which a Unix ` +
          "socket does not speak: SSH, or the proxy in front of it, encrypts. Add --tls off.",
      );
    }
    if (transport === "webtransport" && result.output.webtransportListen === undefined) {
      throw new SettingsError(
        "--transport webtransport goes with --webtransport-listen where --listen names a Unix socket.",
      );
    }
  }
  if (auth === "password" && passwordFile === undefined) {
    throw new SettingsError("--auth password goes with --password-file. Give both.");
  }
  if (auth === "proxy" && trustedProxy.length === 0) {
    throw new SettingsError(
      "--auth proxy goes with --trusted-proxy: from anybody else, the user's name means nothing.",
    );
  }
  if (auth === "oidc") checkOidc(result.output);
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const [there, missing] = tlsCert === undefined
      ? ["tlsKey", "--tls-cert"]
      : ["tlsCert", "--tls-key"];
    throw new SettingsError(
      `${given.get(there)?.source} goes with ${missing}. Give both, or none.`,
    );
  }
  if (tls === "self-signed" && tlsCert !== undefined) {
    throw new SettingsError(
      `${given.get("tls")?.source} asks for a certificate of Skerry's own, and ` +
        `${lowerFirst(given.get("tlsCert")?.source)} names another. Leave one of them out.`,
    );
  }
  return { ...result.output, command };
}

function checkOidc(
  { allowGroups, allowUsers, oidcClientId, oidcIssuer }: v.InferOutput<typeof SettingsSchema>,
): void {
  if (oidcIssuer === undefined || oidcClientId === undefined) {
    throw new SettingsError("--auth oidc goes with --oidc-issuer and --oidc-client-id. Give both.");
  }
  if (allowUsers.length === 0 && allowGroups.length === 0) {
    throw new SettingsError(
      "--auth oidc goes with --allow-users or --allow-groups: the provider may know many who are " +
        "not to use this desktop. To let in all of them, say --allow-users '*'.",
    );
  }
}

function lowerFirst(text = ""): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function* warningsOf(settings: Settings, given: ReadonlyMap<string, Given>) {
  const { auth, listen, token } = settings;
  if (auth === "none") {
    // A Unix socket lets in nobody but this user.
    if (!("path" in listen)) {
      yield isLoopback(listen.hostname)
        ? "Sign-in is off (--auth none): every user of this machine can see and use the desktop."
        : `Sign-in is off (--auth none): everybody who can reach ${listen.hostname} can see and ` +
          "use the desktop.";
    }
    if (token !== undefined) yield "The token has no effect because sign-in is off (--auth none).";
  } else if (token !== undefined) {
    if (given.get("token")?.inArguments) {
      yield "Other users of this machine can read --token in the list of processes. " +
        "Set SKERRY_TOKEN instead.";
    }
    if (token.length < 12) yield "The token is short. Take 12 characters or more, or none.";
  }
  if (settings.display !== "new") {
    for (const key of ["size", "xServer"]) {
      const source = given.get(key)?.source;
      if (source !== undefined) yield `${source} has no effect on display ${settings.display}.`;
    }
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || hostname.startsWith("127.");
}

function unknownOption(rawName: string): string {
  const names = [...OPTIONS.map(({ flag }) => flag), ...ACTIONS.map((name) => `--${name}`)];
  const near = nearest(rawName, names);
  return `The option "${rawName}" is not known. ` +
    (near === undefined ? "See --help for all options." : `Did you mean "${near}"?`);
}

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = OPTIONS.map(({ variable }) => variable);
  return Object.keys(environment)
    .filter((name) =>
      name.startsWith("SKERRY_") && !OWN_VARIABLES.includes(name) && !known.includes(name)
    )
    .map((name) => {
      const near = nearest(name, known);
      return `The variable ${name} is not known` +
        (near === undefined ? "." : `. Did you mean ${near}?`);
    });
}

function strayArgument(text: string): string {
  return `The argument "${text}" is not an option. ` +
    `To show one program, put it after "--": skerry -- ${text}`;
}

function nearest(word: string, words: readonly string[]): string | undefined {
  // The package ships no types.
  const distance: (a: string, b: string) => number = levenshteinDistance;
  const [best] = words
    .map((known) => ({ known, letters: distance(word, known) }))
    .filter(({ letters }) => letters <= NEAR)
    .sort((a, b) => a.letters - b.letters);
  return best?.known;
}
