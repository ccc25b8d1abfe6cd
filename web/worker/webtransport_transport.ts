/**
 * The flow model over the browser's WebTransport.
 *
 * @module
 */

import { CloseCode } from "../../src/protocol/errors.ts";
import { WebtransportEndpoint } from "../../src/protocol/webtransport_endpoint.ts";
import { WebtransportReaders } from "../../src/protocol/webtransport_readers.ts";
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

/** What is open. Firefox collects a session as garbage, and closes it, that only its own events hold. */
const open = new Set<WebTransportTransport>();

export class WebTransportTransport extends WebtransportEndpoint {
  readonly #session: WebTransport;
  readonly #carrier: SessionCarrier;
  readonly #readers: WebtransportReaders;
  readonly #finished: Promise<unknown>;

  private constructor(session: WebTransport, stream: WebTransportBidirectionalStream) {
    const carrier = new SessionCarrier(session, stream.writable, (error) => this.#lost(error));
    super({
      now: () => performance.now(),
      schedule: (milliseconds, callback) => {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      },
      carrier,
      roams: true,
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
    this.#readers = new WebtransportReaders({
      endpoint: this,
      lost: (error) => this.#lost(error),
    });
    this.#finished = nextTask().then(() =>
      Promise.all([
        this.#readers.reliable(stream.readable),
        this.#readers.datagrams(datagrams.readable),
        this.#readers.streams(incomingUnidirectionalStreams),
        this.#readers.closed(session.closed),
      ])
    );
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
      giveUp(session);
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
    this.#readers.cancel();
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

/** Closes also a session that is still connecting, which would go on to try, and stand after all. */
function giveUp(session: WebTransport): void {
  session.ready.catch(() => {});
  try {
    session.close();
  } catch {
    // Deno closes only what stands.
    void session.ready.then(() => session.close(), () => {});
  }
}

/** Resolves in the next task, when whoever waits for something in this one has had it. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
