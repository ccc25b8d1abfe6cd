/**
 * Broken WebTransport: packets that are no QUIC, sessions without a good ticket, and streams and datagrams
 * that say what they must not.
 *
 * @module
 */
import { WEBTRANSPORT_VERSION } from "../../src/protocol/webtransport_message.ts";
import { type Attempt, count, PATIENCE, within } from "./campaign.ts";
import { markAt, markIn, odd, openings, wrong } from "./messages.ts";
import { join, type Mutator } from "./mutator.ts";
import { FLOWS, payload, vlu } from "./seeds.ts";

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
/** Things said in one session, unless the server has had enough before; and by a stranger. */
const DEEDS = 400;
const STRANGERS_DEEDS = 12;
/** Things said before it is asked whether they were looked at. */
const BATCH = 10;
/** Milliseconds for the server to read what was sent. */
const READ = 30;

/** Sends packets to the port that look more or less like QUIC's first (RFC 9000 §17.2.2). */
export function packetAttempt({ hostname, port }: WebTransportTarget): Attempt {
  return async (mutator) => {
    const before = await drops(port);
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
    return PACKETS - (await drops(port) - before);
  };
}

/** How many packets to a local port the kernel has thrown away because nobody read them (proc(5)). */
async function drops(port: number): Promise<number> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  let drops = 0;
  for (const line of (await Deno.readTextFile("/proc/net/udp")).split("\n")) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(suffix)) drops += Number(fields.at(-1));
  }
  return drops;
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
      inputs += stream === undefined
        ? await sayUnheard(session, mutator)
        : await say(session, stream, mutator);
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

/** @returns How many of the things said were looked at. */
async function say(
  session: WebTransport,
  stream: WebTransportBidirectionalStream,
  mutator: Mutator,
): Promise<number> {
  let ended = false;
  session.closed.then(() => ended = true, () => ended = true);
  const reliable = stream.writable.getWriter();
  const datagrams = session.datagrams.writable.getWriter();
  const answers = listen(stream.readable);
  // The version, and the flows of a page.
  let waiting: Uint8Array[] = [Uint8Array.of(WEBTRANSPORT_VERSION), ...openings().map(framed)];
  let streams = 0;
  for (let index = 1; index <= DEEDS && !ended; index++) {
    const chance = mutator.below(100);
    if (chance < 85) waiting.push(broken(mutator, index));
    else if (chance < 95) await attempt(datagrams.write(datagram(mutator)));
    // A second stream of the same number is a copy.
    else await attempt(oneStream(session, mutator, mutator.chance(90) ? streams++ : streams));
    if (index % BATCH > 0) continue;
    waiting.push(framed(markAt(index)));
    await attempt(reliable.write(join(...waiting)));
    waiting = [];
  }
  await within(PATIENCE, Promise.race([answers.saw(DEEDS), session.closed.catch(() => {})]));
  // What ended it was looked at, too.
  return Math.min(DEEDS, answers.seen() + 1);
}

/** Says something to a server that has let nobody in; it need not look at it. */
async function sayUnheard(session: WebTransport, mutator: Mutator): Promise<number> {
  const datagrams = session.datagrams.writable.getWriter();
  for (let said = 0; said < STRANGERS_DEEDS; said++) {
    await attempt(
      mutator.chance(50) ? datagrams.write(datagram(mutator)) : oneStream(session, mutator, said),
    );
  }
  await pause(READ);
  return 0;
}

/** Reads the frames of the server's reliable stream. */
function listen(readable: ReadableStream<Uint8Array>) {
  let seen = 0;
  let wanted = Infinity;
  const there = Promise.withResolvers<void>();
  const run = async () => {
    let rest: Uint8Array = new Uint8Array(0);
    let greeted = false;
    try {
      for await (const octets of readable) {
        rest = rest.length === 0 ? octets : join(rest, octets);
        if (!greeted) rest = rest.subarray(1);
        greeted = true;
        rest = frames(rest, (frame) => seen = Math.max(seen, markIn(frame) ?? 0));
        if (seen >= wanted) there.resolve();
      }
    } catch {
      // The session is over.
    }
    there.resolve();
  };
  void run();
  return {
    seen: () => seen,
    saw(index: number): Promise<void> {
      wanted = index;
      if (seen >= index) there.resolve();
      return there.promise;
    },
  };
}

