/**
 * The command line of `deno task bench:network`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { BrowserName } from "../support/rig_browser.ts";
import { BENCH_LINKS, type BenchLink } from "./links.ts";
import { BenchUsageError, pick } from "./options.ts";
import type { SystemName } from "./systems.ts";

const SYSTEMS = ["webtransport", "websocket", "novnc", "floor"] as const satisfies SystemName[];

/** What was asked for. */
export interface NetworkOptions {
  readonly browser: BrowserName;
  readonly links: readonly BenchLink[];
  readonly systems: readonly SystemName[];
  /** Turns that each system has on each link. */
  readonly rounds: number;
  /** Presses of a system in one turn. */
  readonly presses: number;
  /** TCP's on both sides; Linux's default tells what most users have. */
  readonly congestionControl: string;
  /** Whether the figures of the report that is in the folder count, too. */
  readonly add: boolean;
  /** Whether to read where Skerry's milliseconds go, too. */
  readonly split: boolean;
  readonly output: string;
  readonly skerryArgs: readonly string[];
}

export const NETWORK_USAGE = `Usage: deno task bench:network [options] [-- SKERRY-OPTION ...]
  --links NAME,...      of ${BENCH_LINKS.map(({ name }) => name).join(", ")}; default all
  --systems NAME,...    of ${SYSTEMS.join(", ")}; default all, interleaved
  --rounds N            turns of each system on each link, default 2
  --presses N           presses of a system in one turn, default 16
  --browser NAME        chromium or firefox, default chromium
  --congestion-control NAME   TCP's on both sides, default cubic
  --split               say where Skerry's milliseconds go, as its page has it
  --add                 to the figures of the report in the folder, to measure in parts
  --output FOLDER       default bench-report`;

/** @throws {BenchUsageError} when an argument is unknown or out of range */
export function parseNetworkOptions(args: readonly string[]): NetworkOptions {
  const cut = args.indexOf("--");
  let values;
  try {
    ({ values } = parseArgs({
      args: [...cut < 0 ? args : args.slice(0, cut)],
      options: {
        links: { type: "string", default: BENCH_LINKS.map(({ name }) => name).join(",") },
        systems: { type: "string", default: SYSTEMS.join(",") },
        rounds: { type: "string", default: "2" },
        presses: { type: "string", default: "16" },
        browser: { type: "string", default: "chromium" },
        "congestion-control": { type: "string", default: "cubic" },
        split: { type: "boolean", default: false },
        add: { type: "boolean", default: false },
        output: { type: "string", default: "bench-report" },
      },
    }));
  } catch (error) {
    throw new BenchUsageError(error instanceof Error ? error.message : String(error));
  }
  const names = pick("links", values.links, BENCH_LINKS.map(({ name }) => name));
  return {
    browser: pick("browser", values.browser, ["chromium", "firefox"] as const)[0] ?? "chromium",
    links: BENCH_LINKS.filter(({ name }) => names.includes(name)),
    systems: pick("systems", values.systems, SYSTEMS),
    rounds: count("rounds", values.rounds),
    presses: count("presses", values.presses),
    congestionControl: values["congestion-control"],
    split: values.split,
    add: values.add,
    output: values.output,
    skerryArgs: cut < 0 ? [] : args.slice(cut + 1),
  };
}

function count(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new BenchUsageError(`"${text}" is no value of --${option}; take a whole number above 0.`);
}
