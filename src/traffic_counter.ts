import type { Transport, TransportKind } from "./protocol/flow.ts";

/** What connections have carried, in octets. */
export interface Traffic {
  readonly connections: number;
  readonly sent: number;
  readonly received: number;
}

const NONE: Traffic = { connections: 0, sent: 0, received: 0 };

/** Sums what all connections of a kind have carried, also those that have ended. */
export class TrafficCounter {
  readonly #open = new Set<Transport>();
  readonly #ended = new Map<TransportKind, Traffic>();

  /** Counts what a connection carries. */
  add(transport: Transport): void {
    this.#open.add(transport);
    transport.closed.then(() => {
      this.#open.delete(transport);
      const before = this.#ended.get(transport.kind) ?? NONE;
      this.#ended.set(transport.kind, sum(before, transport));
    });
  }

  of(kind: TransportKind): Traffic {
    const open = [...this.#open].filter((transport) => transport.kind === kind);
    return open.reduce(sum, this.#ended.get(kind) ?? NONE);
  }
}

function sum({ connections, received, sent }: Traffic, { statistics }: Transport): Traffic {
  return {
    connections: connections + 1,
    sent: sent + statistics.bytesSent,
    received: received + statistics.bytesReceived,
  };
}
