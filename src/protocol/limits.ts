/**
 * What one endpoint may hold, so that no peer can make it grow.
 *
 * @module
 */

import { MAX_METADATA_OCTETS } from "./metadata.ts";

export interface EndpointLimits {
  /** Of one flow. */
  readonly maxMetadataOctets: number;
  /** Of one message, sent or received. */
  readonly maxMessageOctets: number;
  /** Of all messages that are being assembled from fragments, with what the fragments cost. */
  readonly maxAssemblyOctets: number;
  /** Flows open at a time, in each direction. */
  readonly maxFlows: number;
  /** Written and not sent, of all flows. */
  readonly maxQueuedOctets: number;
  readonly maxQueuedMessages: number;
  /** Sent and not acknowledged, of all flows, however fast the path. */
  readonly maxOutstandingOctets: number;
  /** The receive buffer that is advertised for each flow. */
  readonly receiveBufferOctets: number;
  /** Of one ping, which is answered with as much. */
  readonly maxPingOctets: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: EndpointLimits = {
  maxMetadataOctets: MAX_METADATA_OCTETS,
  // A 4K keyframe of noise at the finest quantiser is under 12 MiB.
  maxMessageOctets: 16 * MIB,
  maxAssemblyOctets: 32 * MIB,
  maxFlows: 64,
  maxQueuedOctets: 32 * MIB,
  maxQueuedMessages: 8192,
  // 50 ms of 640 Mbit/s: more would only fill the socket's buffer.
  maxOutstandingOctets: 4 * MIB,
  receiveBufferOctets: 2 * MIB,
  maxPingOctets: 1024,
};
