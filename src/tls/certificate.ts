/**
 * Certificates that Skerry makes for itself, with no authority and nothing on disk.
 *
 * A browser accepts one of these over WebTransport if the page names its hash, and then looks at
 * neither names nor authorities. What it demands instead: an X.509v3 certificate, an ECDSA key on
 * P-256, valid now and for at most 14 days in all (WebTransport §3.1.1, "custom certificate
 * requirements").
 *
 * @module
 */

import type { JsonGeneralName } from "@peculiar/x509";
import { isIP } from "node:net";

/** The longest that a certificate which is known by its hash may be valid, in milliseconds. */
export const MAX_PINNED_VALIDITY_MS = 14 * 24 * 3600 * 1000;

/** A certificate chain with its key, as servers take them. */
export interface Certificate {
  /** The chain in PEM, the server's own certificate first. */
  readonly cert: string;
  /** The private key in PEM (PKCS #8). */
  readonly key: string;
  /** SHA-256 of the server's own certificate in DER: 32 octets. */
  readonly hash: Uint8Array<ArrayBuffer>;
  /** When it is valid: milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface CertificateRequest {
  /** Milliseconds since 1970; a certificate knows whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Host names and IP addresses that it is for. */
  readonly names?: readonly string[];
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Makes a new key and a certificate for it, signed by itself. Nothing is written anywhere.
 *
 * @param request When and for which names it is to be valid.
 * @throws {RangeError} if it would never be valid.
 */
export async function makeCertificate(request: CertificateRequest): Promise<Certificate> {
  const { notBefore, notAfter, names = ["localhost"] } = request;
  if (!(notAfter > notBefore)) {
    throw new RangeError(
      `A certificate cannot end at ${notAfter} when it begins at ${notBefore}`,
    );
  }
  const {
    BasicConstraintsExtension,
    cryptoProvider,
    ExtendedKeyUsage,
    ExtendedKeyUsageExtension,
    KeyUsageFlags,
    KeyUsagesExtension,
    PemConverter,
    SubjectAlternativeNameExtension,
    X509CertificateGenerator,
  } = await import("./x509.ts");
  cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=Skerry",
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map(generalName)),
    ],
  });
  return {
    cert: certificate.toString("pem"),
    key: PemConverter.encode(
      await crypto.subtle.exportKey("pkcs8", keys.privateKey),
      "PRIVATE KEY",
    ),
    hash: new Uint8Array(await crypto.subtle.digest("SHA-256", certificate.rawData)),
    notBefore: certificate.notBefore.getTime(),
    notAfter: certificate.notAfter.getTime(),
  };
}

function generalName(name: string): JsonGeneralName {
  return { type: isIP(name) === 0 ? "dns" : "ip", value: name };
}
