/**
 * Makes something broken of something that is right: the same of the same seed.
 *
 * @module
 */

/** Values that limits and lengths are often compared with wrongly. */
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x0d, 0x0a, 0x20, 0x22, 0x2f, 0x25, 0x7b];

/** The largest and the longest integers of the wire (vlu), and one that does not end. */
const LONG_INTEGERS = [
  [0x9f, ...Array<number>(6).fill(0xff), 0x7f],
  [...Array<number>(7).fill(0xff), 0x7f],
  [...Array<number>(12).fill(0x80), 0x00],
  Array<number>(20).fill(0xff),
];

export class Mutator {
  #state: number;
  #risen = 0;

  /** @param seed Any whole number. */
  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A whole number from 0 to below `limit` (xorshift32, Marsaglia 2003). */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return this.#state % limit;
  }

  /** Whether something of this chance happens, in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** A number that is larger than the one before. */
  rising(): number {
    this.#risen += 1 + this.below(2);
    return this.#risen;
  }

  /** Octets that mean nothing. */
  noise(most: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: this.below(most + 1) }, () => this.below(256));
  }

  /** @returns The octets with one to four changes. */
  mutate(octets: Uint8Array, most = 4): Uint8Array<ArrayBuffer> {
    let result: Uint8Array<ArrayBuffer> = octets.slice();
    for (let changes = 1 + this.below(most); changes > 0; changes--) result = this.#change(result);
    return result;
  }

  /** The same for text of one octet a letter. */
  text(text: string, most = 4): string {
    const octets = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return String.fromCharCode(...this.mutate(octets, most));
  }

  #change(octets: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const at = this.below(octets.length + 1);
    const [head, tail] = [octets.subarray(0, at), octets.subarray(at)];
    switch (this.below(8)) {
      case 0:
        if (at < octets.length) octets[at]! ^= 1 << this.below(8);
        return octets;
      case 1:
        if (at < octets.length) octets[at] = this.pick(INTERESTING);
        return octets;
      case 2:
        return octets.slice(0, at);
      case 3:
        return join(head, tail.subarray(1 + this.below(8)));
      case 4:
        return join(head, this.noise(8), tail);
      case 5:
        return join(head, this.pick(LONG_INTEGERS), tail);
      case 6:
        // Something comes twice.
        return join(head, octets.subarray(at, at + this.below(32)), tail);
      default:
        return join(head, Uint8Array.of(this.pick(INTERESTING)), tail.subarray(1));
    }
  }
}

export function join(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
