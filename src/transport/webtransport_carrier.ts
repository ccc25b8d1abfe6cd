import type { Priority } from "../protocol/flow.ts";
import { StreamWriter } from "../protocol/stream_writer.ts";
import type { OutgoingStream, WebtransportCarrier } from "../protocol/webtransport_carrier.ts";
import { DATAGRAM_PREFIX, UNIDIRECTIONAL_PREFIX } from "./webtransport_streams.ts";

/** Datagrams that QUIC has not taken yet: more are dropped, since later ones say more. */
const MAX_DATAGRAMS = 64;
/** How long a stream that was given up stays open, for the peer's cancellation to arrive; in ms. */
const CANCEL_MS = 1000;

/**
 * What flows need, on a QUIC connection of Deno's.
 *
 * Streams are opened on the connection, not on the WebTransport object: `close()` of those of the
 * latter sends no FIN (denoland/deno #36822).
 */
export class QuicCarrier implements WebtransportCarrier {
  readonly streamPrefix = UNIDIRECTIONAL_PREFIX;
  readonly datagramPrefix = DATAGRAM_PREFIX;
  readonly #connection: Deno.QuicConn;
  readonly #reliable: StreamWriter;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #datagrams = 0;
  #ended = false;

  /**
   * @param reliable The session's reliable stream, on which its prefix was written.
   * @param onfailure Called when the reliable stream fails.
   */
  constructor(
    connection: Deno.QuicConn,
    reliable: WritableStream<Uint8Array>,
    onfailure: (error: unknown) => void,
  ) {
    this.#connection = connection;
    this.#reliable = new StreamWriter(reliable.getWriter(), onfailure);
  }

  get maxDatagramOctets(): number {
    return this.#ended ? 0 : this.#connection.maxDatagramSize;
  }

  get unsentOctets(): number {
    return this.#reliable.unsent;
  }

  write(octets: Uint8Array<ArrayBuffer>): void {
    this.#reliable.write(octets);
  }

  sendDatagram(octets: Uint8Array<ArrayBuffer>): void {
    if (this.#ended || this.#datagrams >= MAX_DATAGRAMS) return;
    this.#datagrams++;
    // One that is lost was no use telling of; a connection that is lost says so elsewhere.
    const done = () => void this.#datagrams--;
    this.#connection.sendDatagram(octets).then(done, done);
  }

  openStream(priority: Priority): OutgoingStream {
    const opening = this.#connection.createUnidirectionalStream({
      sendOrder: priority,
      waitUntilAvailable: true,
    });
    // A stream fails when the peer cancels it, which is said elsewhere, or with the connection.
    const writer = new StreamWriter(opening.then((stream) => stream.getWriter()), () => {});
    return {
      write: (octets, last) => {
        writer.write(octets);
        if (last) writer.close();
      },
      abandon: () => {
        // What ends a stream before it was cancelled is a FIN, and what QUIC holds still goes out;
        // after, it is a reset, and QUIC lets go of it.
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          writer.abort();
        }, CANCEL_MS);
        this.#timers.add(timer);
      },
    };
  }

  close(): void {
    this.#reliable.close();
  }

  /** The connection is gone or going. */
  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#reliable.abort();
  }
}
