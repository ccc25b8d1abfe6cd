/**
 * Broken WebSockets: frames that are none, and messages of the RTWebSocket protocol that say what they must
 * not, from somebody who was let in.
 *
 * @module
 */
import { type Attempt, count, LINGER, type Outcome, PATIENCE, within } from "./campaign.ts";
import { writeAll } from "./http_fuzzer.ts";
import { join, type Mutator } from "./mutator.ts";
import { FLOWS, metadataOf, payload, vlu } from "./seeds.ts";

export interface WebSocketTarget {
  readonly hostname: string;
  readonly port: number;
  /** A path with a ticket that is good. */
  readonly path: () => Promise<string>;
}

/** Messages on one connection, unless the server has had enough before. */
const MESSAGES = 60;
/** What a ping begins with, and its answer; the number of the message before it follows. */
const PING = 0x01;
const PING_REPLY = 0x41;
const MARK = [0xfa, 0x55];

/**
 * Opens a WebSocket with a good ticket and says what is broken. After each message goes a ping with its
 * number: its answer proves that the server has looked at it.
 */
export function webSocketAttempt(target: WebSocketTarget): Attempt {
  return async (mutator, outcome) => {
    const { hostname, port } = target;
    const path = await target.path();
    using connection = await Deno.connect({ hostname, port });
    await writeAll(connection, handshake(target, path));
    const sent: Uint8Array[] = opening();
    for (let index = 1; index <= MESSAGES; index++) {
      sent.push(broken(mutator));
      sent.push(frame(2, join([PING], MARK, [index])));
    }
    const reading = read(connection, MESSAGES);
    // The last ping's answer, or the end, whichever comes first.
    await writeAll(connection, join(...sent)).catch(() => {});
    const result = await within(PATIENCE, reading.done());
    if (result === undefined) count(outcome.findings, "no answer and no end of the WebSocket");
    count(outcome.answers, reading.status());
    return judge(reading.status(), reading.seen(), outcome);
  };
}

function judge(status: string, seen: number, outcome: Outcome): number {
  if (!/^(101|ended)/.test(status)) {
    count(outcome.findings, `a good ticket was answered: ${status}`);
  }
  // The one that ended it was looked at, too.
  return Math.min(MESSAGES, seen + 1);
}

function handshake({ hostname, port }: WebSocketTarget, path: string): Uint8Array {
  return new TextEncoder().encode(
    `GET /${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nupgrade: websocket\r\n` +
      "connection: upgrade\r\nsec-websocket-version: 13\r\n" +
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
}

/** The flows that a page opens. */
function opening(): Uint8Array[] {
  return FLOWS.map((kind, flow) => frame(2, join([0x10, flow], metadataOf(kind))));
}

/** One frame from a client, masked with zeros (RFC 6455 §5.2). */
function frame(opcode: number, octets: Uint8Array, fin = true): Uint8Array {
  const length = octets.length < 126
    ? [0x80 | octets.length]
    : [0x80 | 126, octets.length >> 8, octets.length & 0xff];
  return join([(fin ? 0x80 : 0) | opcode, ...length, 0, 0, 0, 0], octets);
}

function broken(mutator: Mutator): Uint8Array {
  const octets = message(mutator);
  // What breaks the frame ends the connection: it is to be rare enough for the messages to be seen.
  if (mutator.chance(96)) return frame(2, octets);
  if (mutator.chance(50)) return mutator.mutate(frame(2, octets));
  return frame(mutator.below(16), mutator.noise(130), mutator.chance(50));
}

function message(mutator: Mutator): Uint8Array {
  // Most of what is wrong ends the connection, and a new one is dear: most messages are right in
  // themselves, in an order and with values that no page has.
  if (mutator.chance(92)) return harmless(mutator);
  const any = () => vlu(mutator, 200);
  switch (mutator.below(10)) {
    case 0:
      return join([0x10], any(), mutator.mutate(metadataOf(mutator.pick(FLOWS))));
    case 1:
      return join([0x30], any(), any(), metadataOf(mutator.pick(FLOWS)));
    case 2:
      return join([0x1a], any(), mutator.chance(50) ? any() : []);
    case 3:
      return join([0x5a], any(), any(), any());
    case 4:
      return join([0x5c], any());
    case 5:
      return join([0x5e], any(), any(), mutator.noise(20));
    case 6:
      return mutator.noise(40);
    case 7:
      return join([mutator.chance(50) ? 0x3d : 0x1d], any(), mutator.noise(60));
    default: {
      const flow = mutator.below(FLOWS.length);
      return join([0x1d, flow], mutator.mutate(payload(mutator, FLOWS[flow]!)));
    }
  }
}

function harmless(mutator: Mutator): Uint8Array {
  switch (mutator.below(6)) {
    case 0:
      return join([0x01], mutator.noise(40));
    case 1:
      return join([0x0a], vlu(mutator, 128));
    default: {
      const flow = mutator.below(2);
      return join([0x1d, flow], payload(mutator, FLOWS[flow]!));
    }
  }
}

/** Reads what comes back, until so many messages were seen. */
function read(connection: Deno.Conn, until: number) {
  let status = "";
  let seen = 0;
  const end = Promise.withResolvers<true>();
  const run = async () => {
    const buffer = new Uint8Array(65_536);
    let rest: Uint8Array = new Uint8Array(0);
    try {
      while (true) {
        const length = await connection.read(buffer);
        if (length === null) break;
        rest = join(rest, buffer.subarray(0, length));
        if (status === "") {
          const text = new TextDecoder("latin1").decode(rest);
          const head = text.indexOf("\r\n\r\n");
          if (head < 0) continue;
          status = text.slice(9, 12);
          rest = rest.subarray(head + 4);
        }
        let closed = false;
        rest = frames(rest, (opcode, octets) => {
          // The server waits for an answer to its close frame, which is not to hold us up.
          if (opcode === 8) closed = true;
          const [type, a, b, number = 0] = octets;
          if (type === PING_REPLY && a === MARK[0] && b === MARK[1]) seen = Math.max(seen, number);
        });
        if (seen >= until || closed) break;
      }
    } catch {
      // It was reset.
    }
    status ||= "ended";
    end.resolve(true);
  };
  void run();
  return {
    done(): Promise<true> {
      // A message that ends no connection may hide the pings behind it: an unfinished frame does.
      return Promise.race([end.promise, linger(() => status === "" ? undefined : seen)]);
    },
    seen: () => seen,
    status: () => status,
  };
}

/** Resolves when there was something to look at, and it has not changed for a while. */
async function linger(look: () => number | undefined): Promise<true> {
  let last = look();
  while (true) {
    await new Promise((resolve) => setTimeout(resolve, LINGER));
    const now = look();
    if (now !== undefined && now === last) return true;
    last = now;
  }
}

/** @returns What is left behind the last whole frame. */
function frames(
  octets: Uint8Array,
  each: (opcode: number, payload: Uint8Array) => void,
): Uint8Array {
  while (octets.length >= 2) {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    const short = octets[1]! & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (octets.length < head) break;
    const length = short < 126
      ? short
      : short === 126
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    if (octets.length < head + length) break;
    each(octets[0]! & 0x0f, octets.subarray(head, head + length));
    octets = octets.subarray(head + length);
  }
  return octets;
}
