/**
 * Flows over WebTransport: the server's end.
 *
 * @module
 */

import { CloseCode } from "../protocol/errors.ts";
import type { EndpointLimits } from "../protocol/limits.ts";
import type { MakePathModel } from "../protocol/path_model.ts";
import { WebtransportEndpoint } from "../protocol/webtransport_endpoint.ts";
import { WebtransportReaders } from "../protocol/webtransport_readers.ts";
import { RateGuard } from "./rate_guard.ts";
import { scheduleTimeout } from "./timeout.ts";
import { QuicCarrier } from "./webtransport_carrier.ts";
import { Http3Code } from "./webtransport_errors.ts";
import {
  BIDIRECTIONAL_PREFIX,
  DATAGRAM_PREFIX,
  identifyStream,
  readDatagram,
} from "./webtransport_streams.ts";

/** A mouse that reports 1,000 times a second, and as many acks of frames, are far from this. */
const DATAGRAMS_PER_SECOND = 10_000;
/** A page opens one for each large message at most; each costs more than a datagram. */
const STREAMS_PER_SECOND = 500;

/** The reliable stream goes before all others, whose order is their flows' priority. */
const RELIABLE_ORDER = 8;

export interface WebTransportTransportOptions {
  readonly limits?: Partial<EndpointLimits> | undefined;
  /** Makes what decides how much may be sent; default: what the protocol has. */
  readonly makePath?: MakePathModel | undefined;
}

export class WebTransportTransport extends WebtransportEndpoint {
  readonly #connection: Deno.QuicConn;
  /**
   * Held, not used: with it, Deno would let go of HTTP/3's control stream, for which browsers end the
   * connection ("STOP_SENDING received for send control stream").
   */
  readonly session: WebTransport;
  readonly #carrier: QuicCarrier;
  readonly #readers: WebtransportReaders;
  readonly #finished: Promise<unknown>;

  private constructor(
    connection: Deno.QuicConn,
    session: WebTransport,
    stream: Deno.QuicBidirectionalStream,
    { limits, makePath }: WebTransportTransportOptions,
  ) {
    const carrier = new QuicCarrier(connection, stream.writable, (error) => this.#lost(error));
    super({
      now: () => performance.now(),
      schedule: scheduleTimeout,
      carrier,
      makePath,
      ...(limits === undefined ? {} : { limits }),
    });
    this.#connection = connection;
    this.session = session;
    this.#carrier = carrier;
    const streams = new RateGuard({
      what: "streams",
      perSecond: STREAMS_PER_SECOND,
      burst: 2 * STREAMS_PER_SECOND,
      now: () => this.now(),
    });
    this.#readers = new WebtransportReaders({
      endpoint: this,
      onstream: () => this.guard(() => streams.count()),
      lost: (error) => this.#lost(error),
      identify: identifyStream,
    });
    carrier.write(BIDIRECTIONAL_PREFIX.slice());
    this.#finished = Promise.all([
      this.#readers.reliable(stream.readable),
      this.#readers.streams(connection.incomingUnidirectionalStreams),
      this.#readers.closed(connection.closed),
      this.#readDatagrams(),
    ]);
    void this.closed.then(() => this.#tearDown());
  }

  /**
   * Takes a session over, and opens its reliable stream.
   *
   * @param connection What the session runs on; nothing else may use it any more.
   * @param session Deno's object for it.
   */
  static async over(
    connection: Deno.QuicConn,
    session: WebTransport,
    options: WebTransportTransportOptions = {},
  ): Promise<WebTransportTransport> {
    const stream = await connection.createBidirectionalStream({ sendOrder: RELIABLE_ORDER });
    return new WebTransportTransport(connection, session, stream, options);
  }

  /** Closes, and waits until nothing of the connection is left. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#finished;
  }

  async #readDatagrams(): Promise<void> {
    const guard = new RateGuard({
      what: "datagrams",
      perSecond: DATAGRAMS_PER_SECOND,
      burst: DATAGRAMS_PER_SECOND,
      now: () => this.now(),
    });
    try {
      let { hostname, port } = this.#connection.remoteAddr;
      while (this.open) {
        const datagram = await readDatagram(this.#connection);
        this.guard(() => guard.count());
        const remote = this.#connection.remoteAddr;
        if (remote.port !== port || remote.hostname !== hostname) {
          const sameHost = remote.hostname === hostname;
          ({ hostname, port } = remote);
          if (sameHost) this.guard(() => this.onmoved?.());
        }
        if (datagram[0] === DATAGRAM_PREFIX[0]) this.receiveDatagram(datagram.subarray(1));
      }
    } catch {
      // The connection is gone, which is said elsewhere.
    }
  }

  #lost(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.ended({ clean: false, code: CloseCode.Lost, reason });
  }

  #tearDown(): void {
    this.#carrier.end();
    this.#connection.close({ closeCode: Http3Code.NoError, reason: "" });
    this.#readers.cancel();
  }
}
