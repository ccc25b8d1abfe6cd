/**
 * The links that benches measure on.
 *
 * @module
 */
import { FREE_LINK, type LinkSettings } from "../support/link.ts";

export type LinkName = "loopback" | "10-40" | "10-40-1%" | "10-40-3%" | "3-80" | "1-40";

/** A link and what people call it. */
export interface BenchLink {
  readonly name: LinkName;
  readonly title: string;
  /** Round trip without any queue, in ms. */
  readonly rtt: number;
  /** Undefined: both ends are on this machine, with nothing between them. */
  readonly settings: LinkSettings | undefined;
}

/** The same rate and delay each way, 200 ms of queue. */
function slow(name: LinkName, megabits: number, rtt: number, loss = 0): BenchLink {
  const lossy = loss === 0 ? "" : `, ${loss * 100} % loss`;
  return {
    name,
    title: `${megabits} Mbit/s, ${rtt} ms RTT${lossy}`,
    rtt,
    settings: { ...FREE_LINK, down: megabits, up: megabits, delay: rtt / 2, loss },
  };
}

export const BENCH_LINKS: readonly BenchLink[] = [
  { name: "loopback", title: "loopback", rtt: 0, settings: undefined },
  slow("10-40", 10, 40),
  slow("10-40-1%", 10, 40, 0.01),
  slow("10-40-3%", 10, 40, 0.03),
  slow("3-80", 3, 80),
  slow("1-40", 1, 40),
];
