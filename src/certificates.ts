/**
 * Which certificate serves what.
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { Settings } from "./settings.ts";
import {
  CertificateFiles,
  type CertificateSource,
  isPubliclyTrusted,
  KeptCertificate,
  RotatingCertificate,
} from "./tls/mod.ts";

const log = getLogger(["skerry", "tls"]);

export interface Certificates extends AsyncDisposable {
  /** For HTTPS; undefined for HTTP. */
  readonly page: CertificateSource | undefined;
  /** For WebTransport; undefined if that is not offered. */
  readonly webtransport: CertificateSource | undefined;
}

/**
 * Opens what the settings ask for. WebTransport shares the user's certificate with the page if
 * browsers know its authority; else pages pin one of our own, which browsers take in any case.
 *
 * @param environment Variables, for example `Deno.env.toObject()`.
 * @throws {CertificateError} if the user's certificate cannot be used.
 */
export async function openCertificates(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Certificates> {
  await using opened = new AsyncDisposableStack();
  const { listen, tls, tlsCert, tlsKey, transport, webtransportListen } = settings;
  let own: CertificateSource | undefined;
  let page: CertificateSource | undefined;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    own = opened.use(await CertificateFiles.open({ cert: tlsCert, key: tlsKey }));
    if (tls !== "off") page = own;
  } else if (tls === "self-signed") {
    page = opened.use(await openSelfSigned(settings, environment));
  }
  let webtransport: CertificateSource | undefined;
  // Beside a Unix socket there is no WebTransport by default.
  if (transport !== "websocket" && !("path" in listen && webtransportListen === undefined)) {
    const shared = own !== undefined && isPubliclyTrusted(own.current.cert);
    if (own !== undefined && !shared) {
      log.info(
        'Browsers do not know the authority of "{cert}" by themselves, which Chromium demands for ' +
          "WebTransport: pages are told the hash of a certificate of its own instead",
        { cert: tlsCert },
      );
    }
    webtransport = shared ? own : opened.use(await RotatingCertificate.start());
  }
  const resources = opened.move();
  return { page, webtransport, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function openSelfSigned(
  { listen, webtransportAdvertise }: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CertificateSource> {
  const host = Deno.hostname();
  const names = new Set(["localhost", "127.0.0.1", "::1", host]);
  const pages = "path" in listen ? undefined : listen;
  for (const address of [pages, webtransportAdvertise]) {
    const name = address?.hostname;
    if (name !== undefined && name !== "0.0.0.0" && name !== "::") names.add(name);
  }
  const { HOME, XDG_STATE_HOME } = environment;
  const state = XDG_STATE_HOME?.startsWith("/") ? XDG_STATE_HOME : HOME && `${HOME}/.local/state`;
  const source = await KeptCertificate.open({
    // A home folder may be shared by machines, whose names differ.
    path: state ? `${state}/skerry/certificate-${host.replaceAll("/", "_")}.pem` : undefined,
    names: [...names],
  });
  const tell = () =>
    log.info(
      "The page's certificate is signed by itself, so browsers warn of it. Its SHA-256 fingerprint, " +
        "to compare with what they show: {fingerprint}",
      { fingerprint: fingerprintOf(source.current.hash) },
    );
  tell();
  source.onchange(tell);
  return source;
}

/** As browsers show it: `3A:F0:…`. */
function fingerprintOf(hash: Uint8Array): string {
  return hash.toHex().toUpperCase().match(/../g)?.join(":") ?? "";
}
