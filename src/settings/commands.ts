/** What Skerry does beside showing a desktop, when its first argument says so. */
export interface Command {
  readonly name: string;
  /** What follows the name, as in a synopsis. */
  readonly synopsis: string;
  readonly description: string;
  /** The words that may follow, if there are but a few. */
  readonly words?: readonly string[];
}

/** Shells that {@link completionScript} knows. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = typeof SHELLS[number];

export const COMMANDS: readonly Command[] = [
  {
    name: "doctor",
    synopsis: "[options]",
    description:
      "Look at what there is here for these options, by trying it, and say what to install.",
  },
  {
    name: "health",
    synopsis: "[options]",
    description: "Ask the Skerry that runs with these options whether it is well.",
  },
  {
    name: "password",
    synopsis: "NAME [view]",
    description:
      "Make a line for --password-file of a password that is read from the standard input; " +
      "view is for somebody who may only look.",
  },
  {
    name: "man",
    synopsis: "",
    description: "Print this manual page, to be read with: skerry man | man -l -",
  },
  {
    name: "completions",
    synopsis: SHELLS.join("|"),
    description: "Print a script that lets a shell complete Skerry's options.",
    words: SHELLS,
  },
];
