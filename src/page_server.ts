/**
 * The server of the page: on an address, or on a Unix socket.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { type createApp, HttpServer, SocketServer } from "./http/mod.ts";
import type { ListenAddress, Settings } from "./settings.ts";
import type { CertificateSource } from "./tls/mod.ts";
import { userPath } from "./user_path.ts";

const log = getLogger(["skerry"]);

/** What a {@link PageServer} is opened with. */
export interface PageServerOptions {
  readonly app: ReturnType<typeof createApp>;
  /** For HTTPS; the caller's to dispose. */
  readonly certificate: CertificateSource | undefined;
}

/** A running server. */
export interface PageServer extends AsyncDisposable {
  /** The URL to open, ending in a slash. */
  readonly url: string;
  /** Where WebTransport is by default: nowhere beside a Unix socket. */
  readonly address: ListenAddress | undefined;
}

/**
 * Starts to serve where the settings say.
 *
 * @throws {ListenError} if it cannot.
 */
export async function openPageServer(
  { listen }: Settings,
  { app, certificate }: PageServerOptions,
): Promise<PageServer> {
  if (!("path" in listen)) {
    const server = HttpServer.listen({ ...listen, app, certificate: certificate?.current });
    certificate?.onchange((current) => server.use(current));
    return server;
  }
  const server = await SocketServer.listen({ path: userPath(listen.path), app });
  const { forwarding, path, url } = server;
  log.info(
    "It listens on the Unix socket {path}. To reach it from another machine, forward a port to it " +
      "there: {forwarding}",
    { path, forwarding },
  );
  return { url, address: undefined, [Symbol.asyncDispose]: () => server.close() };
}
