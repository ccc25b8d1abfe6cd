/**
 * Flows over WebTransport: the server's end.
 *
 * @module
 */

import { CloseCode } from "../protocol/errors.ts";
import type { EndpointLimits } from "../protocol/limits.ts";
import { WebtransportEndpoint } from "../protocol/webtransport_endpoint.ts";
import { scheduleTimeout } from "./timeout.ts";
import { QuicCarrier } from "./webtransport_carrier.ts";
import { Http3Code } from "./webtransport_errors.ts";
import {
  BIDIRECTIONAL_PREFIX,
  DATAGRAM_PREFIX,
  identifyStream,
  readDatagram,
} from "./webtransport_streams.ts";

type ByteReader = ReadableStreamDefaultReader<Uint8Array>;

export class WebTransportTransport extends WebtransportEndpoint {
  readonly #connection: Deno.QuicConn;
  /**
   * Held, not used: with it, Deno would let go of HTTP/3's control stream, for which browsers end the
   * connection ("STOP_SENDING received for send control stream").
   */
  readonly session: WebTransport;
  readonly #carrier: QuicCarrier;
  readonly #readers = new Set<ReadableStreamDefaultReader<unknown>>();
  readonly #finished: Promise<void>;

  private constructor(
    connection: Deno.QuicConn,
    session: WebTransport,
    stream: Deno.QuicBidirectionalStream,
    limits: Partial<EndpointLimits> | undefined,
  ) {
    const carrier = new QuicCarrier(
      connection,
      stream.writable,
      (error) => this.#lost(error),
    );
    super({
      now: () => performance.now(),
      schedule: scheduleTimeout,
      carrier,
      ...(limits === undefined ? {} : { limits }),
    });
    this.#connection = connection;
    this.session = session;
    this.#carrier = carrier;
    carrier.write(BIDIRECTIONAL_PREFIX.slice());
    this.#finished = Promise.all([
      this.#readReliable(stream.readable.getReader()),
      this.#readDatagrams(),
      this.#readStreams(connection.incomingUnidirectionalStreams.getReader()),
      this.#watch(connection.closed),
    ]).then(() => {});
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
    { limits }: { limits?: Partial<EndpointLimits> } = {},
  ): Promise<WebTransportTransport> {
    const stream = await connection.createBidirectionalStream({ sendOrder: 8 });
    return new WebTransportTransport(connection, session, stream, limits);
  }

  /** Closes, and waits until nothing of the connection is left. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#finished;
  }

  async #readReliable(reader: ByteReader): Promise<void> {
    this.#readers.add(reader);
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        this.receive(next.value);
      }
      this.#lost("The peer has closed the stream");
    } catch (error) {
      this.#lost(error);
    }
  }

  async #readDatagrams(): Promise<void> {
    try {
      while (this.open) {
        const datagram = await readDatagram(this.#connection);
        if (datagram[0] === DATAGRAM_PREFIX[0]) this.receiveDatagram(datagram.subarray(1));
      }
    } catch {
      // The connection is gone, which is said elsewhere.
    }
  }

  async #readStreams(
    streams: ReadableStreamDefaultReader<ReadableStream<Uint8Array<ArrayBuffer>>>,
  ): Promise<void> {
    this.#readers.add(streams);
    const reading = new Set<Promise<void>>();
    try {
      for (let next = await streams.read(); !next.done; next = await streams.read()) {
        const read: Promise<void> = this.#readStream(next.value.getReader())
          .finally(() => reading.delete(read));
        reading.add(read);
      }
    } catch {
      // As above.
    }
    await Promise.all(reading);
  }

  async #readStream(reader: ByteReader): Promise<void> {
    this.#readers.add(reader);
    try {
      const front = await identifyStream(reader);
      // To let go of a critical stream would be to stop it, and that ends the connection.
      if (front.kind === "critical") return await this.closed.then(() => {});
      if (front.kind === "unknown") return await reader.cancel();
      const stream = this.receiveStream(() => void reader.cancel().catch(() => {}));
      stream.receive(front.octets);
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        stream.receive(next.value);
      }
    } catch {
      // The peer has given it up, which it says elsewhere, or the connection is gone.
    } finally {
      this.#readers.delete(reader);
    }
  }

  async #watch(closed: Promise<Deno.QuicCloseInfo>): Promise<void> {
    try {
      const { closeCode, reason } = await closed;
      this.#lost(`The connection was closed with ${closeCode} "${reason}"`);
    } catch (error) {
      this.#lost(error);
    }
  }

  #lost(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.ended({ clean: false, code: CloseCode.Lost, reason });
  }

  #tearDown(): void {
    this.#carrier.end();
    this.#connection.close({ closeCode: Http3Code.NoError, reason: "" });
    for (const reader of this.#readers) reader.cancel().catch(() => {});
  }
}
