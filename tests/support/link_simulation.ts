/**
 * A desktop, its rate controller and a link, on a virtual clock: what becomes of frames on a network that
 * changes.
 *
 * @module
 */

import { RateController } from "../../src/rate/rate_controller.ts";
import { bytes, kbitPerSecond, milliseconds, perSecond } from "../../src/rate/units.ts";
import { BulkFlow } from "./link_simulation_bulk.ts";
import { EventClock, randomNumbers } from "./link_simulation_clock.ts";
import { type Activity, SimulatedDesktop, type SimulatedFrame } from "./link_simulation_desktop.ts";
import { Link, type RateStep, RateTrace } from "./link_simulation_link.ts";
import { ACK_WINDOW, type AckMode, type Control, SimulatedPath } from "./link_simulation_path.ts";

export interface Scenario {
  readonly name: string;
  /** In ms. */
  readonly duration: number;
  readonly rate: readonly RateStep[];
  /** Round trip of an idle link, in ms; may change. */
  readonly rtt: number | readonly RateStep[];
  /** In each direction, up to so many ms more. */
  readonly jitter?: number;
  readonly loss?: number;
  /** In octets; default: 1 MB, which is deep. */
  readonly buffer?: number;
  readonly acks: AckMode;
  readonly activities: readonly Activity[];
  /** Default: yes. */
  readonly interactive?: boolean;
  /** The viewer's machine stands still: about how often, and for how long at most; in ms. */
  readonly stalls?: { readonly every: number; readonly most: number };
  /** From and to which time somebody else downloads, in ms. */
  readonly bulk?: readonly [number, number];
  /** From and to which time the desktop sends a file on the side, in ms. */
  readonly ownBulk?: readonly [number, number];
  /** Of the encoder, in kbit/s; default: 100 Mbit/s. */
  readonly maxBitrate?: number;
  readonly seed?: number;
}

/** What held at a time. */
export interface Sample {
  /** In ms. */
  readonly at: number;
  /** What the link carries, in kbit/s. */
  readonly capacity: number;
  /** What has arrived since the last sample, in kbit/s. */
  readonly goodput: number;
  /** What the encoder is told, in kbit/s. */
  readonly bitrate: number;
  /** What a packet would wait now, in ms. */
  readonly queue: number;
}

/** What a packet waited for, in ms, when it was sent. */
export interface Wait {
  readonly at: number;
  readonly wait: number;
}

export interface Outcome {
  readonly scenario: Scenario;
  readonly samples: readonly Sample[];
  readonly waits: readonly Wait[];
  readonly frames: readonly SimulatedFrame[];
  readonly trace: RateTrace;
  /** What the other download got, in octets. */
  readonly bulk: number;
  /** What the file on the side got, in octets. */
  readonly ownBulk: number;
  /** What was sent to no other end than to learn, in octets. */
  readonly padding: number;
}

export const SAMPLE_MS = 20;
const DULL_MS = 120_000;

/** The product's rate control. */
export function rateControl({ acks, maxBitrate = 100_000 }: Scenario): Control {
  return new RateController({
    maxBitrate: kbitPerSecond(maxBitrate),
    maxFrameRate: perSecond(60),
    ...(acks === "websocket" ? { ackWindow: bytes(ACK_WINDOW) } : {}),
  });
}

/** Runs a scenario. */
export function simulate(scenario: Scenario, controller = rateControl(scenario)): Outcome {
  const { duration, rtt, jitter = 0, loss = 0, buffer = 1_000_000, acks, seed = 1 } = scenario;
  const clock = new EventClock();
  const random = randomNumbers(seed);
  const trace = new RateTrace(scenario.rate);
  const delay = typeof rtt === "number" ? rtt / 2 : rtt.map(([at, ms]) => [at, ms / 2] as const);
  const forward = new Link(clock, { rate: trace, delay, jitter, loss, buffer }, random);
  const back = new Link(clock, {
    rate: new RateTrace([[0, 20_000]]),
    delay,
    jitter,
    loss,
    buffer: 1_000_000,
  }, random);
  const waits: Wait[] = [];
  const path: SimulatedPath = new SimulatedPath({
    clock,
    forward,
    back,
    acks,
    controller,
    onroom: () => desktop.wake(),
    onwait: (wait) => waits.push({ at: clock.now, wait }),
    ...(scenario.stalls ? { looksAt: stalls(scenario.stalls, duration, random) } : {}),
  });
  const desktop = new SimulatedDesktop({
    clock,
    random,
    controller,
    path: () => path,
    activities: scenario.activities,
    interactive: scenario.interactive ?? true,
  });
  const bulk = new BulkFlow(clock, forward);
  if (scenario.bulk !== undefined) {
    clock.at(scenario.bulk[0], () => bulk.start());
    clock.at(scenario.bulk[1], () => bulk.stop());
  }
  if (scenario.ownBulk !== undefined) {
    clock.at(scenario.ownBulk[0], () => path.setBulk(true));
    clock.at(scenario.ownBulk[1], () => path.setBulk(false));
  }
  // The opening of a flow is acknowledged at once.
  const opening = 2 * forward.delay;
  clock.at(opening, () => controller.roundTrip(milliseconds(opening), milliseconds(opening)));
  const samples: Sample[] = [];
  let delivered = 0;
  let before = 0;
  while (before < duration) {
    // Of an idle hour, the ends are enough.
    const dull = before > DULL_MS && before < duration - DULL_MS;
    const at = Math.min(before + (dull ? 50 * SAMPLE_MS : SAMPLE_MS), duration);
    const step = at - before;
    before = at;
    clock.runUntil(at);
    samples.push({
      at,
      capacity: trace.kbitAt(at - step / 2),
      goodput: (path.delivered - delivered) * 8 / step,
      bitrate: controller.encoderBitrate(milliseconds(at), path.ledger.inFlight),
      queue: forward.wait,
    });
    delivered = path.delivered;
  }
  const { frames, padding } = desktop;
  return {
    scenario,
    samples,
    waits,
    frames,
    trace,
    bulk: bulk.delivered,
    ownBulk: path.bulkDelivered,
    padding,
  };
}

/** @returns When what comes at some time is looked at. */
function stalls(
  { every, most }: NonNullable<Scenario["stalls"]>,
  duration: number,
  random: () => number,
): (now: number) => number {
  const spans: { readonly from: number; readonly to: number }[] = [];
  for (let from = 0; from < duration;) {
    from += 2 * every * random();
    const to = from + most * random();
    spans.push({ from, to });
    from = to;
  }
  return (now) => spans.find(({ from, to }) => from <= now && now < to)?.to ?? now;
}
