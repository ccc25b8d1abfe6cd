/**
 * Reads the streams of a WebTransport session for its endpoint: what Deno's and browsers' sessions have
 * in common, which is Web streams.
 *
 * @module
 */

import type { WebtransportEndpoint } from "./webtransport_endpoint.ts";

export type OctetReader = ReadableStreamDefaultReader<Uint8Array>;

/** What a unidirectional stream of the peer's turns out to be. */
export type StreamKind =
  | { readonly kind: "message"; readonly octets: Uint8Array }
  /** It must stay open for as long as the connection, and nothing on it matters. */
  | { readonly kind: "critical" }
  | { readonly kind: "unknown" };

const NOTHING = new Uint8Array(0);

export interface WebtransportReadersOptions {
  readonly endpoint: WebtransportEndpoint;
  /** Called when the session has ended, or the reliable stream. */
  readonly lost: (error: unknown) => void;
  /** Reads what precedes the message of a stream; default: nothing does. */
  readonly identify?: (reader: OctetReader) => Promise<StreamKind>;
  /** Called for each stream, whatever is in it. */
  readonly onstream?: () => void;
}

export class WebtransportReaders {
  readonly #options: WebtransportReadersOptions;
  readonly #readers = new Set<ReadableStreamDefaultReader<unknown>>();

  constructor(options: WebtransportReadersOptions) {
    this.#options = options;
  }

  /** Reads the reliable stream. */
  async reliable(stream: ReadableStream<Uint8Array>): Promise<void> {
    const { endpoint, lost } = this.#options;
    try {
      await this.#each(stream, (octets) => endpoint.receive(octets));
      lost("The peer has closed the stream");
    } catch (error) {
      lost(error);
    }
  }

  /** Reads datagrams. */
  async datagrams(stream: ReadableStream<Uint8Array>): Promise<void> {
    try {
      await this.#each(stream, (octets) => this.#options.endpoint.receiveDatagram(octets));
    } catch {
      // The session is gone, which is said elsewhere.
    }
  }

  /** Reads the peer's streams, each for itself. */
  async streams(streams: ReadableStream<ReadableStream<Uint8Array>>): Promise<void> {
    const reading = new Set<Promise<void>>();
    try {
      await this.#each(streams, (stream) => {
        this.#options.onstream?.();
        const read: Promise<void> = this.#stream(stream.getReader())
          .finally(() => reading.delete(read));
        reading.add(read);
      });
    } catch {
      // The session is gone, which is said elsewhere.
    }
    await Promise.all(reading);
  }

  /** Waits for the end of the session. */
  async closed(
    closed: Promise<{ closeCode?: number; reason?: string } | undefined>,
  ): Promise<void> {
    try {
      const { closeCode = 0, reason = "" } = await closed ?? {};
      this.#options.lost(`The session was closed with ${closeCode} "${reason}"`);
    } catch (error) {
      this.#options.lost(error);
    }
  }

  /** Ends all reading. */
  cancel(): void {
    for (const reader of this.#readers) reader.cancel().catch(() => {});
  }

  async #stream(reader: OctetReader): Promise<void> {
    const { endpoint, identify } = this.#options;
    this.#readers.add(reader);
    try {
      const front = await identify?.(reader) ?? { kind: "message", octets: NOTHING };
      if (front.kind === "unknown") return await reader.cancel();
      // To let go of a critical stream would be to stop it, and that ends the connection.
      if (front.kind === "critical") return await endpoint.closed.then(() => {});
      const stream = endpoint.receiveStream(() => void reader.cancel().catch(() => {}));
      if (front.octets.length > 0) stream.receive(front.octets);
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        stream.receive(next.value);
      }
    } catch {
      // The peer has given it up, which it says elsewhere, or the session is gone.
    } finally {
      this.#readers.delete(reader);
    }
  }

  async #each<T>(stream: ReadableStream<T>, take: (value: T) => void): Promise<void> {
    const reader = stream.getReader();
    this.#readers.add(reader);
    for (let next = await reader.read(); !next.done; next = await reader.read()) take(next.value);
  }
}
