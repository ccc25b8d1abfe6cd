/**
 * The flow model over the browser's WebTransport.
 *
 * @module
 */

import { CloseCode } from "../../src/protocol/errors.ts";
import { WebtransportEndpoint } from "../../src/protocol/webtransport_endpoint.ts";
import { SessionCarrier } from "./webtransport_carrier.ts";

/** How many datagrams may wait to be read: they come in bursts, and browsers keep one by default. */
const DATAGRAMS_WAITING = 256;

/** A WebTransport session did not come about. */
export class WebTransportFailedError extends Error {
  override readonly name = "WebTransportFailedError";
}

export interface WebTransportAddress {
  /** With scheme https, and the ticket in it. */
  readonly url: string | URL;
  /** SHA-256 hashes of the certificates to accept; empty for one that an authority has signed. */
  readonly hashes: readonly Uint8Array<ArrayBuffer>[];
}

type ByteReader = ReadableStreamDefaultReader<Uint8Array>;

/** What is open. Firefox collects a session as garbage, and closes it, that only its own events hold. */
const open = new Set<WebTransportTransport>();

export class WebTransportTransport extends WebtransportEndpoint {
  readonly #session: WebTransport;
  readonly #carrier: SessionCarrier;
  readonly #readers = new Set<ReadableStreamDefaultReader<unknown>>();
  readonly #finished: Promise<void>;

  private constructor(session: WebTransport, stream: WebTransportBidirectionalStream) {
    const carrier = new SessionCarrier(session, stream.writable, (error) => this.#lost(error));
    super({
      now: () => performance.now(),
      schedule: (milliseconds, callback) => {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      },
      carrier,
    });
    this.#session = session;
    this.#carrier = carrier;
    open.add(this);
    const { datagrams, incomingUnidirectionalStreams } = session;
    try {
      datagrams.incomingHighWaterMark = DATAGRAMS_WAITING;
    } catch {
      // It may not be settable, and datagrams may get lost anyway.
    }
    this.#finished = nextTask().then(() =>
      Promise.all([
        this.#readReliable(stream.readable.getReader()),
        this.#readDatagrams(datagrams.readable.getReader()),
        this.#readStreams(incomingUnidirectionalStreams.getReader()),
        session.closed.then(
          () => this.#lost("The session was closed"),
          (error) => this.#lost(error),
        ),
      ])
    ).then(() => {});
    void this.closed.then(() => this.#tearDown());
  }

  /**
   * Opens a session and waits until the server has let it in.
   *
   * @param options.signal Gives it up.
   * @returns An open transport. What is to receive flows must be set before the next task.
   * @throws {WebTransportFailedError} if that does not happen; browsers do not say why.
   */
  static async connect(
    { url, hashes }: WebTransportAddress,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<WebTransportTransport> {
    signal?.throwIfAborted();
    const session = new WebTransport(url, {
      ...(hashes.length === 0 ? {} : {
        serverCertificateHashes: hashes.map((value) => ({ algorithm: "sha-256", value })),
      }),
      congestionControl: "low-latency",
    });
    session.closed.catch(() => {});
    const aborted = Promise.withResolvers<never>();
    const onabort = () => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", onabort);
    try {
      const opening = reliableStream(session);
      opening.catch(() => {});
      return new WebTransportTransport(session, await Promise.race([opening, aborted.promise]));
    } catch (error) {
      void session.ready.then(() => session.close(), () => {});
      if (signal?.aborted) throw signal.reason;
      const why = error instanceof Error ? error.message : String(error);
      throw new WebTransportFailedError(`WebTransport was refused or did not get through: ${why}`, {
        cause: error,
      });
    } finally {
      signal?.removeEventListener("abort", onabort);
    }
  }

  /** Closes, and waits until nothing of the session is left. */
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
      this.#lost("The server has closed the stream");
    } catch (error) {
      this.#lost(error);
    }
  }

  async #readDatagrams(reader: ByteReader): Promise<void> {
    this.#readers.add(reader);
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        this.receiveDatagram(next.value);
      }
    } catch {
      // The session is gone, which is said elsewhere.
    }
  }

  async #readStreams(
    streams: ReadableStreamDefaultReader<ReadableStream<Uint8Array>>,
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
    const stream = this.receiveStream(() => void reader.cancel().catch(() => {}));
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        stream.receive(next.value);
      }
    } catch {
      // The server has given it up, which it says elsewhere, or the session is gone.
    } finally {
      this.#readers.delete(reader);
    }
  }

  #lost(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.ended({ clean: false, code: CloseCode.Lost, reason });
  }

  #tearDown(): void {
    open.delete(this);
    this.#carrier.end();
    try {
      this.#session.close();
    } catch {
      // It is closed already.
    }
    for (const reader of this.#readers) reader.cancel().catch(() => {});
  }
}

/** The stream that the server opens for a client that it lets in. */
async function reliableStream(session: WebTransport): Promise<WebTransportBidirectionalStream> {
  await session.ready;
  const streams = session.incomingBidirectionalStreams.getReader();
  const { value, done } = await streams.read();
  if (done) throw new WebTransportFailedError("The server has closed the session");
  streams.releaseLock();
  return value;
}

/** Resolves in the next task, when whoever waits for something in this one has had it. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
