import { addressGroup, type Admission } from "./webtransport_admission.ts";
import { Http3Code, WebTransportRefusedError } from "./webtransport_errors.ts";
import { reserveDatagrams } from "./webtransport_streams.ts";

export interface HandshakeOptions<Grant> {
  /** Of the URL. */
  readonly path: string;
  /** What a ticket was issued for; undefined if it is wrong, expired or used. */
  readonly redeem: (ticket: string) => Grant | undefined;
  /** How long it may take, in ms. */
  readonly timeout: number;
  /** Who else is at it. */
  readonly admission: Admission;
  /** The server is closing. */
  readonly signal: AbortSignal;
}

/** A client with a ticket. */
export interface Introduction<Grant> {
  /** Deno's object for the session. */
  readonly session: WebTransport;
  /** What the ticket was issued for. */
  readonly grant: Grant;
}

/**
 * From a client's first packet to its ticket; nothing else of what it sends is looked at.
 *
 * @param connection The caller's to close, whatever becomes of it.
 * @throws {WebTransportRefusedError} if the client has no business here, or takes too long.
 */
export async function handshake<Grant>(
  connection: Deno.QuicConn,
  options: HandshakeOptions<Grant>,
): Promise<Introduction<Grant>> {
  const { admission, signal, timeout } = options;
  const { promise: over, reject } = Promise.withResolvers<never>();
  const end = (why: string, code: Http3Code) => reject(new WebTransportRefusedError(why, code));
  const timer = setTimeout(
    () => end(`It took over ${timeout} ms`, Http3Code.RequestCancelled),
    timeout,
  );
  const release = admission.admit({
    group: addressGroup(connection.remoteAddr.hostname),
    displace: () => end("Too many are in their handshake", Http3Code.ExcessiveLoad),
  });
  const onabort = () => end("The server is closing", Http3Code.NoError);
  signal.addEventListener("abort", onabort);
  try {
    const introduction = introduce(connection, options);
    // It fails as well, soon after the connection was closed.
    introduction.catch(() => {});
    return await Promise.race([introduction, over]);
  } finally {
    clearTimeout(timer);
    release();
    signal.removeEventListener("abort", onabort);
  }
}

async function introduce<Grant>(
  connection: Deno.QuicConn,
  { path, redeem }: HandshakeOptions<Grant>,
): Promise<Introduction<Grant>> {
  await connection.handshake;
  reserveDatagrams(connection);
  const session = await Deno.upgradeWebTransport(connection);
  session.closed.catch(() => {});
  const { pathname, searchParams } = new URL(session.url);
  if (pathname !== path) {
    throw new WebTransportRefusedError(
      `There is nothing at "${pathname.slice(0, 100)}"`,
      Http3Code.RequestRejected,
    );
  }
  const grant = redeem(searchParams.get("ticket") ?? "");
  if (grant === undefined) {
    throw new WebTransportRefusedError(
      "Its ticket is wrong, expired or used",
      Http3Code.RequestRejected,
    );
  }
  return { session, grant };
}