/** @returns What is left behind the last whole frame. */
function frames(octets: Uint8Array, each: (frame: Uint8Array) => void): Uint8Array {
  while (true) {
    let length = 0;
    let head = 0;
    do {
      if (head >= octets.length) return octets;
      length = length * 128 + (octets[head]! & 0x7f);
    } while (octets[head++]! & 0x80);
    if (octets.length < head + length) return octets;
    each(octets.subarray(head, head + length));
    octets = octets.subarray(head + length);
  }
}

/** What goes on the reliable stream; now and then it is no frame. */
function broken(mutator: Mutator, index: number): Uint8Array<ArrayBuffer> {
  const chance = mutator.below(1000);
  if (chance < 990) return framed(odd(mutator, index));
  if (chance < 998) return framed(mutator.chance(50) ? wrong(mutator) : transportOnly(mutator));
  return mutator.mutate(framed(odd(mutator, index)));
}

/** What only WebTransport has (webtransport_message.ts), on no flow that is there. */
function transportOnly(mutator: Mutator): Uint8Array<ArrayBuffer> {
  const any = () => vlu(mutator, 200);
  switch (mutator.below(7)) {
    case 0:
      return join([0x6a], any(), any(), any(), any(), any(), any(), any());
    case 1:
      return join([0x2d], any(), any(), any(), mutator.noise(20));
    case 2:
      return join([0x2e], any(), mutator.noise(40));
    case 3:
      return join([0x2a], any(), any(), any());
    case 4:
      return join([0x2c], any(), any());
    case 5:
      return join([0x2f], any(), any(), any(), mutator.noise(40));
    default:
      return join([0x7c], any(), mutator.noise(20));
  }
}

/** A datagram: a losable message, a replaceable one, a copy, or acks; now and then nothing of that. */
function datagram(mutator: Mutator): Uint8Array<ArrayBuffer> {
  const any = () => vlu(mutator, 128);
  if (mutator.chance(4)) return mutator.chance(50) ? mutator.noise(1000) : transportOnly(mutator);
  const flow = 100 + mutator.below(20);
  switch (mutator.below(5)) {
    case 0:
      return join([0x2d, flow], [1 + mutator.below(127)], any(), mutator.noise(40));
    case 1:
      return join([0x6a], any(), any(), any(), [flow], any(), any(), any());
    case 2: {
      const known = mutator.below(2);
      return join([0x2e, known], payload(mutator, FLOWS[known]!));
    }
    case 3: {
      // What a flow has had so far is a small number at first.
      const known = mutator.below(2);
      return join([0x2f, known, mutator.below(8)], [0], payload(mutator, FLOWS[known]!));
    }
    default:
      return join([0x2e, flow], mutator.noise(900));
  }
}

/** A message stream: of the input flow in its order, or of anything. */
async function oneStream(session: WebTransport, mutator: Mutator, sequence: number): Promise<void> {
  const stream = await session.createUnidirectionalStream();
  const writer = stream.getWriter();
  if (mutator.chance(90)) {
    const octets = payload(mutator, "input");
    const [skip, time] = [0, mutator.below(128)];
    await writer.write(join([1, sequence, skip, octets.length, time], octets));
  } else {
    const header = join(vlu(mutator, 16), vlu(mutator, 4), [0], vlu(mutator, 128), [0]);
    await writer.write(join(header, mutator.noise(128)));
  }
  await (mutator.chance(80) ? writer.close() : writer.abort());
}

/** A frame of the reliable stream: its length, and the message. */
function framed(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = octets.length < 128
    ? [octets.length]
    : [0x80 | octets.length >> 7, octets.length & 0x7f];
  return join(length, octets);
}

/** What fails because the session is over is no news. */
async function attempt(what: Promise<unknown> | undefined): Promise<void> {
  if (what === undefined) return;
  await within(READ * 10, what.catch(() => {}));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
