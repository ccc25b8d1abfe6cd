/**
 * Takes WebTransport sessions on a UDP port.
 *
 * A browser can send neither cookies nor headers that Deno would show us, and is answered 200 in any
 * case; so what lets it in is a ticket in the URL, which the authenticated HTTP API has issued, and
 * which is looked at before anything else is.
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";
import type { EndpointLimits } from "../protocol/limits.ts";
import type { MakePathModel } from "../protocol/path_model.ts";
import { Admission } from "./webtransport_admission.ts";
import {
  Http3Code,
  WebTransportListenError,
  WebTransportRefusedError,
} from "./webtransport_errors.ts";
import { WebTransportTransport } from "./webtransport.ts";
import { handshake } from "./webtransport_handshake.ts";

const logger = getLogger(["skerry", "webtransport"]);

/** The path of the URL that pages connect to. */
export const WEBTRANSPORT_PATH = "/api/webtransport";

/** Where a client's handshake may be at a time, and what all of them may have open. */
export interface WebTransportLimits {
  /** How long a client may take to become a session, in milliseconds. */
  readonly handshakeTimeout: number;
  /** Unfinished handshakes at a time; see {@link Admission} for who has to go. */
  readonly maxHandshakes: number;
  /** Sessions at a time; more are refused. */
  readonly maxSessions: number;
  /** How long the client may be silent before the connection counts as lost, in milliseconds. */
  readonly idleTimeout: number;
  /** Unidirectional streams that a client may have open. Three belong to HTTP/3. */
  readonly maxStreams: number;
}

/** QUIC's congestion control: BBR, CUBIC, and what quinn takes by default. */
export type CongestionControl = "low-latency" | "throughput" | "default";

export const DEFAULT_WEBTRANSPORT_LIMITS: WebTransportLimits = {
  handshakeTimeout: 5000,
  maxHandshakes: 128,
  maxSessions: 256,
  idleTimeout: 15_000,
  maxStreams: 16,
};

/** QUIC's keep-alive, in milliseconds: keeps NATs open, whose timeouts for UDP begin at 30 s. */
const KEEP_ALIVE_MS = 4000;

/** The certificate chain and its key, in PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A client that was let in. */
export interface WebTransportSession<Grant> {
  readonly transport: WebTransportTransport;
  /** What its ticket was issued for. */
  readonly grant: Grant;
  /** Its IP address; another one after it has roamed. */
  readonly remote: string;
}

export interface WebTransportServerOptions<Grant> {
  /** A literal address. */
  readonly hostname: string;
  /** UDP; 0 takes a free one. */
  readonly port: number;
  readonly certificate: ServerCertificate;
  /** What a ticket was issued for; undefined if it is wrong, expired or used. */
  readonly redeem: (ticket: string) => Grant | undefined;
  /** Called for each client that was let in. */
  readonly onsession: (session: WebTransportSession<Grant>) => void;
  /** Called for each client that was not let in, with its IP address. */
  readonly onrefused?: (remote: string) => void;
  /** Of the URL; {@link WEBTRANSPORT_PATH} if not given. */
  readonly path?: string;
  readonly limits?: Partial<WebTransportLimits>;
  /**
   * Default: low-latency, which does not take a lost packet for a path that is full. Measured with
   * frames of 16 kB, 60 a second, on 10 Mbit/s with 40 ms RTT and 1% loss: 51 of them came, and took 89
   * to 122 ms at the 99th percentile; 22 to 25, and 147 to 220 ms, with the others.
   */
  readonly congestionControl?: CongestionControl;
  /** Of each session's transport. */
  readonly endpointLimits?: Partial<EndpointLimits>;
  /** Makes what decides how much each session may send; default: what the protocol has. */
  readonly makePath?: MakePathModel;
  /** Closes the server. */
  readonly signal?: AbortSignal;
}

export class WebTransportServer<Grant> implements AsyncDisposable {
  readonly #options: WebTransportServerOptions<Grant>;
  readonly #limits: WebTransportLimits;
  readonly #endpoint: Deno.QuicEndpoint;
  /**
   * All that was ever listened with: when one is collected as garbage, Deno takes the endpoint's
   * configuration away, even if it is a newer one's.
   */
  readonly #listeners: Deno.QuicListener[] = [];
  readonly #admission: Admission;
  readonly #transports = new Set<WebTransportTransport>();
  readonly #working = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #accepting: Promise<void>;
  #disposed: Promise<void> | undefined;

  private constructor(options: WebTransportServerOptions<Grant>, endpoint: Deno.QuicEndpoint) {
    this.#options = options;
    this.#limits = { ...DEFAULT_WEBTRANSPORT_LIMITS, ...options.limits };
    this.#endpoint = endpoint;
    this.#admission = new Admission(this.#limits.maxHandshakes);
    this.#accepting = this.#accept(this.#listen(options.certificate));
    options.signal?.addEventListener("abort", () => void this[Symbol.asyncDispose](), {
      signal: this.#stop.signal,
    });
  }

