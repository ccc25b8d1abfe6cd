/**
 * The errors of certificates.
 *
 * @module
 */

/** A certificate or its key cannot be read, does not fit, or is not valid now. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}
