/**
 * `deno task setup [--yes] [--for start|portable|test|bench] [--if-needed]`: installs what the system
 * lacks. With `--if-needed` it is silent and does nothing unless something required is missing.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Host, install } from "./installer.ts";
import { type Purpose, PURPOSES } from "./need.ts";
import { findMissing, thisSystem } from "./probe.ts";

const USAGE = `Usage: deno task setup [--yes] [--for ${PURPOSES.join("|")}] [--if-needed]`;

function thisHost(purpose: Purpose): Host {
  const environment = {
    PATH: Deno.env.get("PATH"),
    LD_LIBRARY_PATH: Deno.env.get("LD_LIBRARY_PATH"),
    GST_PLUGIN_PATH_1_0: Deno.env.get("GST_PLUGIN_PATH_1_0"),
    GST_PLUGIN_PATH: Deno.env.get("GST_PLUGIN_PATH"),
    GST_PLUGIN_SYSTEM_PATH_1_0: Deno.env.get("GST_PLUGIN_SYSTEM_PATH_1_0"),
  };
  const system = thisSystem(environment);
  return {
    isRoot: Deno.uid() === 0,
    isTerminal: Deno.stdin.isTerminal(),
    async has(program) {
      for (const folder of system.programs) {
        if (await system.exists(`${folder}/${program}`)) return true;
      }
      return false;
    },
    async hasPackageLists() {
      try {
        for await (const { name } of Deno.readDir("/var/lib/apt/lists")) {
          if (/_Packages(\.\w+)?$/.test(name)) return true;
        }
      } catch {
        // No folder, no lists.
      }
      return false;
    },
    async run([program, ...args]) {
      const child = new Deno.Command(program!, { args, stdin: "inherit" }).spawn();
      return (await child.status).code;
    },
    ask(question) {
      const answer = prompt(`${question} [Y/n]`);
      return answer !== null && /^(y|yes)?$/i.test(answer.trim());
    },
    missing: () => findMissing(purpose, system),
    print: (line) => console.error(line),
  };
}

async function main(args: string[]): Promise<number> {
  let options: { yes?: boolean; for?: string; "if-needed"?: boolean; help?: boolean };
  try {
    options = parseArgs({
      args,
      options: {
        yes: { type: "boolean", short: "y" },
        for: { type: "string" },
        "if-needed": { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const purpose = PURPOSES.find((purpose) => purpose === (options.for ?? "start"));
  if (purpose === undefined) {
    console.error(`The option --for does not take "${options.for}".\n${USAGE}`);
    return 2;
  }
  const host = thisHost(purpose);
  const missing = await host.missing();
  if (options["if-needed"] && !missing.some(({ required }) => required)) return 0;
  const outcome = await install(missing, host, { yes: options.yes ?? false });
  if (outcome === "complete") console.error("Everything is installed.");
  return outcome === "missing" ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
