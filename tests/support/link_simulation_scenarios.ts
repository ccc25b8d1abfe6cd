/**
 * The links that rate control is held to, and what it has to reach on each.
 *
 * @module
 */

import type { Scenario } from "./link_simulation.ts";
import type { Activity } from "./link_simulation_desktop.ts";
import { constant, lte, wave, wifi } from "./link_simulation_traces.ts";

/** What a scenario has to show; times in ms. */
export interface Bounds {
  /** What is counted: from and to when; default: from 2 s to the end. */
  readonly between?: readonly [number, number];
  /** Most a packet waits in the link's queue: median and 95th percentile. */
  readonly queue: readonly [p50: number, p95: number];
  /** Least part of the link's capacity that frames take, where the desktop has more to show. */
  readonly utilisation?: number;
  /** Oldest picture that may be on the screen while it changes, before the next one takes its place. */
  readonly worstAge?: number;
  /** After that time, all frames are again so young when they arrive, within that long. */
  readonly recovery?: { readonly from: number; readonly age: number; readonly within: number };
  /** After that time, the encoder is told so many kbit/s or more, within that long. */
  readonly rise?: { readonly from: number; readonly kbit: number; readonly within: number };
  /** After that time, the encoder is told so many kbit/s or less, within that long. */
  readonly fall?: { readonly from: number; readonly kbit: number; readonly within: number };
}

export interface BoundedScenario extends Scenario {
  readonly bounds: Bounds;
}

/** A film in a window or on all of the screen: always more than the link takes. */
function motion(from: number, to: number, perSecond: number, kbit = 2000): Activity {
  return { from, to, perSecond, kbit };
}

const S = 1000;
const HOUR = 3_600_000;

/** Fifty changes a second that fill any link, and a viewer who only looks. */
const film = (duration: number): Activity[] => [motion(0, duration, 50)];
/** Thirty changes a second beside somebody who works. */
const video = (duration: number): Activity[] => [motion(0, duration, 30)];

