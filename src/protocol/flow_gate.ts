/**
 * Whether to produce another message for a flow now.
 *
 * What is produced before the network can take it grows old in a queue; what is produced after shows
 * the newest state. So a source of frames asks here first, and again on {@link Transport.onroom},
 * which is called whenever the answer may have become yes.
 *
 * @module
 */

import type { SendFlow, Transport } from "./flow.ts";

/** What the gate decides by. All in octets. */
export interface GateState {
  /** Written to the flow and not sent. */
  readonly queued: number;
  /** Sent and not acknowledged, of all flows of the transport. */
  readonly outstanding: number;
  /** What the outstanding octets are held to. */
  readonly limit: number;
  /** What the receiver still has room for on this flow. */
  readonly buffer: number;
}

/**
 * @param state What the transport and the flow say.
 * @param estimate About how large the next message will be, in octets.
 * @returns Whether it would be sent at once: all of it, or, if it is a large one, as much as half of
 * what the path holds. Waiting for more would let the path run empty between large messages.
 */
export function gateOpen(state: GateState, estimate: number): boolean {
  const wanted = Math.min(estimate, state.limit / 2);
  return state.queued === 0 && state.outstanding + wanted <= state.limit &&
    Math.min(wanted, 1) <= state.buffer;
}

/**
 * @param transport What the flow belongs to.
 * @param flow The flow that the next message is for.
 * @param estimate About how large it will be, in octets; by default a quarter of the limit.
 * @returns Whether the path takes it without making a queue; false once the flow is not open.
 */
export function hasRoom(transport: Transport, flow: SendFlow, estimate?: number): boolean {
  if (flow.state !== "open") return false;
  const { outstandingBytes, outstandingLimit } = transport.statistics;
  return gateOpen({
    queued: flow.queuedBytes,
    outstanding: outstandingBytes,
    limit: outstandingLimit,
    buffer: flow.advertisedBytes - flow.outstandingBytes,
  }, estimate ?? outstandingLimit / 4);
}
