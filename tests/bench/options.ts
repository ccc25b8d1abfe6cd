/**
 * The bench's command line.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { BrowserName } from "../support/rig_browser.ts";
import type { SystemName } from "./systems.ts";
import { type Scene, SCENES } from "./viewer.ts";

/** What it compares. */
const SYSTEM_NAMES: readonly SystemName[] = ["skerry", "novnc"];

/** What `deno task bench` was asked for. */
export interface BenchOptions {
  readonly browsers: readonly BrowserName[];
  readonly systems: readonly SystemName[];
  readonly scenes: readonly Scene[];
  /** Presses that count, for each system, browser and scene. */
  readonly presses: number;
  /** Presses of one system before the next one's turn. */
  readonly block: number;
  /** Whether to read the split of Skerry's milliseconds afterwards. */
  readonly split: boolean;
  /** The folder for the report. */
  readonly output: string;
  /** More options for Skerry, after `--`. */
  readonly skerryArgs: readonly string[];
}

/** An option of the bench that it does not know or cannot take. */
export class BenchUsageError extends Error {
  override name = "BenchUsageError";
}

export const USAGE = `Usage: deno task bench [options] [-- SKERRY-OPTION ...]
  --quick                       24 presses instead of 100
  --presses N                   presses for each system, browser and scene
  --browser chromium|firefox|both   default both
  --systems skerry,novnc        default both, interleaved
  --scene still|motion          default both
  --no-split                    do not read where Skerry's milliseconds go
  --output FOLDER               default bench-report`;

/**
 * The values of an option that takes several, apart by commas.
 *
 * @throws {BenchUsageError} when one is unknown
 */
export function pick<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  return text.split(",").map((word) => {
    const found = known.find((name) => name === word);
    if (found) return found;
    throw new BenchUsageError(`"${word}" is no value of --${option}; take ${known.join(" or ")}.`);
  });
}

/**
 * @param systems those to choose from; all of them by default
 * @throws {BenchUsageError} when an argument is unknown or out of range
 */
export function parseBenchOptions(
  args: readonly string[],
  systems: readonly SystemName[] = SYSTEM_NAMES,
): BenchOptions {
  const cut = args.indexOf("--");
  const own = cut < 0 ? args : args.slice(0, cut);
  let values;
  try {
    ({ values } = parseArgs({
      args: [...own],
      options: {
        quick: { type: "boolean", default: false },
        presses: { type: "string" },
        browser: { type: "string", default: "both" },
        systems: { type: "string", default: systems.join(",") },
        scene: { type: "string", default: SCENES.join(",") },
        "no-split": { type: "boolean", default: false },
        output: { type: "string", default: "bench-report" },
      },
    }));
  } catch (error) {
    throw new BenchUsageError(error instanceof Error ? error.message : String(error));
  }
  const presses = Number(values.presses ?? (values.quick ? 24 : 100));
  if (!Number.isInteger(presses) || presses < 1) {
    throw new BenchUsageError(`"${values.presses}" is no number of presses; take 1 or more.`);
  }
  const browsers = values.browser === "both" ? "chromium,firefox" : values.browser;
  return {
    browsers: pick("browser", browsers, ["chromium", "firefox"]),
    systems: pick("systems", values.systems, systems),
    scenes: pick("scene", values.scene, SCENES),
    presses,
    block: Math.min(presses, values.quick ? 12 : 20),
    split: !values["no-split"],
    output: values.output,
    skerryArgs: cut < 0 ? [] : args.slice(cut + 1),
  };
}
