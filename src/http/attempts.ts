/** A bucket that holds `capacity` tries and gets `rate` of them back each second. */
interface Bucket {
  tries: number;
  updatedAt: number;
}

export interface AttemptsOptions {
  /** Failed tries that one remote has at once, and how many it gets back each second. */
  readonly remote?: { readonly capacity: number; readonly rate: number };
  /** The same for all remotes together. */
  readonly total?: { readonly capacity: number; readonly rate: number };
  /** Most remotes to remember; one more forgets the one that failed longest ago. */
  readonly limit?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Slows down guessing: counts the failed tries to sign in, of each remote and of all together. */
export class Attempts {
  readonly #remotes = new Map<string, Bucket>();
  readonly #total: Bucket;
  readonly #options: Required<AttemptsOptions>;

  constructor(options: AttemptsOptions = {}) {
    this.#options = {
      remote: { capacity: 10, rate: 1 / 6 },
      total: { capacity: 200, rate: 10 },
      limit: 1024,
      now: () => performance.now(),
      ...options,
    };
    this.#total = { tries: this.#options.total.capacity, updatedAt: this.#options.now() };
  }

  /** How many remotes are remembered. */
  get size(): number {
    return this.#remotes.size;
  }

  /** Seconds until `remote` may try again; 0 if it may now. */
  wait(remote: string): number {
    const { total, remote: each } = this.#options;
    const bucket = this.#remotes.get(remote);
    return Math.max(
      this.#secondsUntilTry(this.#total, total),
      bucket === undefined ? 0 : this.#secondsUntilTry(bucket, each),
    );
  }

  /** Counts a failed try. */
  failed(remote: string): void {
    const { total, remote: each, limit, now } = this.#options;
    const bucket = this.#remotes.get(remote) ?? { tries: each.capacity, updatedAt: now() };
    this.#remotes.delete(remote);
    this.#remotes.set(remote, bucket);
    if (this.#remotes.size > limit) this.#remotes.delete(this.#remotes.keys().next().value!);
    this.#refill(this.#total, total);
    this.#refill(bucket, each);
    this.#total.tries = Math.max(0, this.#total.tries - 1);
    bucket.tries = Math.max(0, bucket.tries - 1);
  }

  #secondsUntilTry(bucket: Bucket, kind: { capacity: number; rate: number }): number {
    this.#refill(bucket, kind);
    return bucket.tries >= 1 ? 0 : Math.ceil((1 - bucket.tries) / kind.rate);
  }

  #refill(bucket: Bucket, { capacity, rate }: { capacity: number; rate: number }): void {
    const now = this.#options.now();
    bucket.tries = Math.min(capacity, bucket.tries + (now - bucket.updatedAt) / 1000 * rate);
    bucket.updatedAt = now;
  }
}
