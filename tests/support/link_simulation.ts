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
import { ACK_WINDOW, type AckMode, SimulatedPath } from "./link_simulation_path.ts";

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
  /** From and to which time somebody else downloads, in ms. */
  readonly bulk?: readonly [number, number];
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
}

export const SAMPLE_MS = 50;

/** Runs a scenario. */
export function simulate(scenario: Scenario): Outcome {
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
  const controller = new RateController({
    maxBitrate: kbitPerSecond(scenario.maxBitrate ?? 100_000),
    maxFrameRate: perSecond(60),
    ...(acks === "websocket" ? { ackWindow: bytes(ACK_WINDOW) } : {}),
  });
  const waits: Wait[] = [];
  const path: SimulatedPath = new SimulatedPath({
    clock,
    forward,
    back,
    acks,
    controller,
    onroom: () => desktop.wake(),
    onwait: (wait) => waits.push({ at: clock.now, wait }),
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
  const samples: Sample[] = [];
  let delivered = 0;
  const step = duration > 600_000 ? SAMPLE_MS * 20 : SAMPLE_MS;
  for (let at = step; at <= duration; at += step) {
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
  return { scenario, samples, waits, frames: desktop.frames, trace, bulk: bulk.delivered };
}
