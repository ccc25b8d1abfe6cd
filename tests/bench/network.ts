/**
 * `deno task bench:network`: click to photon of Skerry's two transports and of noVNC with TigerVNC on
 * emulated links, all in one go.
 *
 * @module
 */
import { BenchUsageError } from "./options.ts";
import { NETWORK_USAGE, parseNetworkOptions } from "./network_options.ts";
import { networkReport } from "./network_report.ts";
import { addResults, type NetworkMeasured, type NetworkResult, runNetwork } from "./network_run.ts";
import { plotLatencies } from "./plot.ts";
import { Progress } from "./run.ts";
import { dataText, readData } from "./shared.ts";
import type { SystemName } from "./systems.ts";

/** Results as they are written. */
type StoredResult = Omit<NetworkResult, "systems"> & {
  readonly systems: Partial<Record<SystemName, NetworkMeasured>>;
};

async function earlierResults(path: string): Promise<NetworkResult[]> {
  const stored = await readData<StoredResult[]>(path) ?? [];
  return stored.map(({ systems, ...rest }) => ({
    ...rest,
    systems: new Map(Object.entries(systems) as [SystemName, NetworkMeasured][]),
  }));
}

async function main(): Promise<void> {
  if (Deno.args.includes("--help")) return console.log(NETWORK_USAGE);
  const options = parseNetworkOptions(Deno.args);
  const dataPath = `${options.output}/network.json`;
  const earlier = options.add ? await earlierResults(dataPath) : [];
  const results = addResults(earlier, await runNetwork(options, new Progress()));
  const report = networkReport(results, "network.svg", options.congestionControl).join("\n") + "\n";
  const data = results.map(({ systems, ...rest }) => ({
    ...rest,
    systems: Object.fromEntries(systems),
  }));
  const panels = results.map(({ link, systems }) => ({
    title: link.title,
    subtitle: options.browser,
    systems,
  }));
  await Deno.mkdir(options.output, { recursive: true });
  await Deno.writeTextFile(`${options.output}/network.md`, report);
  await Deno.writeTextFile(`${options.output}/network.svg`, plotLatencies(panels, "own"));
  await Deno.writeTextFile(dataPath, dataText(data));
  console.log(report);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchUsageError)) throw error;
  console.error(`${error.message}\n${NETWORK_USAGE}`);
  Deno.exitCode = 2;
}
