/** What the server tells the viewers about its encoding. */
export interface EncodingStatistics {
  /** Since the session started. */
  readonly framesEncoded: number;
  /** Mean of the last interval, in milliseconds a frame. */
  readonly encodeMs: number;
  /** Of the last interval. */
  readonly bitrateKbit: number;
}

/**
 * Sums up what is encoded and gives a report with the first frame after each second. Reports ride
 * on frames: a still screen sends none.
 */
export class StatisticsReport {
  static readonly INTERVAL_MS = 1000;
  #framesEncoded = 0;
  #since: number | undefined;
  #frames = 0;
  #octets = 0;
  #encodeMs = 0;

  /**
   * Notes a frame.
   *
   * @param now in milliseconds.
   * @returns a report if one is due.
   */
  add(encodeMs: number, octets: number, now: number): EncodingStatistics | undefined {
    this.#since ??= now;
    this.#framesEncoded++;
    this.#frames++;
    this.#octets += octets;
    this.#encodeMs += encodeMs;
    const elapsed = now - this.#since;
    if (elapsed < StatisticsReport.INTERVAL_MS) return undefined;
    const report = {
      framesEncoded: this.#framesEncoded,
      encodeMs: this.#encodeMs / this.#frames,
      bitrateKbit: (this.#octets * 8) / elapsed,
    };
    this.#since = now;
    this.#frames = this.#octets = this.#encodeMs = 0;
    return report;
  }
}
