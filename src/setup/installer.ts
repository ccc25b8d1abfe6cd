import type { Manager, Need } from "./need.ts";
import { installCommand, packagesFor } from "./packages.ts";

/** What the installer may do here; tests stand in for it. */
export interface Host {
  readonly isRoot: boolean;
  /** Whether somebody can answer a question. */
  readonly isTerminal: boolean;
  /** Whether a program can be found. */
  has(program: string): Promise<boolean>;
  /** Whether apt knows any packages. */
  hasPackageLists(): Promise<boolean>;
  /** Runs a program, its output shown; gives its exit code. */
  run(command: readonly string[]): Promise<number>;
  /** Asks a question that is answered with yes or no. */
  ask(question: string): boolean;
  /** Looks again at what is missing. */
  missing(): Promise<Need[]>;
  print(line: string): void;
}

/** How it ended. */
export type Outcome = "complete" | "usable" | "missing";

/**
 * Installs what is missing where that is possible, and else says how to.
 *
 * @param missing What to install; see `findMissing()`.
 * @param yes Whether not to ask.
 * @returns `usable` if what is missing is not required.
 */
export async function install(
  missing: readonly Need[],
  host: Host,
  { yes = false }: { readonly yes?: boolean } = {},
): Promise<Outcome> {
  if (missing.length === 0) return "complete";
  host.print(`Missing: ${missing.map(({ what }) => what).join(", ")}.`);
  if (!await host.has("apt-get")) return explain(missing, host);
  const prefix = await becomeRoot(host);
  if (prefix === undefined) return explain(missing, host, "apt");
  const packages = packagesFor(missing, "apt");
  host.print(`Packages to install: ${packages.join(" ")}`);
  if (!yes && host.isTerminal && !host.ask("Install them now?")) {
    return explain(missing, host, "apt");
  }
  if (!await aptInstall(packages, prefix, host)) return explain(await host.missing(), host, "apt");
  const left = await host.missing();
  return left.length === 0 ? "complete" : explain(left, host, "apt");
}

/** What to put before a command to run it as root; undefined if that is not possible. */
async function becomeRoot(host: Host): Promise<readonly string[] | undefined> {
  if (host.isRoot) return [];
  if (!await host.has("sudo")) return undefined;
  // Without a terminal, sudo works only where it needs no password.
  if (host.isTerminal) return ["sudo"];
  return await host.run(["sudo", "-n", "true"]) === 0 ? ["sudo", "-n"] : undefined;
}

async function aptInstall(
  packages: readonly string[],
  prefix: readonly string[],
  host: Host,
): Promise<boolean> {
  const apt = [
    ...prefix,
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "-q",
    // Another installation may be under way; progress bars are for terminals only.
    "-o=DPkg::Lock::Timeout=300",
    "-o=Dpkg::Use-Pty=0",
  ];
  const update = async () => {
    host.print("Getting the lists of packages …");
    // One of many sources may be out of reach: the installation tells whether that matters.
    await host.run([...apt, "update"]);
  };
  const attempt = async () => {
    host.print("Installing …");
    return await host.run([...apt, "install", "-y", "--no-install-recommends", ...packages]) === 0;
  };
  const fresh = !await host.hasPackageLists();
  if (fresh) await update();
  if (await attempt()) return true;
  if (fresh) return false;
  // The lists name versions that the mirror may have replaced since.
  await update();
  return await attempt();
}

function explain(missing: readonly Need[], host: Host, manager?: Manager): Outcome {
  if (missing.length === 0) return "complete";
  const required = missing.some((need) => need.required);
  host.print(
    required
      ? "Skerry cannot install these itself here. Please run, as root:"
      : "Skerry works without these; to have them too, run as root:",
  );
  const managers: [Manager, string][] = [
    ["apt", "Debian, Ubuntu"],
    ["dnf", "Fedora; x264 is in RPM Fusion"],
    ["pacman", "Arch Linux"],
  ];
  for (const [name, systems] of managers) {
    if (manager !== undefined && name !== manager) continue;
    host.print(`  ${installCommand(missing, name)}    # ${systems}`);
  }
  return required ? "missing" : "usable";
}
