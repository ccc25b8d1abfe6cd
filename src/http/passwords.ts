/**
 * A file of names and passwords, of which the file holds digests only.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { RefusedError } from "./errors.ts";
import type { Identity, Role } from "./identity.ts";

/** The file says something that it cannot. */
export class PasswordFileError extends Error {
  override name = "PasswordFileError";
}

/** What scrypt is to cost (RFC 7914 §2): 64 MiB and some 100 ms for each try. */
const COST = { N: 2 ** 16, r: 8, p: 1 } as const;
/** A second or two of work. */
const MOST_WAITING = 16;
const KEY_OCTETS = 32;
const SALT_OCTETS = 16;

const NAME = /^[A-Za-z0-9._@-]{1,64}$/;
const LINE = /^([^:\s]+):(control|view):\$scrypt\$(\d{1,2}),(\d{1,2}),(\d{1,2})\$([^$]+)\$([^$]+)$/;

interface Entry {
  readonly role: Role;
  readonly cost: { readonly N: number; readonly r: number; readonly p: number };
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Names and the digests of their passwords. */
export class Passwords {
  readonly #entries: ReadonlyMap<string, Entry>;
  /** What is computed for a name that there is none of: an answer must not come sooner for it. */
  readonly #nobody: Entry;
  /** Tries that wait for their turn, and the last of them. */
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(entries: ReadonlyMap<string, Entry>) {
    this.#entries = entries;
    const [first] = entries.values();
    const cost = first?.cost ?? COST;
    this.#nobody = { role: "view", cost, salt: randomBytes(16), key: randomBytes(KEY_OCTETS) };
  }

  /**
   * @param text Of the file: lines as {@link passwordLine} writes them, empty ones, and ones that begin
   * with `#`.
   * @throws {PasswordFileError} with the number of the line that is none of these.
   */
  static parse(text: string): Passwords {
    const entries = new Map<string, Entry>();
    for (const [index, line] of text.split("\n").entries()) {
      if (/^\s*(#|$)/.test(line)) continue;
      const [, name, role, logN, r, p, salt, key] = LINE.exec(line.trim()) ?? [];
      if (name === undefined || !NAME.test(name) || entries.has(name) || Number(logN) > 20) {
        throw new PasswordFileError(
          `Line ${
            index + 1
          } of the password file is no name with its password, or has a name that ` +
            "came before. Make lines with: skerry password NAME",
        );
      }
      entries.set(name, {
        role: role as Role,
        cost: { N: 2 ** Number(logN), r: Number(r), p: Number(p) },
        salt: Buffer.from(salt!, "base64"),
        key: Buffer.from(key!, "base64"),
      });
    }
    if (entries.size === 0) {
      throw new PasswordFileError(
        "The password file has nobody in it. Add lines made with: skerry password NAME",
      );
    }
    return new Passwords(entries);
  }

  /**
   * Who has this name and password; undefined if nobody has. One try at a time: each takes 64 MiB, and
   * strangers can make them.
   *
   * @throws {RefusedError} if too many wait already.
   */
  async verify(name: string, password: string): Promise<Identity | undefined> {
    if (this.#waiting >= MOST_WAITING) {
      throw new RefusedError(429, "too-many-tries", "Too many sign in at once. Try again.", 1);
    }
    this.#waiting++;
    const turn = this.#last.then(() => this.#verify(name, password));
    // Who comes next does not care how this one went.
    this.#last = turn.then(() => {}, () => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  async #verify(name: string, password: string): Promise<Identity | undefined> {
    const entry = this.#entries.get(name);
    const { cost, key, salt } = entry ?? this.#nobody;
    const same = timingSafeEqual(await derive(password, salt, cost), key);
    return same && entry !== undefined ? { name, role: entry.role } : undefined;
  }
}

/**
 * @returns A line for the password file.
 * @throws {RangeError} if the name has other than letters, digits, `.`, `_`, `@` and `-`.
 */
export async function passwordLine(
  name: string,
  role: Role,
  password: string,
): Promise<string> {
  if (!NAME.test(name)) {
    throw new RangeError(`"${name}" is no name: take letters, digits, ".", "_", "@" and "-"`);
  }
  const salt = randomBytes(SALT_OCTETS);
  const key = await derive(password, salt, COST);
  const cost = `${Math.log2(COST.N)},${COST.r},${COST.p}`;
  return `${name}:${role}:$scrypt$${cost}$${salt.toString("base64")}$${key.toString("base64")}`;
}

function derive(
  password: string,
  salt: Buffer,
  { N, p, r }: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // The same letters may be spelled in two ways (Unicode Standard Annex 15).
  const options = { N, r, p, maxmem: 256 * N * r };
  scrypt(password.normalize("NFC"), salt, KEY_OCTETS, options, (error, key) => {
    if (error) reject(error);
    else resolve(key);
  });
  return promise;
}