export const SCENARIOS: readonly BoundedScenario[] = [
  {
    name: "constant 0.5 Mbit/s, 40 ms",
    duration: 12 * S,
    rate: constant(500),
    rtt: 40,
    acks: "websocket",
    activities: video(12 * S),
    interactive: true,
    bounds: { queue: [30, 80], utilisation: 0.57 },
  },
  {
    name: "constant 1 Mbit/s, 40 ms",
    duration: 12 * S,
    rate: constant(1000),
    rtt: 40,
    acks: "datagram",
    activities: video(12 * S),
    interactive: true,
    bounds: { queue: [15, 30], utilisation: 0.59 },
  },
  {
    name: "constant 3 Mbit/s, 80 ms",
    duration: 12 * S,
    rate: constant(3000),
    rtt: 80,
    acks: "websocket",
    activities: video(12 * S),
    interactive: true,
    bounds: { queue: [15, 25], utilisation: 0.29 },
  },
  {
    name: "constant 10 Mbit/s, 40 ms, somebody types",
    duration: 12 * S,
    rate: constant(10_000),
    rtt: 40,
    acks: "websocket",
    activities: video(12 * S),
    interactive: true,
    bounds: { queue: [10, 15], utilisation: 0.15 },
  },
  {
    name: "constant 10 Mbit/s, 40 ms, a film",
    duration: 12 * S,
    rate: constant(10_000),
    rtt: 40,
    acks: "datagram",
    activities: film(12 * S),
    interactive: false,
    bounds: { queue: [15, 25], utilisation: 0.7 },
  },
  {
    name: "constant 10 Mbit/s, 200 ms",
    duration: 12 * S,
    rate: constant(10_000),
    rtt: 200,
    acks: "websocket",
    activities: film(12 * S),
    interactive: false,
    bounds: { queue: [15, 25], utilisation: 0.7 },
  },
  {
    name: "constant 30 Mbit/s, 20 ms",
    duration: 10 * S,
    rate: constant(30_000),
    rtt: 20,
    acks: "websocket",
    activities: film(10 * S),
    interactive: false,
    bounds: { queue: [15, 25], utilisation: 0.7 },
  },
  {
    name: "constant 100 Mbit/s, 5 ms",
    duration: 8 * S,
    rate: constant(100_000),
    rtt: 5,
    acks: "datagram",
    activities: film(8 * S),
    interactive: false,
    bounds: { queue: [15, 25], utilisation: 0.6 },
  },
  ...(["websocket", "datagram"] as const).flatMap((acks): BoundedScenario[] => [
    {
      name: `step from 10 to 2 Mbit/s, ${acks}`,
      duration: 20 * S,
      rate: [[0, 10_000], [10 * S, 2000]],
      rtt: 40,
      acks,
      activities: film(20 * S),
      interactive: false,
      bounds: {
        queue: [15, 40],
        utilisation: 0.6,
        worstAge: 600,
        recovery: { from: 10 * S, age: 120, within: 1500 },
        fall: { from: 10 * S, kbit: 4500, within: 100 },
      },
    },
    {
      name: `step from 2 to 10 Mbit/s, ${acks}`,
      duration: 20 * S,
      rate: [[0, 2000], [10 * S, 10_000]],
      rtt: 40,
      acks,
      activities: video(20 * S),
      interactive: true,
      bounds: {
        queue: [15, 25],
        rise: { from: 10 * S, kbit: 7000, within: 4000 },
      },
    },
    {
      name: `outage of 10 s, ${acks}`,
      duration: 30 * S,
      rate: [[0, 10_000], [10 * S, 0], [20 * S, 10_000]],
      rtt: 40,
      acks,
      activities: film(30 * S),
      interactive: false,
      bounds: {
        between: [2 * S, 9.9 * S],
        queue: [15, 30],
        recovery: { from: 20 * S, age: 120, within: 1000 },
        rise: { from: 20 * S, kbit: 7000, within: 2000 },
      },
    },
    {
      name: `mobile network, ${acks}`,
      duration: 40 * S,
      rate: lte(40 * S, 7, [1500, 20_000]),
      rtt: 50,
      jitter: 8,
      acks,
      activities: film(40 * S),
      interactive: false,
      // From 20 to 1.5 Mbit/s at once, what is under way alone takes 870 ms.
      bounds: { queue: [20, 60], utilisation: 0.6, worstAge: 1000 },
    },
    {
      name: `crowded Wi-Fi, ${acks}`,
      duration: 30 * S,
      rate: wifi(30 * S, 3, 40_000),
      rtt: 10,
      jitter: 2,
      acks,
      activities: film(30 * S),
      interactive: false,
      bounds: { queue: [20, 40], utilisation: 0.5 },
    },
    {
      name: `loss of 1%, ${acks}`,
      duration: 20 * S,
      rate: constant(10_000),
      rtt: 40,
      loss: 0.01,
      acks,
      activities: film(20 * S),
      interactive: false,
      // CUBIC alone reaches 40% here.
      bounds: { queue: [15, 30], utilisation: acks === "websocket" ? 0.22 : 0.5 },
    },
    {
      name: `loss of 3%, ${acks}`,
      duration: 20 * S,
      rate: constant(10_000),
      rtt: 40,
      loss: 0.03,
      acks,
      activities: film(20 * S),
      interactive: false,
      // And 22% here.
      bounds: { queue: [15, 30], utilisation: acks === "websocket" ? 0.12 : 0.45 },
    },
    {
      name: `jitter of 20 ms each way, ${acks}`,
      duration: 20 * S,
      rate: constant(5000),
      rtt: 40,
      jitter: 20,
      acks,
      activities: film(20 * S),
      interactive: false,
      bounds: { queue: [20, 45], utilisation: 0.49 },
    },
    {
      name: `shallow buffer of 16 kB, ${acks}`,
      duration: 20 * S,
      rate: constant(10_000),
      rtt: 40,
      buffer: 16_000,
      acks,
      activities: film(20 * S),
      interactive: false,
      bounds: { queue: [13, 13], utilisation: 0.4 },
    },
    {
      name: `a file on the side, ${acks}`,
      duration: 20 * S,
      rate: constant(10_000),
      rtt: 40,
      acks,
      activities: video(20 * S),
      interactive: true,
      ownBulk: [4 * S, 19 * S],
      bounds: { between: [4 * S, 19 * S], queue: [15, 25], worstAge: 200 },
    },
    {
      name: `competing download, ${acks}`,
      duration: 40 * S,
      rate: constant(10_000),
      rtt: 40,
      buffer: 100_000,
      acks,
      activities: film(40 * S),
      interactive: false,
      bulk: [10 * S, 30 * S],
      bounds: {
        between: [2 * S, 9.9 * S],
        queue: [15, 30],
        recovery: { from: 30 * S, age: 120, within: 2000 },
      },
    },
    {
      name: `competing download that fills 200 ms, ${acks}`,
      duration: 40 * S,
      rate: constant(10_000),
      rtt: 40,
      buffer: 250_000,
      acks,
      activities: film(40 * S),
      interactive: false,
      bulk: [10 * S, 30 * S],
      bounds: {
        between: [2 * S, 9.9 * S],
        queue: [15, 30],
        recovery: { from: 30 * S, age: 120, within: 3000 },
      },
    },
    {
      name: `longer way and back, ${acks}`,
      duration: 30 * S,
      rate: constant(10_000),
      acks,
      rtt: [[0, 20], [10 * S, 100], [20 * S, 20]],
      activities: film(30 * S),
      interactive: false,
      bounds: { queue: [15, 30], utilisation: 0.6 },
    },
    {
      name: `idle hour, then motion, ${acks}`,
      duration: HOUR + 10 * S,
      rate: constant(10_000),
      rtt: 40,
      acks,
      activities: [
        motion(0, 5 * S, 30),
        { from: 5 * S, to: HOUR, perSecond: 0.1, kbit: 4 },
        motion(HOUR, HOUR + 10 * S, 30),
      ],
      bounds: {
        between: [HOUR, HOUR + 10 * S],
        queue: [15, 25],
        rise: { from: HOUR, kbit: 7000, within: 100 },
      },
    },
    {
      name: `idle hour in which the path became slow and long, ${acks}`,
      duration: HOUR + 10 * S,
      rate: [[0, 20_000], [HOUR / 2, 1000]],
      acks,
      rtt: [[0, 10], [HOUR / 2, 90]],
      activities: [motion(0, 5 * S, 30), motion(HOUR, HOUR + 10 * S, 30)],
      bounds: {
        between: [HOUR, HOUR + 10 * S],
        queue: [25, 120],
        worstAge: 1000,
        recovery: { from: HOUR, age: 250, within: 2000 },
      },
    },
  ]),
  {
    name: "slow for a while, then fast while nothing but typing is sent",
    duration: 60 * S,
    rate: [[0, 20_000], [5 * S, 700], [15 * S, 20_000]],
    rtt: 40,
    acks: "datagram",
    activities: [
      motion(0, 12 * S, 30),
      { from: 16 * S, to: 50 * S, perSecond: 0.4, kbit: 5 },
      motion(50 * S, 60 * S, 30),
    ],
    bounds: { queue: [20, 60], rise: { from: 15 * S, kbit: 10_000, within: 20 * S } },
  },
  ...(["datagram", "websocket"] as const).map((acks): BoundedScenario => ({
    name: `3 Mbit/s, and a viewer that stands still for up to 300 ms time and again, ${acks}`,
    duration: 20 * S,
    rate: constant(3000),
    rtt: 80,
    acks,
    stalls: { every: 400, most: 300 },
    activities: video(20 * S),
    bounds: { queue: [15, 30], utilisation: 0.26 },
  })),
  {
    name: "tides from 1 to 20 Mbit/s",
    duration: 40 * S,
    rate: wave(40 * S, [1000, 20_000], 10 * S),
    rtt: 60,
    acks: "datagram",
    activities: film(40 * S),
    interactive: false,
    bounds: { queue: [20, 40], utilisation: 0.6 },
  },
  {
    name: "jump from 2 to 100 Mbit/s",
    duration: 15 * S,
    rate: [[0, 2000], [5 * S, 100_000]],
    rtt: 10,
    acks: "datagram",
    activities: video(15 * S),
    interactive: true,
    bounds: { queue: [15, 25], rise: { from: 5 * S, kbit: 50_000, within: 3000 } },
  },
  {
    name: "office work: typing, pages, pauses, 3 Mbit/s",
    duration: 60 * S,
    rate: constant(3000),
    rtt: 60,
    acks: "websocket",
    activities: [
      { from: 1 * S, to: 20 * S, perSecond: 6, kbit: 6 },
      { from: 22 * S, to: 40 * S, perSecond: 0.5, kbit: 700 },
      { from: 45 * S, to: 60 * S, perSecond: 30, kbit: 60 },
    ],
    interactive: true,
    bounds: { queue: [15, 30] },
  },
];
