import type { Priority } from "../../src/protocol/flow.ts";
import { StreamWriter } from "../../src/protocol/stream_writer.ts";
import type {
  OutgoingStream,
  WebtransportCarrier,
} from "../../src/protocol/webtransport_carrier.ts";

/** Datagrams that the browser has not taken yet: more are dropped, since later ones say more. */
const MAX_DATAGRAMS = 64;

/** What flows need, on a WebTransport session of the platform's. */
export class SessionCarrier implements WebtransportCarrier {
  readonly streamPrefix = new Uint8Array(0);
  readonly datagramPrefix = new Uint8Array(0);
  readonly #session: WebTransport;
  readonly #reliable: StreamWriter;
  readonly #datagrams: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #pending = 0;

  /** @param onfailure Called when the reliable stream fails. */
  constructor(
    session: WebTransport,
    reliable: WritableStream<Uint8Array<ArrayBuffer>>,
    onfailure: (error: unknown) => void,
  ) {
    this.#session = session;
    this.#reliable = new StreamWriter(reliable.getWriter(), onfailure);
    this.#datagrams = datagramWriter(session);
    this.#datagrams.closed.catch(() => {});
  }

  get maxDatagramOctets(): number {
    return this.#session.datagrams.maxDatagramSize;
  }

  get unsentOctets(): number {
    return this.#reliable.unsent;
  }

  write(octets: Uint8Array<ArrayBuffer>): void {
    this.#reliable.write(octets);
  }

  sendDatagram(octets: Uint8Array<ArrayBuffer>): void {
    if (this.#pending >= MAX_DATAGRAMS) return;
    this.#pending++;
    const done = () => void this.#pending--;
    this.#datagrams.write(octets).then(done, done);
  }

  openStream(priority: Priority): OutgoingStream {
    const opening = this.#session.createUnidirectionalStream({ sendOrder: priority });
    // A stream fails when the peer cancels it, which is said elsewhere, or with the session.
    const writer = new StreamWriter(opening.then((stream) => stream.getWriter()), () => {});
    return {
      write: (octets, last) => {
        writer.write(octets);
        if (last) writer.close();
      },
      abandon: () => writer.abort(),
    };
  }

  close(): void {
    this.#reliable.close();
  }

  /** The session is gone or going. */
  end(): void {
    this.#reliable.abort();
  }
}

/** Datagrams were written to one stream, and are by the newer standard written to any number. */
function datagramWriter(
  session: WebTransport,
): WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> {
  const datagrams: {
    readonly writable?: WritableStream<Uint8Array<ArrayBuffer>>;
    createWritable?(): WritableStream<Uint8Array<ArrayBuffer>>;
  } = session.datagrams;
  const writable = datagrams.writable ?? datagrams.createWritable?.();
  if (writable === undefined) throw new TypeError("This browser's WebTransport has no datagrams");
  return writable.getWriter();
}
