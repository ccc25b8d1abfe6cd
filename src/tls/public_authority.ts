/**
 * Whether browsers know a certificate's authority by themselves. QUIC is stricter than HTTPS there:
 * Chromium is reported to take WebTransport from no authority that was added by hand
 * ("QUIC_TLS_CERTIFICATE_UNKNOWN": bugnano/wtransport-elixir #2, kixelated/moq-js #12).
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

/**
 * @param chain Certificates in PEM, the server's own first.
 * @param roots Those of the known authorities, in PEM; Mozilla's by default.
 * @returns Whether it leads to one of them.
 */
export function isPubliclyTrusted(
  chain: string,
  roots: readonly string[] = rootCertificates,
): boolean {
  const certificates =
    (chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [])
      .map((pem) => new X509Certificate(pem));
  let [last] = certificates;
  if (last === undefined) return false;
  for (const next of certificates.slice(1)) if (isIssuedBy(last, next)) last = next;
  const top = last;
  return roots.some((pem) => {
    const root = new X509Certificate(pem);
    return top.fingerprint256 === root.fingerprint256 || isIssuedBy(top, root);
  });
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
