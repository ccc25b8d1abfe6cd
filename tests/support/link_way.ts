/**
 * One direction of an emulated link: a bottleneck with a drop-tail queue, then a delay line. Pure: it
 * keeps no packets, only the numbers of the slots that hold them, and reads no clock.
 *
 * @module
 */

/** What a direction is like. Times in ms, rates in octets a ms. */
export interface WaySettings {
  /** 0: no limit. */
  readonly rate: number;
  /** From the bottleneck's end to the far side. */
  readonly delay: number;
  /** At most so much is added, evenly spread; packets never overtake each other. */
  readonly jitter: number;
  /** The share of packets that get lost by chance, 0 to 1. */
  readonly loss: number;
  /** What would wait longer than this at the bottleneck is dropped; at the rate of the moment. */
  readonly queue: number;
  /** Whether nothing passes: "drop" loses what is sent meanwhile, "hold" keeps what fits the queue. */
  readonly outage?: "drop" | "hold" | undefined;
}

/** What a direction has carried since it was last asked. */
export interface WayStatistics {
  packets: number;
  octets: number;
  /** By chance. */
  lost: number;
  /** For want of room in the queue, or in an outage. */
  dropped: number;
  /** The longest wait at the bottleneck; in ms. */
  longestQueue: number;
}

const nothing = (): WayStatistics => ({
  packets: 0,
  octets: 0,
  lost: 0,
  dropped: 0,
  longestQueue: 0,
});

/**
 * Slots are used in a ring: `[head, middle)` are in the delay line, `[middle, tail)` wait at the
 * bottleneck. The three only grow; a slot's place is its number modulo the ring's size.
 */
export class LinkWay {
  #settings: WaySettings;
  readonly #random: () => number;
  readonly #mask: number;
  readonly #octets: Float64Array;
  readonly #due: Float64Array;
  #head = 0;
  #middle = 0;
  #tail = 0;
  /** Octets that wait at the bottleneck. */
  #backlog = 0;
  /** What the packet at the bottleneck still has to send, as of {@link #at}. */
  #left = 0;
  #at = 0;
  #lastDue = 0;
  #statistics = nothing();

  /** @param slots a power of two */
  constructor(settings: WaySettings, slots: number, random: () => number = Math.random) {
    if ((slots & slots - 1) !== 0) throw new RangeError(`${slots} slots are no power of two.`);
    this.#settings = settings;
    this.#random = random;
    this.#mask = slots - 1;
    this.#octets = new Float64Array(slots);
    this.#due = new Float64Array(slots);
  }

  /** Changes the link from now on, also for what waits already. */
  set(settings: WaySettings, now: number): void {
    this.#advance(now);
    this.#settings = settings;
  }

  /** Where the next packet is to be put; the slot after the last while all are taken. */
  get freeSlot(): number {
    return this.#full ? this.#mask + 1 : this.#tail & this.#mask;
  }

  get #full(): boolean {
    return this.#tail - this.#head > this.#mask;
  }

  /** Takes the packet that was put into {@link freeSlot}, or loses it. */
  put(octets: number, now: number): void {
    const { loss, outage, queue, rate } = this.#settings;
    if (loss > 0 && this.#random() < loss) {
      this.#statistics.lost++;
      return;
    }
    this.#advance(now);
    const wait = rate > 0 ? this.#backlog / rate : 0;
    if (outage === "drop" || wait > queue || this.#full) {
      this.#statistics.dropped++;
      return;
    }
    this.#statistics.longestQueue = Math.max(this.#statistics.longestQueue, wait);
    this.#octets[this.#tail & this.#mask] = octets;
    if (this.#middle === this.#tail) this.#left = octets;
    this.#tail++;
    this.#backlog += octets;
    this.#advance(now);
  }

  /** The slot of a packet that is to be handed over by now, the oldest first; undefined if none is. */
  take(
    now: number,
  ): { readonly slot: number; readonly octets: number; readonly due: number } | undefined {
    this.#advance(now);
    if (this.#head === this.#middle) return undefined;
    const slot = this.#head & this.#mask;
    const due = this.#due[slot]!;
    if (due > now) return undefined;
    this.#head++;
    const octets = this.#octets[slot]!;
    this.#statistics.packets++;
    this.#statistics.octets += octets;
    return { slot, octets, due };
  }

  /** When {@link take} may have something; Infinity while nothing is under way. */
  get next(): number {
    if (this.#head < this.#middle) return this.#due[this.#head & this.#mask]!;
    if (this.#middle === this.#tail || this.#settings.outage) return Infinity;
    const { delay, rate } = this.#settings;
    return this.#at + (rate > 0 ? this.#left / rate : 0) + delay;
  }

  /** What was carried since the last time that this was asked. */
  statistics(): WayStatistics {
    const statistics = this.#statistics;
    this.#statistics = nothing();
    return statistics;
  }

  /** Lets the bottleneck send until now. */
  #advance(now: number): void {
    const { delay, jitter, outage, rate } = this.#settings;
    while (this.#middle < this.#tail && !outage) {
      const end = this.#at + (rate > 0 ? this.#left / rate : 0);
      if (end > now) {
        this.#left -= (now - this.#at) * rate;
        break;
      }
      this.#at = end;
      const slot = this.#middle & this.#mask;
      const due = end + delay + (jitter > 0 ? this.#random() * jitter : 0);
      this.#due[slot] = this.#lastDue = Math.max(due, this.#lastDue);
      this.#backlog -= this.#octets[slot]!;
      this.#middle++;
      this.#left = this.#octets[this.#middle & this.#mask]!;
    }
    this.#at = now;
  }
}