  /**
   * Binds the port and begins to take sessions.
   *
   * @throws {WebTransportListenError} if the port cannot be had, or the certificate not be served.
   */
  static listen<Grant>(options: WebTransportServerOptions<Grant>): WebTransportServer<Grant> {
    options.signal?.throwIfAborted();
    const { hostname, port } = options;
    let endpoint: Deno.QuicEndpoint | undefined;
    try {
      endpoint = new Deno.QuicEndpoint({ hostname, port });
      return new WebTransportServer(options, endpoint);
    } catch (cause) {
      endpoint?.close();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new WebTransportListenError(
        `Cannot listen for WebTransport on UDP port ${port} of "${hostname}": ${why}`,
        { cause },
      );
    }
  }

  /** Where it listens. */
  get address(): { readonly hostname: string; readonly port: number } {
    return this.#endpoint.addr;
  }

  /** How many sessions there are. */
  get sessions(): number {
    return this.#transports.size;
  }

  /** How many clients are in their handshake. */
  get handshakes(): number {
    return this.#admission.size;
  }

  /**
   * Serves another certificate from the next connection on. Sessions go on with what they have.
   *
   * @throws if the certificate cannot be served; then the one from before stays.
   */
  use(certificate: ServerCertificate): void {
    this.#listen(certificate);
  }

  /** Closes all sessions in order, then the port. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposed ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#transports].map((transport) => transport[Symbol.asyncDispose]()));
    this.#endpoint.close({ closeCode: Http3Code.NoError, reason: "" });
    await this.#accepting;
    await Promise.all(this.#working);
  }

  #listen(certificate: ServerCertificate): Deno.QuicListener {
    const listener = this.#endpoint.listen({
      cert: certificate.cert,
      key: certificate.key,
      alpnProtocols: ["h3"],
      keepAliveInterval: KEEP_ALIVE_MS,
      maxIdleTimeout: this.#limits.idleTimeout,
      // That of the CONNECT request; ours is opened by us.
      maxConcurrentBidirectionalStreams: 1,
      maxConcurrentUnidirectionalStreams: this.#limits.maxStreams,
      congestionControl: this.#options.congestionControl ?? "low-latency",
    });
    this.#listeners.push(listener);
    return listener;
  }

  /** Connections come in on the first listener, whatever was listened with since. */
  async #accept(listener: Deno.QuicListener): Promise<void> {
    while (true) {
      let incoming: Deno.QuicIncoming;
      try {
        incoming = await listener.incoming();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) {
          logger.error("WebTransport takes no more sessions: {error}", { error });
        }
        return;
      }
      if (this.#stop.signal.aborted) {
        incoming.refuse();
        continue;
      }
      const work: Promise<void> = this.#serve(incoming).finally(() => this.#working.delete(work));
      this.#working.add(work);
    }
  }

  async #serve(incoming: Deno.QuicIncoming): Promise<void> {
    let connection: Deno.QuicConn;
    try {
      // With its address not to be had before (to ask for it uses the object up), and with the
      // connection in hand at once, so that it can be closed before its handshake is over.
      connection = incoming.accept({ zeroRtt: true });
    } catch (error) {
      logger.debug("A connection was not accepted: {error}", { error });
      return;
    }
    // Nobody else looks at it while the handshake goes on.
    connection.closed.catch(() => {});
    const remote = connection.remoteAddr.hostname;
    try {
      const { session, grant } = await handshake(connection, {
        ...this.#options,
        path: this.#options.path ?? WEBTRANSPORT_PATH,
        timeout: this.#limits.handshakeTimeout,
        admission: this.#admission,
        signal: this.#stop.signal,
      });
      const { maxSessions } = this.#limits;
      if (this.#transports.size >= maxSessions) {
        throw new WebTransportRefusedError(
          `There are ${maxSessions} sessions already`,
          Http3Code.ExcessiveLoad,
        );
      }
      const { endpointLimits: limits, makePath } = this.#options;
      const transport = await WebTransportTransport.over(connection, session, { limits, makePath });
      this.#start(connection, transport, grant);
    } catch (error) {
      const refused = error instanceof WebTransportRefusedError ? error : undefined;
      const closeCode = refused?.closeCode ?? Http3Code.InternalError;
      connection.close({ closeCode, reason: "" });
      if (refused) this.#options.onrefused?.(remote);
      logger.debug("A WebTransport client at {remote} was not let in: {reason}", {
        remote,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  #start(connection: Deno.QuicConn, transport: WebTransportTransport, grant: Grant): void {
    this.#transports.add(transport);
    const ended = transport.closed.then(async () => {
      await transport[Symbol.asyncDispose]();
      this.#transports.delete(transport);
      this.#working.delete(ended);
    });
    this.#working.add(ended);
    const remote = () => connection.remoteAddr.hostname;
    try {
      this.#options.onsession({
        transport,
        grant,
        get remote() {
          return remote();
        },
      });
    } catch (error) {
      transport.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
