import type { Certificate } from "./certificate.ts";

/** Where a server's certificate comes from. It changes while the server runs. */
export interface CertificateSource extends AsyncDisposable {
  /** What to serve now. */
  readonly current: Certificate;
  /**
   * SHA-256 hashes, 32 octets each, for a page to pin: of what is served, and of what will be served
   * next. Empty if browsers are to trust the certificate by its authority.
   */
  readonly hashes: readonly Uint8Array<ArrayBuffer>[];
  /** Called after `current` has changed. */
  onchange: ((certificate: Certificate) => void) | undefined;
}
