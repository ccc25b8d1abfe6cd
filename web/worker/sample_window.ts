/**
 * The last so many numbers.
 *
 * @module
 */

import { median } from "./latency.ts";

export class SampleWindow {
  readonly #most: number;
  #values: number[] = [];

  /** @param most How many are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get last(): number | undefined {
    return this.#values.at(-1);
  }

  get count(): number {
    return this.#values.length;
  }

  get least(): number | undefined {
    return this.#values.length === 0 ? undefined : Math.min(...this.#values);
  }

  get median(): number | undefined {
    return median(this.#values);
  }

  add(value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return;
    this.#values.push(value);
    if (this.#values.length > this.#most) this.#values.shift();
  }

  clear(): void {
    this.#values = [];
  }
}
