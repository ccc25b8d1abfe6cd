/**
 * Broken WebTransport: packets that are no QUIC, sessions without a good ticket, and streams and datagrams
 * that say what they must not.
 *
 * @module
 */
import { type Attempt, count, PATIENCE, within } from "./campaign.ts";
import { join, type Mutator } from "./mutator.ts";
import { FLOWS, metadataOf, payload, vlu } from "./seeds.ts";

export interface WebTransportTarget {
  readonly hostname: string;
  readonly port: number;
  /** SHA-256 of the certificate. */
  readonly hash: Uint8Array<ArrayBuffer>;
  /** The path with its ticket: a good one, or a stranger's. */
  readonly path: (mutator: Mutator) => Promise<string>;
  /** Whether sessions are let in. */
  readonly good: boolean;
}

/** Packets before the server is given time to read them. */
const PACKETS = 200;
/** Things said in one session. */
const DEEDS = 12;
/** Milliseconds for the server to read what was sent. */
const READ = 30;

/** Sends packets to the port that look more or less like QUIC's first (RFC 9000 §17.2.2). */
export function packetAttempt({ hostname, port }: WebTransportTarget): Attempt {
  return async (mutator) => {
    const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    try {
      for (let index = 0; index < PACKETS; index++) {
        const packet = new Uint8Array(1200);
        packet.set(mutator.noise(100));
        if (mutator.chance(60)) packet.set([0xc0 | mutator.below(16), 0, 0, 0, 1, 8]);
        const length = mutator.chance(80) ? 1200 : mutator.below(1200);
        await socket.send(packet.subarray(0, length), { transport: "udp", hostname, port });
        if (index % 20 === 19) await pause(2);
      }
    } finally {
      socket.close();
    }
    return PACKETS;
  };
}

/** Opens a session and says what is broken; the server lets in who has a good ticket. */
export function sessionAttempt(target: WebTransportTarget): Attempt {
  return async (mutator, outcome) => {
    const { good, hash, hostname, port } = target;
    const path = await target.path(mutator);
    const session = new WebTransport(`https://${hostname}:${port}${path}`, {
      serverCertificateHashes: [{ algorithm: "sha-256", value: hash }],
    });
    const closed = session.closed.then(() => true, () => true);
    const ready = await within(PATIENCE, session.ready.then(() => true, () => false));
    if (ready === undefined) count(outcome.findings, "no answer to a WebTransport session");
    let inputs = 1;
    if (ready) {
      const stream = await within(
        good ? PATIENCE : 200,
        session.incomingBidirectionalStreams.getReader().read().then(
          ({ value }) => value,
          () => undefined,
        ),
      );
      count(outcome.answers, stream === undefined ? "closed" : "let in");
      if (stream !== undefined && !good) count(outcome.findings, "a stranger's session");
      inputs += await say(session, stream, mutator);
    } else count(outcome.answers, "refused");
    try {
      session.close();
    } catch {
      // It is closed.
    }
    await within(PATIENCE, closed);
    return inputs;
  };
}

async function say(
  session: WebTransport,
  stream: WebTransportBidirectionalStream | undefined,
  mutator: Mutator,
): Promise<number> {
  let ended = false;
  session.closed.then(() => ended = true, () => ended = true);
  const reliable = stream?.writable.getWriter();
  const datagrams = session.datagrams.writable.getWriter();
  // The version, and the flows of a page.
  await attempt(
    reliable?.write(join(
      [1],
      ...FLOWS.map((kind, flow) => framed(join([0x10, flow], metadataOf(kind)))),
    )),
  );
  let said = 0;
  while (said < DEEDS && !ended) {
    said++;
    const octets = message(mutator);
    switch (mutator.below(4)) {
      case 0:
        await attempt(
          reliable?.write(mutator.chance(90) ? framed(octets) : mutator.mutate(octets)),
        );
        break;
      case 1:
        await attempt(reliable?.write(framed(octets)));
        break;
      case 2:
        await attempt(datagrams.write(octets.subarray(0, 1000)));
        break;
      default:
        await attempt(oneStream(session, mutator));
    }
    if (mutator.chance(30)) await pause(2);
  }
  await pause(READ);
  return said;
}

async function oneStream(session: WebTransport, mutator: Mutator): Promise<void> {
  const stream = await session.createUnidirectionalStream();
  const writer = stream.getWriter();
  const header = join(
    vlu(mutator, 16),
    vlu(mutator, 4),
    [0],
    vlu(mutator, 128),
    [mutator.below(128)],
  );
  await writer.write(join(header, mutator.noise(128)));
  await (mutator.chance(50) ? writer.close() : writer.abort());
}

/** A frame of the reliable stream: its length, and the message. */
function framed(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = octets.length < 128
    ? [octets.length]
    : [0x80 | octets.length >> 7, octets.length & 0x7f];
  return join(length, octets);
}

function message(mutator: Mutator): Uint8Array<ArrayBuffer> {
  const flow = mutator.below(FLOWS.length);
  const any = () => vlu(mutator, 200);
  switch (mutator.below(12)) {
    case 0:
      return join([0x6a], any(), any(), any(), any(), any(), any());
    case 1:
      return join([0x2d], any(), any(), any(), mutator.noise(20));
    case 2:
      return join([0x2e], any(), mutator.noise(40));
    case 3:
      return join([0x2a], any(), any(), any());
    case 4:
      return join([0x2c], any(), any());
    case 5:
      return mutator.noise(40);
    case 6:
      return join([0x10], any(), mutator.mutate(metadataOf(mutator.pick(FLOWS))));
    case 7:
      return join([0x01], mutator.noise(20));
    case 8:
      return join([0x7c], any(), mutator.noise(20));
    default:
      return join([0x1d, flow], broken(mutator, FLOWS[flow]!));
  }
}

function broken(mutator: Mutator, kind: string): Uint8Array {
  const right = payload(mutator, kind);
  return mutator.chance(40) ? mutator.mutate(right) : right;
}

/** What fails because the session is over is no news. */
async function attempt(what: Promise<unknown> | undefined): Promise<void> {
  if (what === undefined) return;
  await within(READ * 10, what.catch(() => {}));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
