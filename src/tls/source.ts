import { getLogger } from "@logtape/logtape";
import type { Certificate } from "./certificate.ts";

const logger = getLogger(["skerry", "tls"]);

/** Where a server's certificate comes from. It changes while the server runs. */
export abstract class CertificateSource implements AsyncDisposable {
  readonly #servers = new Set<(certificate: Certificate) => void>();

  /** What to serve now. */
  abstract readonly current: Certificate;

  /**
   * SHA-256 hashes, 32 octets each, for a page to pin: of what is served, and of what will be served
   * next. Empty if browsers are to trust the certificate by its authority.
   */
  abstract readonly hashes: readonly Uint8Array<ArrayBuffer>[];

  /** Calls back after `current` has changed. */
  onchange(serve: (certificate: Certificate) => void): void {
    this.#servers.add(serve);
  }

  /** Stops looking for changes. The certificate stays readable. */
  abstract [Symbol.asyncDispose](): Promise<void>;

  /** Tells all servers; one that cannot serve it keeps what it has. */
  protected changed(): void {
    for (const serve of this.#servers) {
      try {
        serve(this.current);
      } catch (error) {
        logger.error("The new certificate cannot be served, the one from before stays: {error}", {
          error,
        });
      }
    }
  }
}
