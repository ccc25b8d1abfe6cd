/**
 * `skerry doctor`: looks at what Skerry needs here, by doing it, and says what to install.
 *
 * @module
 */

import type { Settings } from "../settings.ts";
import { checksFor } from "./checks.ts";
import type { Finding } from "./finding.ts";

const MARKS = { ok: "ok     ", worse: "worse  ", missing: "MISSING" } as const;

/** Milliseconds that one check may take. */
const PATIENCE = 30_000;

/**
 * @param settings As Skerry would be started with.
 * @param print Takes each line as soon as it is known.
 * @returns The exit code: 1 if something is missing that Skerry cannot do without.
 */
export async function examine(
  settings: Settings,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const all: Finding[] = [];
  for (const check of checksFor(settings)) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    let findings: readonly Finding[];
    try {
      findings = await check.run(patience);
    } catch (error) {
      if (signal.aborted) throw error;
      const detail = patience.aborted
        ? `no answer within ${PATIENCE / 1000} s`
        : error instanceof Error
        ? error.message
        : String(error);
      findings = [{ verdict: "worse", what: check.what, detail }];
    }
    for (const finding of findings) for (const line of linesOf(finding)) print(line);
    all.push(...findings);
  }
  const count = (verdict: Finding["verdict"]) =>
    all.filter((finding) => finding.verdict === verdict).length;
  print("");
  if (count("missing") > 0) {
    print("Skerry cannot show a desktop here before what is MISSING is there.");
    return 1;
  }
  print(
    count("worse") > 0
      ? "Skerry works here. What is marked as worse could be better."
      : "Skerry has all that it needs.",
  );
  return 0;
}

function linesOf({ advice, detail, verdict, what }: Finding): string[] {
  const [first, ...rest] = detail.trim().split("\n");
  return [
    `${MARKS[verdict]} ${what}: ${first}`,
    ...rest.map((line) => `        ${line}`),
    ...advice === undefined ? [] : [`        ${advice}.`],
  ];
}
