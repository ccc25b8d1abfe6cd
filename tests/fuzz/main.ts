/**
 * Fuzzes a Skerry of its own: `deno task fuzz [--inputs N] [--minutes N] [--seed N] [--only NAME]
 * [--rounds N] [--quiet SECONDS]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { fuzz } from "./fuzz.ts";

const { values } = parseArgs({
  options: {
    inputs: { type: "string", default: "1000000" },
    minutes: { type: "string", default: "60" },
    seed: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string", default: "4" },
    // Longer than viewers that are away are waited for (src/session/viewer_roster.ts).
    quiet: { type: "string", default: "65" },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
console.log(`Seed ${seed}`);
const { memory, outcomes, troubles } = await fuzz({
  inputs: Number(values.inputs),
  limit: Number(values.minutes) * 60_000,
  seed,
  only: values.only,
  rounds: Number(values.rounds),
  quiet: Number(values.quiet) * 1000,
  progress: console.log,
});
const inputs = outcomes.reduce((sum, outcome) => sum + outcome.inputs, 0);
const findings = outcomes.flatMap(({ name, findings }) =>
  [...findings].map(([what, times]) => `${name}: ${what} (${times} times)`)
);
console.log(`\n${inputs} inputs in all`);
for (const { name, inputs, seconds } of outcomes) {
  console.log(`${name}: ${inputs} in ${seconds.toFixed(0)} s`);
}
for (const [when, octets] of memory) {
  console.log(`memory, ${when}: ${(octets / 1024 ** 2).toFixed(0)} MiB`);
}
for (const finding of [...findings, ...troubles]) console.log(`FOUND ${finding}`);
if (findings.length + troubles.length === 0) console.log("Nothing was found.");
Deno.exit(findings.length + troubles.length === 0 ? 0 : 1);
