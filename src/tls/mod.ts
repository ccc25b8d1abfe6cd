/**
 * Certificates: of our own, made at start and rotated or kept, or the user's, reloaded when the files
 * change.
 *
 * @module
 */

export { type Certificate, type CertificateRequest, makeCertificate } from "./certificate.ts";
export { CertificateFiles, type CertificateFilesOptions } from "./certificate_files.ts";
export { CertificateError } from "./errors.ts";
export { KeptCertificate, type KeptCertificateOptions } from "./kept_certificate.ts";
export { isPubliclyTrusted } from "./public_authority.ts";
export { RotatingCertificate, type RotatingCertificateOptions } from "./rotating_certificate.ts";
export { CertificateRotation, type CertificateRotationOptions } from "./rotation.ts";
export { CertificateSource } from "./source.ts";
