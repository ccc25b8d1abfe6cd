import type { Audit } from "./audit.ts";
import type { Identity } from "./identity.ts";
import { digest, randomSecret } from "./secrets.ts";

export interface SignInsOptions {
  /** Milliseconds without use after which a sign-in ends. */
  readonly lifetime?: number;
  /** Milliseconds after which a sign-in ends in any case. */
  readonly longest?: number;
  readonly audit?: Audit | undefined;
  /** Most sign-ins at a time; one more ends the one that was used least recently. */
  readonly limit?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Somebody who is signed in. */
export interface SignIn {
  /** Names it; no secret. */
  readonly id: string;
  readonly identity: Identity;
}

/** A secret that stands for a sign-in. */
interface Entry extends SignIn {
  expiresAt: number;
  readonly endsAt: number;
}

const DAY = 24 * 3600_000;

/** Who is signed in. The browser holds an opaque random secret in a cookie, the rest stays here. */
export class SignIns {
  /** By the secret's digest, several of which may stand for one sign-in; least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #limit: number;
  readonly #longest: number;
  readonly #now: () => number;
  readonly #audit: Audit | undefined;
  #soFar = 0;
  /** Milliseconds without use after which a sign-in ends. */
  readonly lifetime: number;
  /** Called when a sign-in has ended, and nobody else is to use what it opened. */
  onend: ((signIn: SignIn) => void) | undefined;

  constructor(
    { audit, lifetime = DAY, longest = 30 * DAY, limit = 1024, now = () => performance.now() }:
      SignInsOptions = {},
  ) {
    this.#audit = audit;
    this.lifetime = Math.min(lifetime, longest);
    this.#longest = longest;
    this.#limit = limit;
    this.#now = now;
  }

  /** How many are signed in. */
  get size(): number {
    return new Set([...this.#entries.values()].map(({ id }) => id)).size;
  }

  /**
   * Signs somebody in and gives the secret for the cookie.
   *
   * @param before The secret that the browser has, if any: when the same person signs in once more, it stays
   * one sign-in, which ends for all of the browser's tabs at once.
   */
  add(identity: Identity, before?: string): string {
    this.sweep();
    const known = before === undefined ? undefined : this.find(before);
    const continues = known !== undefined && isSame(known.identity, identity);
    for (const [key] of this.#entries) {
      if (this.#entries.size < this.#limit) break;
      this.#end(key, "others have signed in since");
    }
    const secret = randomSecret();
    const now = this.#now();
    this.#entries.set(digest(secret), {
      id: continues ? known.id : `${++this.#soFar}`,
      identity,
      expiresAt: now + this.lifetime,
      endsAt: now + this.#longest,
    });
    return secret;
  }

  /** Who has this secret; counts as a use. */
  find(secret: string): SignIn | undefined {
    return this.#use(digest(secret));
  }

  /** Whether this sign-in still holds; counts as a use. */
  uses(id: string): boolean {
    const keys = [...this.#entries].filter(([, entry]) => entry.id === id).map(([key]) => key);
    return keys.filter((key) => this.#use(key) !== undefined).length > 0;
  }

  /** Ends a sign-in; does nothing if there is none. */
  revoke(secret: string): void {
    const meant = this.find(secret);
    if (meant !== undefined) this.end(({ id }) => id === meant.id);
  }

  /** Ends the sign-ins that are meant. */
  end(isMeant: (signIn: SignIn) => boolean): void {
    for (const [key, entry] of [...this.#entries]) {
      if (isMeant(entry)) this.#end(key, "on request");
    }
  }

  /** Ends what has had its time. */
  sweep(): void {
    const now = this.#now();
    for (const [key, { endsAt, expiresAt }] of [...this.#entries]) {
      if (Math.min(endsAt, expiresAt) <= now) this.#end(key, "its time is over");
    }
  }

  #use(key: string): SignIn | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const now = this.#now();
    if (Math.min(entry.expiresAt, entry.endsAt) <= now) {
      this.#end(key, "its time is over");
      return undefined;
    }
    entry.expiresAt = now + this.lifetime;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #end(key: string, why: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    // Another secret stands for it, too.
    if ([...this.#entries.values()].some(({ id }) => id === entry.id)) return;
    this.#audit?.signedOut(entry.identity.name, why);
    this.onend?.(entry);
  }
}

function isSame(a: Identity, b: Identity): boolean {
  return a.name === b.name && a.role === b.role && a.invitation === b.invitation;
}
