/**
 * What did not get through lately, by network: where UDP is blocked, nobody should wait for it again.
 *
 * @module
 */

import * as v from "valibot";

/** Keeps one text, for as long as it likes; `localStorage` behind a key, say. */
export interface TextStore {
  load(): string | null;
  save(text: string): void;
}

/** How long a failure counts; in ms. */
const LIFETIME = 30 * 60_000;
/** A laptop sees some networks a day; the oldest are forgotten first. */
const MAX_ENTRIES = 32;

const Entries = v.array(v.object({
  transport: v.pipe(v.string(), v.maxLength(32)),
  network: v.pipe(v.string(), v.maxLength(128)),
  /** Milliseconds since 1970. */
  at: v.number(),
}));
type Entries = v.InferOutput<typeof Entries>;

export class FailureMemory {
  readonly #store: TextStore;
  readonly #now: () => number;

  /**
   * @param options.store Where failures are kept; whatever else is found there counts as nothing.
   * @param options.now Milliseconds since 1970.
   */
  constructor({ store, now = Date.now }: { store: TextStore; now?: () => number }) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * @param network What tells networks apart.
   * @returns How long ago the transport failed there, in ms; undefined if it did not lately.
   */
  failedAgo(transport: string, network: string): number | undefined {
    const found = this.#entries().find((entry) =>
      entry.transport === transport && entry.network === network
    );
    return found === undefined ? undefined : this.#now() - found.at;
  }

  /** The transport did not get through where another one did. */
  failed(transport: string, network: string): void {
    this.#save([...this.#without(transport, network), { transport, network, at: this.#now() }]);
  }

  /** The transport gets through. */
  worked(transport: string, network: string): void {
    if (this.failedAgo(transport, network) !== undefined) {
      this.#save(this.#without(transport, network));
    }
  }

  #without(transport: string, network: string): Entries {
    return this.#entries().filter((entry) =>
      entry.transport !== transport || entry.network !== network
    );
  }

  #entries(): Entries {
    const now = this.#now();
    try {
      const entries = v.parse(Entries, JSON.parse(this.#store.load() ?? "[]"));
      // A clock that was set back must not make a failure last.
      return entries.filter(({ at }) => at <= now && now - at < LIFETIME);
    } catch {
      return [];
    }
  }

  #save(entries: Entries): void {
    try {
      this.#store.save(JSON.stringify(entries.slice(-MAX_ENTRIES)));
    } catch {
      // No storage, no memory: the next page waits a quarter of a second once more.
    }
  }
}
