/** How much is sent: an average in which the last second counts most. */
export class TrafficMeter {
  /** After so long, in milliseconds, what was sent counts a third (1/e). */
  static readonly MEMORY_MS = 1000;
  #octets = 0;
  #at = 0;

  /** Notes that so many octets were sent at `now`, in milliseconds. */
  add(octets: number, now: number): void {
    this.#octets = this.#fading(now) + octets;
    this.#at = now;
  }

  /** @returns kbit/s. */
  kbit(now: number): number {
    return this.#fading(now) * 8 / TrafficMeter.MEMORY_MS;
  }

  #fading(now: number): number {
    return this.#octets * Math.exp((this.#at - now) / TrafficMeter.MEMORY_MS);
  }
}
