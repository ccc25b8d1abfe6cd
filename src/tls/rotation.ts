/**
 * When a certificate of our own is replaced by the next.
 *
 * There are always two: the one that is served, and the next, which exists from the day that the
 * served one is taken into service, and whose hash pages are told from that day on. So a page that
 * was loaded at any time before a rotation can reconnect after it without asking for hashes.
 *
 *     valid    |== served =====|== spare ======|
 *     next                     |== served =====|== spare ======|
 *              ^ both hashes told              ^ pages of the first half need to have asked again
 *
 * @module
 */

import { type Certificate, MAX_PINNED_VALIDITY_MS } from "./certificate.ts";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;

export interface CertificateRotationOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Makes a certificate for the given time. */
  readonly make: (
    validity: { readonly notBefore: number; readonly notAfter: number },
  ) => Promise<Certificate>;
  /** How long each certificate is valid, in milliseconds; at most 14 days, 13 if not given. */
  readonly validity?: number;
  /** How far the clock of a browser may be behind, in milliseconds; 12 hours if not given. */
  readonly margin?: number;
}

/** Two certificates, one served and one announced. It holds no timer: see `RotatingCertificate`. */
export class CertificateRotation {
  readonly #options: Required<CertificateRotationOptions>;
  #current: Certificate;
  #next: Certificate;
  #rotating: Promise<boolean> | undefined;

  private constructor(
    options: Required<CertificateRotationOptions>,
    current: Certificate,
    next: Certificate,
  ) {
    this.#options = options;
    this.#current = current;
    this.#next = next;
  }

  /**
   * Makes the first two certificates.
   *
   * @throws {RangeError} if browsers would not take a certificate of that validity.
   */
  static async start(options: CertificateRotationOptions): Promise<CertificateRotation> {
    const { now, make, validity = 13 * DAY_MS, margin = 12 * HOUR_MS } = options;
    if (!(validity > 0 && validity <= MAX_PINNED_VALIDITY_MS)) {
      throw new RangeError(
        `A pinned certificate is valid for at most ${MAX_PINNED_VALIDITY_MS} ms, not ${validity}`,
      );
    }
    if (!(margin >= 0 && margin < validity / 2)) {
      throw new RangeError(`A margin is at least 0 and under ${validity / 2} ms, not ${margin}`);
    }
    const all = { now, make, validity, margin };
    const [current, next] = await makePair(all);
    return new CertificateRotation(all, current, next);
  }

  /** What to serve. */
  get current(): Certificate {
    return this.#current;
  }

  /** What will be served next. */
  get next(): Certificate {
    return this.#next;
  }

  /** What pages are told: the hash of the current one, then of the next. */
  get hashes(): readonly Uint8Array<ArrayBuffer>[] {
    return [this.#current.hash, this.#next.hash];
  }

  /** When {@link rotate} has something to do, in milliseconds since 1970. */
  get rotateAt(): number {
    return halfLife(this.#current);
  }

  /**
   * Puts the next certificate into service and makes the one after it, if the current one is past its
   * half life; both anew if the machine slept so long that the next one is past its own as well.
   *
   * @returns Whether the current certificate is another one now.
   */
  rotate(): Promise<boolean> {
    this.#rotating ??= this.#rotate().finally(() => this.#rotating = undefined);
    return this.#rotating;
  }

  async #rotate(): Promise<boolean> {
    const now = this.#options.now();
    if (now < this.rotateAt && now >= this.#current.notBefore) return false;
    const next = this.#next;
    if (now >= next.notBefore && now < halfLife(next)) {
      const following = await makeFollowing(this.#options, next);
      this.#current = next;
      this.#next = following;
    } else {
      // The clock jumped: neither is of use.
      [this.#current, this.#next] = await makePair(this.#options);
    }
    return true;
  }
}

async function makePair(
  options: Required<CertificateRotationOptions>,
): Promise<[current: Certificate, next: Certificate]> {
  // A certificate knows whole seconds.
  const notBefore = Math.floor((options.now() - options.margin) / 1000) * 1000;
  const current = await options.make({ notBefore, notAfter: notBefore + options.validity });
  return [current, await makeFollowing(options, current)];
}

function makeFollowing(
  options: Required<CertificateRotationOptions>,
  certificate: Certificate,
): Promise<Certificate> {
  const notBefore = halfLife(certificate) - options.margin;
  return options.make({ notBefore, notAfter: notBefore + options.validity });
}

function halfLife({ notBefore, notAfter }: Certificate): number {
  return (notBefore + notAfter) / 2;
}
