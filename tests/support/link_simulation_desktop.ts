/**
 * A desktop as a source of frames: changes of the screen, a capture that asks the rate controller first,
 * an encoder that keeps to its budget, and frames that refine what was too much for one.
 *
 * @module
 */

import { TopOff } from "../../src/session/top_off.ts";
import { bytes, milliseconds } from "../../src/rate/units.ts";
import type { EventClock } from "./link_simulation_clock.ts";
import type { Control, SimulatedPath } from "./link_simulation_path.ts";

/** What happens on the screen for a while. */
export interface Activity {
  /** In ms. */
  readonly from: number;
  readonly to: number;
  /** Changes a second. */
  readonly perSecond: number;
  /** What showing one change without any loss of detail takes, in kbit. */
  readonly kbit: number;
}

/** A frame on its way. */
export interface SimulatedFrame {
  /** When the oldest change that it shows took place, in ms. */
  readonly changedAt: number;
  readonly takenAt: number;
  readonly octets: number;
  readonly topOff: boolean;
  arrivedAt: number;
}

/** Capture, conversion and encoding, in ms. */
const ENCODE_MS = 6;
/** Nothing on the screen takes more than this, in bits: every pixel of it, sharp. */
const WHOLE_PICTURE_BITS = 1_600_000;
const REFINE_INTERVAL_MS = 30;
const MIN_FRAME_OCTETS = 200;

export interface DesktopOptions {
  readonly clock: EventClock;
  readonly random: () => number;
  readonly controller: Control;
  readonly path: () => SimulatedPath;
  readonly activities: readonly Activity[];
  /** Whether the viewer types and clicks all the time. */
  readonly interactive: boolean;
}

export class SimulatedDesktop {
  readonly frames: SimulatedFrame[] = [];
  /** Octets of padding sent. */
  padding = 0;
  readonly #options: DesktopOptions;
  #changedAt: number | undefined;
  /** What there is to show, in bits; first of all the whole desktop, with little on it. */
  #needed = 600_000;
  /** What the last frame was too small for, in bits. */
  #lacking = 0;
  #keyframe = true;
  #encoding = false;
  /** The theoretical arrival time of the pacer (ITU-T I.371). */
  #paced = -Infinity;
  #wakeAt = Infinity;
  #padAt = Infinity;
  #refineAt = Infinity;

  constructor(options: DesktopOptions) {
    this.#options = options;
    for (const activity of options.activities) this.#play(activity, activity.from);
    this.wake();
  }

  #play(activity: Activity, at: number): void {
    const { clock, random } = this.#options;
    if (at >= activity.to) return;
    clock.at(at, () => {
      // What moves replaces what moved before; both together are what has to be shown.
      const bits = activity.kbit * 1000 * (0.75 + 0.5 * random());
      this.#needed = Math.min(Math.max(this.#needed, bits), WHOLE_PICTURE_BITS);
      this.#changedAt ??= clock.now;
      this.wake();
      this.#play(activity, at + 1000 / activity.perSecond);
    });
  }

  /** Looks whether a frame may be taken, and takes it. */
  wake(): void {
    const { clock, controller } = this.#options;
    if (this.#encoding) return;
    this.#pad();
    const changed = this.#changedAt !== undefined || this.#keyframe;
    if (!changed && this.#lacking === 0) return;
    const now = milliseconds(clock.now);
    const path = this.#options.path();
    const { inFlight } = path.ledger;
    if (!changed && now < this.#refineAt) return this.#wakeLater(this.#refineAt);
    const request = {
      changedAt: milliseconds(this.#changedAt ?? now),
      keyframe: this.#keyframe,
      interactive: this.#options.interactive,
    };
    const decision = controller.decide(now, inFlight, request);
    const interval = 1000 / decision.frameRateCap;
    if (now < this.#paced - interval) return this.#wakeLater(this.#paced - interval);
    const needed = changed ? this.#needed + this.#lacking : this.#lacking;
    const bits = Math.min(needed, decision.frameBudgetBits);
    if (path.queued > 0 || !this.#hasRoom(bits)) {
      return this.#wakeLater(controller.roomAt(now, inFlight));
    }
    if (!changed && !decision.mayTopOff) return this.#wakeLater(now + REFINE_INTERVAL_MS);
    this.#take(bits, needed, !changed, interval);
  }

  #hasRoom(bits: number): boolean {
    const { clock, controller, path } = this.#options;
    const { ledger, bulkOutstanding } = path();
    const now = milliseconds(clock.now);
    return controller.hasRoom(bytes(bits / 8), now, ledger.inFlight, bytes(bulkOutstanding));
  }

  #take(bits: number, needed: number, topOff: boolean, interval: number): void {
    const { clock, controller, random } = this.#options;
    const { now } = clock;
    controller.frameTaken(milliseconds(now));
    // Encoders keep to a bound and fall short of it more or less.
    const octets = Math.max(Math.round(bits / 8 * (0.8 + 0.22 * random())), MIN_FRAME_OCTETS);
    const frame: SimulatedFrame = {
      changedAt: this.#changedAt ?? now,
      takenAt: now,
      octets,
      topOff,
      arrivedAt: Infinity,
    };
    this.frames.push(frame);
    const lacking = needed - octets * 8;
    this.#lacking = lacking > needed * 0.1 + 2000 ? Math.min(lacking, WHOLE_PICTURE_BITS) : 0;
    this.#refineAt = now + (topOff ? REFINE_INTERVAL_MS : TopOff.QUIET_MS);
    this.#changedAt = undefined;
    this.#needed = 0;
    this.#keyframe = false;
    this.#paced = Math.max(now, this.#paced) + interval;
    this.#encoding = true;
    clock.at(now + ENCODE_MS, () => {
      this.#encoding = false;
      this.#options.path().write(octets, () => frame.arrivedAt = clock.now);
      this.wake();
    });
  }

  /** Sends padding if it is due, and looks again when it may be. */
  #pad(): void {
    const { clock, controller } = this.#options;
    const now = milliseconds(clock.now);
    const path = this.#options.path();
    const at = controller.paddingAt(now, path.ledger.inFlight);
    if (at > now) {
      if (at === Infinity || at === this.#padAt) return;
      this.#padAt = at;
      clock.at(at, () => this.wake());
      return;
    }
    const octets = controller.padding(now, path.ledger.inFlight);
    this.padding += octets;
    path.write(octets, () => {});
  }

  #wakeLater(at: number): void {
    if (at === Infinity || at === this.#wakeAt) return;
    this.#wakeAt = at;
    this.#options.clock.at(at, () => {
      this.#wakeAt = Infinity;
      this.wake();
    });
  }
}
