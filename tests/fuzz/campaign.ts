/**
 * What is common to all that throws broken input at a server: how much, for how long, and what came of it.
 *
 * @module
 */
import { Mutator } from "./mutator.ts";

/** What one kind of fuzzing has found. */
export interface Outcome {
  readonly name: string;
  /** Inputs that the server is known to have looked at. */
  inputs: number;
  seconds: number;
  /** What must not be, each said once with how often it was. */
  readonly findings: Map<string, number>;
  /** What the server answered, for the report: how varied the inputs were. */
  readonly answers: Map<string, number>;
}

/** One try: throws some inputs at the server and says how many it has looked at. */
export type Attempt = (mutator: Mutator, outcome: Outcome) => Promise<number>;

export interface CampaignOptions {
  readonly name: string;
  readonly inputs: number;
  /** Milliseconds after which it ends, however many inputs there were. */
  readonly limit: number;
  readonly seed: number;
  /** Tries at a time. */
  readonly lanes?: number;
  readonly progress?: ((outcome: Outcome) => void) | undefined;
}

/** Milliseconds between two reports of progress. */
const PROGRESS = 15_000;

/** Tries until there were enough inputs, or there is no time left. */
export async function campaign(options: CampaignOptions, attempt: Attempt): Promise<Outcome> {
  const { inputs, lanes = 6, limit, name, progress, seed } = options;
  const outcome: Outcome = {
    name,
    inputs: 0,
    seconds: 0,
    findings: new Map(),
    answers: new Map(),
  };
  const startedAt = performance.now();
  let toldAt = startedAt;
  const run = async (lane: number) => {
    const mutator = new Mutator(seed * 7919 + lane * 104729 + 1);
    while (outcome.inputs < inputs && performance.now() - startedAt < limit) {
      const looked = await attempt(mutator, outcome);
      outcome.inputs += looked;
      outcome.seconds = (performance.now() - startedAt) / 1000;
      if (performance.now() - toldAt < PROGRESS) continue;
      toldAt = performance.now();
      progress?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
  return outcome;
}

/** Adds what another round of the same kind has found. */
export function add(sum: Outcome, outcome: Outcome): void {
  sum.inputs += outcome.inputs;
  sum.seconds += outcome.seconds;
  for (const counts of ["answers", "findings"] as const) {
    for (const [what, times] of outcome[counts]) count(sum[counts], what, times);
  }
}

export function count(counts: Map<string, number>, what: string, times = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + times);
}

/** Milliseconds after which an answer is not waited for any more, and that is a finding. */
export const PATIENCE = 20_000;

/** Milliseconds after which a connection that the server keeps open is left. */
export const LINGER = 1000;

/** @returns Undefined if it takes too long. */
export async function within<T>(milliseconds: number, what: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds);
  try {
    return await Promise.race([what, promise]);
  } finally {
    clearTimeout(timer);
  }
}
