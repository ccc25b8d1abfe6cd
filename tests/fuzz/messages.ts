/**
 * Messages of the protocol, as both transports carry them.
 *
 * @module
 */
import { join, type Mutator } from "./mutator.ts";
import { FLOWS, metadataOf, payload, vlu } from "./seeds.ts";

const PING = 0x01;
const PING_REPLY = 0x41;
const MARK = [0xfa, 0x55];

/** Flows of a connection beside those that a page opens. */
const OPENED = 20;

/** A ping whose answer proves that all before it was looked at. */
export function markAt(index: number): Uint8Array<ArrayBuffer> {
  return join([PING], MARK, [index >> 8, index & 0xff]);
}

/** @returns What {@link markAt} was given, if this is the answer to that. */
export function markIn(octets: Uint8Array): number | undefined {
  const [type, a, b, high = 0, low = 0] = octets;
  if (type !== PING_REPLY || a !== MARK[0] || b !== MARK[1] || octets.length !== 5) {
    return undefined;
  }
  return high << 8 | low;
}

/** The flows that a page opens. */
export function openings(): Uint8Array<ArrayBuffer>[] {
  return FLOWS.map((kind, flow) => join([0x10, flow], metadataOf(kind)));
}

/**
 * A message that may have any values, and that no page has to send, but that a server can make something of:
 * most of what it cannot ends the connection, and a new one is dear.
 *
 * @param index Counts the messages of the connection from 1: the first ones open flows.
 */
export function odd(mutator: Mutator, index: number): Uint8Array<ArrayBuffer> {
  if (index <= OPENED) {
    // Refused, whatever it is: each flow of a page's is there already.
    const metadata = mutator.mutate(metadataOf(mutator.pick(FLOWS)));
    return join([0x10, FLOWS.length + index - 1], metadata);
  }
  switch (mutator.below(24)) {
    case 0:
      return join([0x01], mutator.noise(40));
    case 1:
      return join([0x0a], vlu(mutator, 128));
    case 2:
      // Given up, though nothing of it has come.
      return join([0x1a, mutator.below(2)], mutator.chance(50) ? vlu(mutator, 100) : []);
    default: {
      const flow = mutator.below(2);
      return join([0x1d, flow], payload(mutator, FLOWS[flow]!));
    }
  }
}

/** A message that ends the connection, if all is well. */
export function wrong(mutator: Mutator): Uint8Array<ArrayBuffer> {
  const any = () => vlu(mutator, 200);
  switch (mutator.below(13)) {
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
    case 8:
      return join([0x1c], any());
    default: {
      const flow = mutator.below(FLOWS.length);
      return join([0x1d, flow], mutator.mutate(payload(mutator, FLOWS[flow]!)));
    }
  }
}
