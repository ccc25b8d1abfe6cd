import { getLogger } from "@logtape/logtape";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { CertificateRotation } from "./rotation.ts";
import { CertificateSource } from "./source.ts";

const logger = getLogger(["skerry", "tls"]);

/** How often to look at the clock, in milliseconds: timers stand still while a laptop sleeps. */
const CHECK_MS = 60_000;

export interface RotatingCertificateOptions {
  /** Host names and IP addresses that the certificates are for. */
  readonly names?: readonly string[];
  /** How long each is valid, in milliseconds; 13 days if not given. */
  readonly validity?: number;
  /** How far the clock of a browser may be behind, in milliseconds; 12 hours if not given. */
  readonly margin?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** How often to look at the clock, in milliseconds. */
  readonly checkInterval?: number;
}

/** Certificates of our own, in memory only, each replaced at its half life. */
export class RotatingCertificate extends CertificateSource {
  readonly #rotation: CertificateRotation;
  #timer: ReturnType<typeof setInterval> | undefined;
  #checking: Promise<void> | undefined;

  private constructor(rotation: CertificateRotation, checkInterval: number) {
    super();
    this.#rotation = rotation;
    this.#timer = setInterval(() => this.#checking ??= this.#check(), checkInterval);
  }

  /** Makes the first two certificates and begins to watch the clock. */
  static async start(options: RotatingCertificateOptions = {}): Promise<RotatingCertificate> {
    const { names, validity, margin, now = Date.now, checkInterval = CHECK_MS } = options;
    const rotation = await CertificateRotation.start({
      now,
      make: (times) => makeCertificate({ ...times, names }),
      validity,
      margin,
    });
    return new RotatingCertificate(rotation, checkInterval);
  }

  override get current(): Certificate {
    return this.#rotation.current;
  }

  override get hashes(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#rotation.hashes;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#checking;
  }

  async #check(): Promise<void> {
    try {
      if (!await this.#rotation.rotate() || this.#timer === undefined) return;
      logger.info("The certificate was rotated; the next rotation is at {at}", {
        at: new Date(this.#rotation.rotateAt).toISOString(),
      });
      this.changed();
    } catch (error) {
      logger.error("The certificate could not be rotated, and will be tried again: {error}", {
        error,
      });
    } finally {
      this.#checking = undefined;
    }
  }
}
