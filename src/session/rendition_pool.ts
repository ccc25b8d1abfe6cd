import type { SharedScreen } from "../display/shared_screen.ts";
import type { Schedule } from "../protocol/deadline_timer.ts";
import { scheduleTimeout } from "../transport/timeout.ts";
import { Rendition } from "./rendition.ts";
import { type BestLimits, tierLimits } from "./rendition_tier.ts";
import type { EncodedFrame } from "./screen_encoder.ts";
import { StatisticsReport } from "./statistics_report.ts";
import { TrafficMeter } from "./traffic_meter.ts";
import { FrameCounter, VideoBroadcast } from "./video_broadcast.ts";
import type { OfferedKind } from "./video_offer.ts";

/** How long a rendition that nobody looks at is kept, in milliseconds: its viewer may come back. */
export const LINGER_MS = 30_000;

/** A rendition that is open. */
export interface PooledRendition {
  /** What it shows, as `MonitorSet.resolve()` gives it. */
  readonly monitor: number;
  readonly kind: OfferedKind;
  /** 0 for the best. */
  readonly tier: number;
  readonly rendition: Rendition;
  readonly sink: VideoBroadcast;
  readonly traffic: TrafficMeter;
  readonly statistics: StatisticsReport;
  /** Resolves when it shows the screen that there was when it was opened, or cannot. */
  readonly ready: Promise<void>;
}

export interface RenditionPoolOptions {
  readonly limits: BestLimits;
  onstate(rendition: PooledRendition): void;
  onhopeless(rendition: PooledRendition): void;
  /** A frame was sent. */
  onframe(rendition: PooledRendition, frame: EncodedFrame, octets: number): void;
  /** Default: `setTimeout`. */
  readonly schedule?: Schedule;
}

/** The renditions that are open: each is opened when it is asked for, and closed a while after its use. */
export class RenditionPool implements AsyncDisposable {
  readonly #options: RenditionPoolOptions;
  readonly #schedule: Schedule;
  readonly #counter = new FrameCounter();
  readonly #open = new Map<string, PooledRendition>();
  /** Cancels the closing of those that nobody uses. */
  readonly #idle = new Map<PooledRendition, () => void>();
  readonly #closing = new Set<Promise<void>>();
  #limits: BestLimits;
  #screen: SharedScreen | undefined;

  constructor(options: RenditionPoolOptions) {
    this.#options = options;
    this.#schedule = options.schedule ?? scheduleTimeout;
    this.#limits = options.limits;
  }

  /** Those that are open. */
  get all(): Iterable<PooledRendition> {
    return this.#open.values();
  }

  /** What the best tier is held to. */
  get limits(): BestLimits {
    return this.#limits;
  }

  setLimits(limits: BestLimits): void {
    this.#limits = limits;
    this.#hold();
  }

  /** @returns the open rendition of a monitor, a kind and a tier, if it is open. */
  find(monitor: number, kind: OfferedKind, tier: number): PooledRendition | undefined {
    return this.#open.get(keyOf({ monitor, kind, tier }));
  }

  /** @returns the rendition of a monitor, a kind and a tier, which is opened if it is not. */
  get(monitor: number, kind: OfferedKind, tier: number): PooledRendition {
    const known = this.find(monitor, kind, tier);
    if (known) return known;
    const sink = new VideoBroadcast(this.#counter);
    const rendition = new Rendition({
      sources: kind.sources,
      limits: this.#limitsOf({ monitor, tier }),
      sink,
      onstate: () => this.#options.onstate(pooled),
      onhopeless: () => this.#options.onhopeless(pooled),
    });
    sink.onframe = (frame, octets) => {
      pooled.traffic.add(octets, performance.now());
      this.#options.onframe(pooled, frame, octets);
    };
    const opened = Promise.withResolvers<void>();
    const pooled: PooledRendition = {
      monitor,
      kind,
      tier,
      rendition,
      sink,
      traffic: new TrafficMeter(),
      statistics: new StatisticsReport(),
      ready: opened.promise,
    };
    this.#open.set(keyOf(pooled), pooled);
    rendition.show(this.#screen?.area(monitor)).then(opened.resolve, opened.reject);
    return pooled;
  }

  /**
   * Shows this screen from now on, or none.
   *
   * @returns when the one before is not used any more.
   */
  async show(screen: SharedScreen | undefined): Promise<void> {
    this.#screen = screen;
    this.#hold();
    const shown = ({ monitor, rendition }: PooledRendition) =>
      rendition.show(screen?.area(monitor));
    await Promise.all([...this.all].map(shown));
    await Promise.all(this.#closing);
  }

  /** @param standing To be kept though nobody looks at it. */
  tidy(standing: PooledRendition | undefined): void {
    for (const pooled of this.all) {
      if (pooled === standing || pooled.sink.viewers.size > 0) {
        this.#idle.get(pooled)?.();
        this.#idle.delete(pooled);
      } else if (!this.#idle.has(pooled)) {
        this.#idle.set(pooled, this.#schedule(LINGER_MS, () => this.#close(pooled)));
      }
    }
  }

  #close(pooled: PooledRendition): void {
    this.#idle.delete(pooled);
    this.#open.delete(keyOf(pooled));
    const closing = pooled.rendition[Symbol.asyncDispose]();
    this.#closing.add(closing);
    closing.finally(() => this.#closing.delete(closing));
  }

  #hold(): void {
    for (const pooled of this.all) pooled.rendition.setLimits(this.#limitsOf(pooled));
  }

  #limitsOf({ monitor, tier }: Pick<PooledRendition, "monitor" | "tier">) {
    const area = this.#screen?.area(monitor);
    return tierLimits(this.#limits, tier, area?.rectangle ?? { width: 0, height: 0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cancel of this.#idle.values()) cancel();
    this.#idle.clear();
    await this.show(undefined);
  }
}

function keyOf(
  { kind, monitor, tier }: {
    readonly kind: OfferedKind;
    readonly monitor: number;
    readonly tier: number;
  },
): string {
  return `${monitor}/${kind.name}/${tier}`;
}
