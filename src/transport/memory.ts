/**
 * Two transports that are connected to each other within one program, for tests: at once and on the
 * real clock, or over simulated links on a virtual one.
 *
 * @module
 */

import type { Schedule } from "../protocol/deadline_timer.ts";
import type { EndpointLimits } from "../protocol/limits.ts";
import type { MakePathModel } from "../protocol/path_model.ts";
import { RtwebsocketEndpoint } from "../protocol/rtwebsocket_endpoint.ts";
import { type LinkOptions, SimulatedLink } from "./simulated_link.ts";
import { scheduleTimeout } from "./timeout.ts";
import type { VirtualClock } from "./virtual_clock.ts";

export interface MemoryPairOptions {
  /** What time it is; default: the real one, and messages arrive in the next microtask. */
  readonly clock?: VirtualClock;
  /** The link from the first to the second, and the one back; with a clock they have no limits else. */
  readonly links?: readonly [LinkOptions, LinkOptions];
  readonly limits?: Partial<EndpointLimits>;
  /** Of the first one's sender, and of the second's; default: the plain ones. */
  readonly makePaths?: readonly [MakePathModel | undefined, MakePathModel | undefined];
}

/** How a message gets to the other side. */
type Carry = (octets: number, arrive: () => void) => void;

export class MemoryTransport extends RtwebsocketEndpoint {
  /** The link that this side sends on, if one is simulated. */
  readonly link: SimulatedLink | undefined;

  /**
   * @param peer The other side; called when there is something for it.
   * @param options.carry How what is sent gets there.
   */
  constructor(peer: () => MemoryTransport, options: {
    carry: Carry;
    link: SimulatedLink | undefined;
    now: () => number;
    schedule: Schedule;
    limits: Partial<EndpointLimits> | undefined;
    makePath: MakePathModel | undefined;
  }) {
    const { carry, now, schedule, limits, makePath } = options;
    super({
      kind: "memory",
      now,
      schedule,
      makePath,
      ...(limits === undefined ? {} : { limits }),
      send: (octets) => carry(octets.length, () => peer().receive(octets)),
      close: (code, reason) =>
        carry(0, () => {
          peer().ended({ clean: true, code, reason });
          this.ended({ clean: true, code, reason });
        }),
    });
    this.link = options.link;
  }
}

/**
 * @returns Both ends, connected.
 */
export function memoryTransportPair(
  options: MemoryPairOptions = {},
): [MemoryTransport, MemoryTransport] {
  const { clock, links, limits, makePaths } = options;
  const now = clock === undefined ? () => performance.now() : () => clock.now();
  const schedule: Schedule = clock === undefined
    ? scheduleTimeout
    : (ms, callback) => clock.schedule(ms, callback);
  const side = (peer: () => MemoryTransport, index: 0 | 1) => {
    const linkOptions = links?.[index];
    const link = clock === undefined && linkOptions === undefined
      ? undefined
      : new SimulatedLink(schedule, linkOptions);
    const carry: Carry = link === undefined
      ? (_octets, arrive) => queueMicrotask(arrive)
      : (octets, arrive) => link.send(octets, arrive);
    return new MemoryTransport(peer, {
      carry,
      link,
      now,
      schedule,
      limits,
      makePath: makePaths?.[index],
    });
  };
  const first: MemoryTransport = side(() => second, 0);
  const second: MemoryTransport = side(() => first, 1);
  return [first, second];
}
