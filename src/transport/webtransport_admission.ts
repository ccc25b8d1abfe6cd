/**
 * Who may take how long to introduce himself.
 *
 * A handshake costs the server memory before it knows whom it talks to, and UDP's sender addresses
 * are easily made up. So the number of unfinished handshakes is bounded, and when one more comes, the
 * address that has the most of them loses its oldest: a flood from one place displaces itself, and
 * one from made-up places displaces what is older than the few round trips that an honest one takes.
 *
 * @module
 */

/** An unfinished handshake. */
export interface Applicant {
  /** Whom it counts for: see {@link addressGroup}. */
  readonly group: string;
  /** Ends it; called at most once, and never after it was released. */
  displace(): void;
}

export class Admission {
  readonly #limit: number;
  /** The unfinished handshakes of each group, oldest first. */
  readonly #groups = new Map<string, Set<Applicant>>();
  #size = 0;

  /** @param limit The most unfinished handshakes at a time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many handshakes are unfinished. */
  get size(): number {
    return this.#size;
  }

  /**
   * Lets a handshake begin.
   *
   * @returns To be called when it is over, however it ended.
   */
  admit(applicant: Applicant): () => void {
    const group = this.#groups.get(applicant.group) ?? new Set();
    this.#groups.set(applicant.group, group);
    group.add(applicant);
    this.#size++;
    if (this.#size > this.#limit) this.#displace();
    return () => this.#release(applicant);
  }

  #displace(): void {
    let busiest: Set<Applicant> | undefined;
    for (const group of this.#groups.values()) {
      // The first of equals is the one that came first.
      if (group.size > (busiest?.size ?? 0)) busiest = group;
    }
    for (const oldest of busiest ?? []) {
      this.#release(oldest);
      oldest.displace();
      return;
    }
  }

  #release(applicant: Applicant): void {
    const group = this.#groups.get(applicant.group);
    if (!group?.delete(applicant)) return;
    this.#size--;
    if (group.size === 0) this.#groups.delete(applicant.group);
  }
}

/**
 * @param address An IP address in text.
 * @returns What one party can have many addresses of: an IPv6 address's /64, an IPv4 address itself.
 */
export function addressGroup(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = address.match(/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? [];
  const groups = head === "" ? [] : head.split(":");
  const behind = tail === undefined || tail === "" ? [] : tail.split(":");
  while (tail !== undefined && groups.length + behind.length < 8) groups.push("0");
  return [...groups, ...behind].slice(0, 4).map((group) => parseInt(group, 16).toString(16))
    .join(":");
}
