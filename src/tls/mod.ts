/**
 * Certificates: of our own, made at start and rotated, or the user's, reloaded when the files change.
 *
 * @module
 */

export { type Certificate, type CertificateRequest, makeCertificate } from "./certificate.ts";
export { CertificateFiles, type CertificateFilesOptions } from "./certificate_files.ts";
export { CertificateError } from "./errors.ts";
export { RotatingCertificate, type RotatingCertificateOptions } from "./rotating_certificate.ts";
export { CertificateRotation, type CertificateRotationOptions } from "./rotation.ts";
export type { CertificateSource } from "./source.ts";
