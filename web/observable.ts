/**
 * Values that somebody changes and others look at.
 *
 * @module
 */

export class Observable<T extends object> {
  readonly #watchers = new Set<() => void>();
  #value: Readonly<T>;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): Readonly<T> {
    return this.#value;
  }

  /** Changes some of the values; the watchers are told if that makes a difference. */
  update(values: Partial<T>): void {
    const keys = Object.keys(values) as (keyof T)[];
    if (keys.every((key) => Object.is(values[key], this.#value[key]))) return;
    this.#value = { ...this.#value, ...values };
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls the watcher after each change, until the signal is aborted. */
  watch(watcher: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => this.#watchers.delete(watcher), { once: true });
  }
}
