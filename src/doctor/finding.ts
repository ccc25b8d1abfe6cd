/** What one check has found. */
export interface Finding {
  /** `missing` keeps Skerry from its main job; `worse` makes it worse; `ok` is fine. */
  readonly verdict: "ok" | "worse" | "missing";
  /** What was looked at, in a word or two. */
  readonly what: string;
  /** What was found. */
  readonly detail: string;
  /** What to do about it; undefined if there is nothing to do. */
  readonly advice?: string | undefined;
}

/** What one check does; it never throws for what it finds. */
export interface Check {
  readonly what: string;
  run(signal: AbortSignal): Promise<readonly Finding[]>;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
