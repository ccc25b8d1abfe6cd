import { getLogger } from "@logtape/logtape";
import type { WebTransportPlace } from "./http/mod.ts";
import type { Transport } from "./protocol/flow.ts";
import type { MakePathModel } from "./protocol/path_model.ts";
import type { Settings } from "./settings.ts";
import type { CertificateSource } from "./tls/mod.ts";
import { WebTransportListenError } from "./transport/webtransport_errors.ts";
import { WebTransportServer } from "./transport/webtransport_server.ts";

const log = getLogger(["skerry", "webtransport"]);

export interface WebTransportListenerOptions<Grant> {
  /** UDP. */
  readonly address: { readonly hostname: string; readonly port: number };
  /** What it is known by; the caller's to dispose. */
  readonly certificate: CertificateSource;
  /** What a ticket was issued for; undefined if it is wrong, expired or used. */
  readonly redeem: (ticket: string) => Grant | undefined;
  /** Makes what decides how much each session may send. */
  readonly makePath: MakePathModel;
  /** Called for each client that was not let in, with its IP address. */
  readonly onrefused: (remote: string) => void;
  /** Called for each client that was let in, with how to find its IP address, which may change. */
  readonly ontransport: (transport: Transport, grant: Grant, remote: () => string) => void;
}

/** A WebTransport server, and where pages find it. */
export interface WebTransportListener extends AsyncDisposable {
  readonly place: WebTransportPlace;
}

/**
 * Starts to take WebTransport sessions.
 *
 * @returns undefined if the port cannot be had and the WebSocket is there to do without.
 * @throws {WebTransportListenError} if the port cannot be had and nothing else is offered.
 */
export function listenForWebTransport<Grant>(
  settings: Settings,
  options: WebTransportListenerOptions<Grant>,
): WebTransportListener | undefined {
  const { address, certificate, makePath, onrefused, ontransport, redeem } = options;
  let server: WebTransportServer<Grant>;
  try {
    server = WebTransportServer.listen({
      ...address,
      certificate: certificate.current,
      redeem,
      makePath,
      onrefused,
      onsession: (session) => ontransport(session.transport, session.grant, () => session.remote),
    });
  } catch (error) {
    if (!(error instanceof WebTransportListenError)) throw error;
    if (settings.transport === "webtransport") throw error;
    log.warn("{reason}. Viewers get the WebSocket.", { reason: error.message });
    return undefined;
  }
  certificate.onchange((current) => server.use(current));
  const { listen, webtransportAdvertise: advertised } = settings;
  // The page then comes from a port that is forwarded to a Unix socket, and its host says nothing of us.
  const own = "path" in listen && !["0.0.0.0", "::"].includes(address.hostname)
    ? address.hostname
    : undefined;
  return {
    get place() {
      return {
        hostname: advertised?.hostname ?? own,
        address: server.address.hostname,
        port: advertised?.port ?? server.address.port,
        hashes: certificate.hashes,
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
