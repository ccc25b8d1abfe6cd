import { getLogger } from "@logtape/logtape";
import type { WebTransportPlace } from "./http/mod.ts";
import type { Transport } from "./protocol/flow.ts";
import type { MakePathModel } from "./protocol/path_model.ts";
import type { Settings } from "./settings.ts";
import { CertificateFiles, type CertificateSource, RotatingCertificate } from "./tls/mod.ts";
import { WebTransportListenError } from "./transport/webtransport_errors.ts";
import { WebTransportServer } from "./transport/webtransport_server.ts";

const log = getLogger(["skerry", "webtransport"]);

export interface WebTransportListenerOptions<Grant> {
  /** UDP. */
  readonly address: { readonly hostname: string; readonly port: number };
  /** What a ticket was issued for; undefined if it is wrong, expired or used. */
  readonly redeem: (ticket: string) => Grant | undefined;
  /** Makes what decides how much each session may send. */
  readonly makePath: MakePathModel;
  readonly ontransport: (transport: Transport, grant: Grant) => void;
}

/** A WebTransport server with its certificate, and where pages find it. */
export interface WebTransportListener extends AsyncDisposable {
  readonly place: WebTransportPlace;
}

/**
 * Starts to take WebTransport sessions, with the user's certificate if there is one and else with
 * one of our own that pages pin by its hash.
 *
 * @returns undefined if the port cannot be had and the WebSocket is there to do without.
 * @throws {CertificateError} if the user's certificate cannot be used.
 * @throws {WebTransportListenError} if the port cannot be had and nothing else is offered.
 */
export async function listenForWebTransport<Grant>(
  settings: Settings,
  options: WebTransportListenerOptions<Grant>,
): Promise<WebTransportListener | undefined> {
  await using opened = new AsyncDisposableStack();
  const certificate = opened.use(await openCertificate(settings));
  let server: WebTransportServer<Grant>;
  try {
    server = opened.use(WebTransportServer.listen({
      ...options.address,
      certificate: certificate.current,
      redeem: options.redeem,
      makePath: options.makePath,
      onsession: ({ transport, grant }) => options.ontransport(transport, grant),
    }));
  } catch (error) {
    if (!(error instanceof WebTransportListenError)) throw error;
    if (settings.transport === "webtransport") throw error;
    log.warn("{reason}. Viewers get the WebSocket.", { reason: error.message });
    return undefined;
  }
  certificate.onchange = (current) => server.use(current);
  const { webtransportAdvertise: advertised } = settings;
  const resources = opened.move();
  return {
    get place() {
      return {
        hostname: advertised?.hostname,
        address: server.address.hostname,
        port: advertised?.port ?? server.address.port,
        hashes: certificate.hashes,
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function openCertificate({ tlsCert, tlsKey }: Settings): Promise<CertificateSource> {
  return tlsCert === undefined || tlsKey === undefined
    ? RotatingCertificate.start()
    : CertificateFiles.open({ cert: tlsCert, key: tlsKey });
}
