/**
 * Scripts by which shells complete the command line, made from the schema.
 *
 * @module
 */
import { COMMANDS, type Shell } from "./commands.ts";
import { type Option, OPTIONS } from "./schema.ts";

/** The names that the program goes by. */
const PROGRAMS = "skerry skerry-portable";

/** Options without a value. */
const FLAGS: readonly [string, string][] = [
  ["--help", "Print the options"],
  ["--version", "Print the version"],
  ["--licenses", "Print the licences of all parts"],
];

/** What may stand for an option's value. */
export interface Values {
  readonly words: readonly string[];
  readonly path: "file" | "directory" | undefined;
}

/** What a shell can offer for the value of an option, by the placeholder that the help shows. */
export function valuesOf({ argument }: Option): Values {
  const parts = argument.split("|");
  return {
    words: parts.filter((part) => /^[a-z0-9-]+$/.test(part)),
    path: parts.includes("FILE") ? "file" : parts.includes("DIR") ? "directory" : undefined,
  };
}

/** The script for a shell, which goes to where the script's first lines say. */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

function bash(): string {
  const withWords = OPTIONS.filter((option) => valuesOf(option).words.length > 0);
  const withPath = (path: Values["path"]) =>
    OPTIONS.filter((option) => valuesOf(option).path === path);
  const others = OPTIONS.filter((option) =>
    valuesOf(option).words.length === 0 && valuesOf(option).path === undefined
  );
  const names = (options: readonly Option[]) => options.map(({ flag }) => flag).join("|");
  const words = (all: readonly string[]) =>
    `mapfile -t COMPREPLY < <(compgen -W "${all.join(" ")}" -- "$cur")`;
  const all = [...OPTIONS.map(({ flag }) => flag), ...FLAGS.map(([flag]) => flag)];
  return `# Completion of skerry for bash. Put it into
# ~/.local/share/bash-completion/completions/skerry, or source it.
_skerry() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} i
  COMPREPLY=()
  # --option=value comes as three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == -- ]] || continue
    if ((COMP_CWORD == i + 1)); then
      mapfile -t COMPREPLY < <(compgen -c -- "$cur")
    else
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
    return
  done
  case $prev in
${
    withWords.filter((option) => valuesOf(option).path === undefined).map((option) =>
      `    ${option.flag}) ${words(valuesOf(option).words)} ;;`
    ).join("\n")
  }
    ${names(withPath("file"))})
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    ${names(withPath("directory"))})
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    ${names(others)}) ;;
${
    COMMANDS.filter(({ words }) => words !== undefined).map((command) =>
      `    ${command.name}) ${words(command.words!)} ;;`
    ).join("\n")
  }
    *)
      local words="${all.join(" ")}"
      ((COMP_CWORD == 1)) && words="${COMMANDS.map(({ name }) => name).join(" ")} $words"
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
  esac
}
complete -F _skerry ${PROGRAMS}
`;
}

function zsh(): string {
  const value = (option: Option) => {
    const { path, words } = valuesOf(option);
    const files = path === "file" ? "_files" : path === "directory" ? "_files -/" : " ";
    return words.length > 0 && path === undefined ? `(${words.join(" ")})` : files;
  };
  const specs = [
    ...OPTIONS.map((option) =>
      `${option.flag}=[${inBrackets(summary(option.description))}]:${inMessage(option.argument)}:${
        value(option)
      }`
    ),
    ...FLAGS.map(([flag, description]) => `(- *)${flag}[${inBrackets(description)}]`),
  ];
  const commands = COMMANDS.map(({ description, name }) =>
    `${name}:${summary(description).replaceAll(":", "\\:")}`
  );
  return `#compdef ${PROGRAMS}
# Completion of skerry for zsh. Put it as _skerry into a folder of $fpath.
_skerry() {
  local -a commands
  commands=(
${commands.map((command) => `    ${inQuotes(command)}`).join("\n")}
  )
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    return
  fi
${
    COMMANDS.filter(({ words }) => words !== undefined).map(({ name, words }) =>
      `  if ((CURRENT == 3)) && [[ $words[2] == ${name} ]]; then\n    compadd ${
        words!.join(" ")
      }\n    return\n  fi`
    ).join("\n")
  }
  _arguments -S \\
${specs.map((spec) => `    ${inQuotes(spec)} \\`).join("\n")}
    '*::program:_normal'
}
_skerry "$@"
`;
}

function fish(): string {
  const lines = OPTIONS.map((option) => {
    const { path, words } = valuesOf(option);
    const offered = words.length === 0 ? "" : ` -a ${inQuotes(words.join(" "))}`;
    const files = path === undefined ? " -x" : " -r -F";
    return `complete -c skerry -l ${option.flag.slice(2)}${files}${offered} -d ${
      inQuotes(summary(option.description))
    }`;
  });
  return `# Completion of skerry for fish. Put it into ~/.config/fish/completions/skerry.fish.
function __skerry_shows_program
    contains -- -- (commandline -opc)
end
complete -c skerry -f
complete -c skerry -n __skerry_shows_program -x -a '(__fish_complete_command)'
${
    COMMANDS.map(({ description, name }) =>
      `complete -c skerry -n __fish_use_subcommand -a ${name} -d ${inQuotes(summary(description))}`
    ).join("\n")
  }
${
    COMMANDS.filter(({ words }) => words !== undefined).map(({ name, words }) =>
      `complete -c skerry -n '__fish_seen_subcommand_from ${name}' -a ${inQuotes(words!.join(" "))}`
    ).join("\n")
  }
${lines.join("\n")}
${
    FLAGS.map(([flag, description]) =>
      `complete -c skerry -l ${flag.slice(2)} -d ${inQuotes(description)}`
    ).join("\n")
  }
complete -c skerry-portable -w skerry
`;
}

/** The first clause. */
function summary(description: string): string {
  return description.split(/[.;:(,] |[.]$/)[0]!.trim();
}

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** zshcompsys(1), "_arguments". */
function inBrackets(text: string): string {
  return text.replace(/[[\]]/g, "\\$&");
}

function inMessage(text: string): string {
  return text.replaceAll(":", "\\:");
}
