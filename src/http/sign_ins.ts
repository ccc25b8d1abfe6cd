import type { Identity } from "./identity.ts";
import { digest, randomSecret } from "./secrets.ts";

export interface SignInsOptions {
  /** Milliseconds without use after which a sign-in ends. */
  readonly lifetime?: number;
  /** Most sign-ins at a time; one more ends the one that was used least recently. */
  readonly limit?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Who is signed in. The browser holds an opaque random id in a cookie, the rest stays here. */
export class SignIns {
  readonly #entries = new Map<string, { identity: Identity; expiresAt: number }>();
  readonly #limit: number;
  readonly #now: () => number;
  /** Milliseconds without use after which a sign-in ends. */
  readonly lifetime: number;

  constructor(
    { lifetime = 24 * 3600_000, limit = 1024, now = () => performance.now() }: SignInsOptions = {},
  ) {
    this.lifetime = lifetime;
    this.#limit = limit;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Signs somebody in and gives the id for the cookie. */
  add(identity: Identity): string {
    const now = this.#now();
    // Least recently used first: find() moves an entry to the end.
    for (const [key, { expiresAt }] of this.#entries) {
      if (expiresAt > now && this.#entries.size < this.#limit) break;
      this.#entries.delete(key);
    }
    const id = randomSecret();
    this.#entries.set(digest(id), { identity, expiresAt: now + this.lifetime });
    return id;
  }

  /** Who has this id; counts as a use. */
  find(id: string): Identity | undefined {
    const key = digest(id);
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    const now = this.#now();
    if (entry === undefined || entry.expiresAt <= now) return undefined;
    entry.expiresAt = now + this.lifetime;
    this.#entries.set(key, entry);
    return entry.identity;
  }

  /** Ends a sign-in; does nothing if there is none. */
  revoke(id: string): void {
    this.#entries.delete(digest(id));
  }
}
