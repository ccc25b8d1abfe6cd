/**
 * The server's monotonic clock seen from here, from pings (as NTP does, RFC 5905 §8): the ping with
 * the shortest round trip tells best.
 *
 * @module
 */

/** Clocks drift by tens of ppm: older samples are forgotten; in ms. */
const SAMPLE_LIFE = 60_000;
const MOST_SAMPLES = 32;

interface Sample {
  readonly at: number;
  readonly rtt: number;
  /** Viewer's ms minus server's ms. */
  readonly offset: number;
}

export class ServerClock {
  #samples: Sample[] = [];

  /**
   * @param sent When the ping left, in ms of the viewer's clock.
   * @param received When its pong came.
   * @param serverTime What the server's clock showed in between, in µs.
   */
  observe(sent: number, received: number, serverTime: number): void {
    const rtt = received - sent;
    if (!(rtt >= 0)) return;
    const offset = (sent + received) / 2 - serverTime / 1000;
    this.#samples = this.#samples
      .filter((sample) => received - sample.at < SAMPLE_LIFE)
      .slice(-(MOST_SAMPLES - 1));
    this.#samples.push({ at: received, rtt, offset });
  }

  /** The latest round trip in ms. */
  get rtt(): number | undefined {
    return this.#samples.at(-1)?.rtt;
  }

  get minRtt(): number | undefined {
    return this.#best()?.rtt;
  }

  /**
   * @param microseconds A time of the server's clock.
   * @returns It in ms of the viewer's clock, wrong by at most half the shortest round trip;
   * undefined before the first ping.
   */
  toViewer(microseconds: number): number | undefined {
    const best = this.#best();
    return best && microseconds / 1000 + best.offset;
  }

  #best(): Sample | undefined {
    let best: Sample | undefined;
    for (const sample of this.#samples) if (!best || sample.rtt <= best.rtt) best = sample;
    return best;
  }
}
