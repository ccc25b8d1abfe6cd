/**
 * Two WebTransport endpoints joined by a simulated QUIC connection, on a virtual clock: streams and
 * datagrams share a link of some rate that loses packets; what was lost of a stream is sent again a
 * round trip later and holds up only that stream, and lost datagrams are gone.
 *
 * @module
 */

import type { Priority } from "../../src/protocol/flow.ts";
import type { MakePathModel } from "../../src/protocol/path_model.ts";
import type {
  OutgoingStream,
  WebtransportCarrier,
} from "../../src/protocol/webtransport_carrier.ts";
import {
  type IncomingStream,
  WebtransportEndpoint,
} from "../../src/protocol/webtransport_endpoint.ts";
import { SimulatedLink } from "../../src/transport/simulated_link.ts";
import type { VirtualClock } from "../../src/transport/virtual_clock.ts";

/** What of a stream a packet holds. */
const PACKET_OCTETS = 1200;
/** Headers of UDP, IP and QUIC. */
const OVERHEAD = 60;

export interface SimulatedPath {
  /** Octets a second, each way. */
  readonly rate: number;
  /** One way, in ms. */
  readonly delay: number;
  /** The share of packets that is lost. */
  readonly loss: number;
}

/** The same sequence of numbers from 0 to 1 at each run (Park and Miller's generator). */
function dice(seed: number): () => number {
  let state = seed;
  return () => (state = state * 48271 % 0x7fffffff) / 0x7fffffff;
}

/** One direction of one stream: in order, whatever is lost. */
class StreamPath {
  readonly #connection: Direction;
  readonly #arrive: (octets: Uint8Array<ArrayBuffer>) => void;
  readonly #packets: { octets: Uint8Array<ArrayBuffer>; arrived: boolean }[] = [];
  reset = false;

  constructor(connection: Direction, arrive: (octets: Uint8Array<ArrayBuffer>) => void) {
    this.#connection = connection;
    this.#arrive = arrive;
  }

  write(octets: Uint8Array<ArrayBuffer>): void {
    for (let offset = 0; offset < octets.length; offset += PACKET_OCTETS) {
      const packet = { octets: octets.slice(offset, offset + PACKET_OCTETS), arrived: false };
      this.#packets.push(packet);
      this.#send(packet);
    }
  }

  #send(packet: { octets: Uint8Array<ArrayBuffer>; arrived: boolean }): void {
    const { path, schedule } = this.#connection;
    this.#connection.packet(packet.octets.length, () => {
      packet.arrived = true;
      while (this.#packets[0]?.arrived) {
        const { octets } = this.#packets.shift() ?? packet;
        if (!this.reset) this.#arrive(octets);
      }
    }, () => schedule(2 * path.delay, () => this.reset || this.#send(packet)));
  }
}

/** One direction of the connection. */
class Direction {
  readonly path: SimulatedPath;
  readonly schedule: (ms: number, callback: () => void) => () => void;
  readonly link: SimulatedLink;
  readonly #roll: () => number;
  /** Whether nothing gets through. */
  dead = false;

  constructor(clock: VirtualClock, path: SimulatedPath, seed: number) {
    this.path = path;
    this.schedule = (ms, callback) => clock.schedule(ms, callback);
    this.link = new SimulatedLink(this.schedule, { ...path, overhead: OVERHEAD });
    this.#roll = dice(seed);
  }

  packet(octets: number, arrive: () => void, lost: () => void): void {
    const gets = this.#roll() >= this.path.loss;
    this.link.send(octets, () => gets && !this.dead ? arrive() : lost());
  }
}

class SimulatedCarrier implements WebtransportCarrier {
  readonly streamPrefix = new Uint8Array(0);
  readonly datagramPrefix = new Uint8Array(0);
  readonly maxDatagramOctets = PACKET_OCTETS;
  readonly unsentOctets = 0;
  datagrams = 0;
  streams = 0;
  cancelled = 0;
  readonly #direction: Direction;
  readonly #peer: () => WebtransportEndpoint;
  readonly #reliable: StreamPath;
  readonly #end: (code: number, reason: string) => void;

  constructor(
    direction: Direction,
    peer: () => WebtransportEndpoint,
    end: (code: number, reason: string) => void,
  ) {
    this.#direction = direction;
    this.#peer = peer;
    this.#end = end;
    this.#reliable = new StreamPath(direction, (octets) => peer().receive(octets));
  }

  write(octets: Uint8Array<ArrayBuffer>): void {
    this.#reliable.write(octets);
  }

  sendDatagram(octets: Uint8Array<ArrayBuffer>): void {
    this.datagrams++;
    this.#direction.packet(octets.length, () => this.#peer().receiveDatagram(octets), () => {});
  }

  openStream(_priority: Priority): OutgoingStream {
    this.streams++;
    let incoming: IncomingStream | undefined;
    const stream = new StreamPath(this.#direction, (octets) => {
      incoming ??= this.#peer().receiveStream(() => {
        this.cancelled++;
        // The word of it takes its time to get back.
        this.#direction.schedule(this.#direction.path.delay, () => stream.reset = true);
      });
      incoming.receive(octets);
    });
    return { write: (octets) => stream.write(octets), abandon: () => {} };
  }

  close(code: number, reason: string): void {
    this.#direction.schedule(this.#direction.path.delay, () => this.#end(code, reason));
  }
}

/**
 * Both ends, connected.
 *
 * @param makePath Of the first one's sender.
 */
export function simulatedWebtransportPair(
  clock: VirtualClock,
  path: SimulatedPath,
  seed = 1,
  makePath?: MakePathModel,
) {
  const there = new Direction(clock, path, seed);
  const back = new Direction(clock, path, seed + 1);
  const ends: (() => WebtransportEndpoint)[] = [];
  const end = (index: number) => (code: number, reason: string) =>
    ends[index]?.().ended({ clean: true, code, reason });
  const carrier = new SimulatedCarrier(there, () => far, end(0));
  const farCarrier = new SimulatedCarrier(back, () => near, end(1));
  const options = {
    now: () => clock.now(),
    schedule: (ms: number, callback: () => void) => clock.schedule(ms, callback),
  };
  const near: WebtransportEndpoint = new WebtransportEndpoint({ ...options, carrier, makePath });
  const far: WebtransportEndpoint = new WebtransportEndpoint({ ...options, carrier: farCarrier });
  ends.push(() => near, () => far);
  return { near, far, carrier, farCarrier, there, back };
}
