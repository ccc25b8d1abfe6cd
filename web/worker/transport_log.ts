/**
 * Which transport carries the session, why and since when, and what has become of the other: for people
 * who look at the statistics.
 *
 * @module
 */

import type { PathReason } from "../messages.ts";
import { wallClock } from "../wall_clock.ts";
import type { RaceReports, TransportName } from "./transport_race.ts";
import type { Viewer } from "./viewer.ts";

/** What is known of one kind of transport. Plain data. */
export interface RouteReport {
  readonly name: string;
  readonly state: "carries" | "standby" | "opening" | "failed" | "skipped";
  /** Since when it is so, in ms since 1970; undefined if always. */
  readonly since: number | undefined;
  /** Why it carries the session. */
  readonly why: PathReason | undefined;
  /** What it said, or what speaks against it; may be empty. */
  readonly detail: string;
}

/** The transport in use, then the other. */
export type Routes = readonly RouteReport[];

interface Attempt {
  readonly at: number;
  readonly failure: string | undefined;
}

const NAMES: readonly TransportName[] = ["webtransport", "websocket"];

export class TransportLog {
  readonly #viewer: Pick<Viewer, "active" | "paths">;
  readonly #race: { readonly reports: RaceReports | undefined };
  /** Attempts after the race. */
  readonly #attempts = new Map<TransportName, Attempt>();

  constructor(
    viewer: Pick<Viewer, "active" | "paths">,
    race: { readonly reports: RaceReports | undefined },
  ) {
    this.#viewer = viewer;
    this.#race = race;
  }

  /** @param failure Undefined while the attempt goes on, "" if it has succeeded. */
  attempted(name: TransportName, failure: string | undefined): void {
    this.#attempts.set(name, { at: wallClock(), failure });
  }

  routes(): Routes {
    return NAMES.map((name) => this.#report(name))
      .sort((a, b) => Number(b.state === "carries") - Number(a.state === "carries"));
  }

  #report(name: TransportName): RouteReport {
    const { active, paths } = this.#viewer;
    const attempt = this.#attempts.get(name);
    const since = attempt?.at;
    const of = { name, since, why: undefined, detail: "" };
    if (active?.path.transport.kind === name) {
      return { ...of, state: "carries", since: active.since, why: active.why };
    }
    if ([...paths].some(({ transport }) => transport.kind === name)) {
      return { ...of, state: "standby" };
    }
    if (attempt !== undefined) {
      return attempt.failure === undefined
        ? { ...of, state: "opening" }
        : { ...of, state: "failed", detail: attempt.failure || "It was lost again" };
    }
    const { detail = "", state = "skipped" } = this.#race.reports?.[name] ?? {};
    // What stood or carried then is gone by now.
    if (state === "carries" || state === "stands") {
      return { ...of, state: "failed", detail: "It was lost" };
    }
    return { ...of, state, detail };
  }
}
