import { digest, randomSecret } from "./secrets.ts";

export interface TicketsOptions {
  /** Life of a ticket in milliseconds. */
  readonly lifetime?: number;
  /** Most tickets at a time; one more drops the oldest. */
  readonly limit?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * One-use, short-lived tickets. A browser can send neither headers with a WebSocket nor cookies with
 * WebTransport, so the authenticated API issues a ticket that goes into the URL instead.
 *
 * @example
 * ```ts
 * const tickets = new Tickets<{ name: string }>();
 * const ticket = tickets.issue({ name: "ada" });
 * tickets.redeem(ticket); // { name: "ada" }
 * tickets.redeem(ticket); // undefined
 * ```
 */
export class Tickets<Grant> {
  readonly #grants = new Map<string, { grant: Grant; expiresAt: number }>();
  readonly #limit: number;
  readonly #now: () => number;
  /** Life of a ticket in milliseconds. */
  readonly lifetime: number;

  constructor(
    { lifetime = 10_000, limit = 256, now = () => performance.now() }: TicketsOptions = {},
  ) {
    this.lifetime = lifetime;
    this.#limit = limit;
    this.#now = now;
  }

  /** How many tickets wait to be redeemed, expired ones included. */
  get size(): number {
    return this.#grants.size;
  }

  /** A new ticket, 32 letters that need no escaping in a URL. */
  issue(grant: Grant): string {
    const now = this.#now();
    // All live equally long, so the oldest, which a Map has first, expire first.
    for (const [key, { expiresAt }] of this.#grants) {
      if (expiresAt > now && this.#grants.size < this.#limit) break;
      this.#grants.delete(key);
    }
    const ticket = randomSecret();
    this.#grants.set(digest(ticket), { grant, expiresAt: now + this.lifetime });
    return ticket;
  }

  /** What the ticket was issued for; undefined if it is wrong, expired or used. */
  redeem(ticket: string): Grant | undefined {
    const key = digest(ticket);
    const entry = this.#grants.get(key);
    this.#grants.delete(key);
    return entry !== undefined && entry.expiresAt > this.#now() ? entry.grant : undefined;
  }
}
