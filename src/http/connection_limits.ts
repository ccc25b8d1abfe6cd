/**
 * Ends connections that ask for nothing. Deno's server waits for a request as long as the peer likes, and
 * for as many as there are descriptors; and it has no settings for that. Nor does it give up the closing
 * handshake of a WebSocket whose peer reads no more.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { endConnection } from "../../ffi/mod.ts";
import { connectionsOf, peerKey, socketDescriptors, type TcpConnection } from "./tcp_table.ts";

const log = getLogger(["skerry", "http"]);

export interface ConnectionLimitsOptions {
  /** Milliseconds for a whole request to come. */
  readonly patience?: number;
  /** Milliseconds that a connection is kept for another request. */
  readonly keepAlive?: number;
  /** Most connections without a request; with more, the oldest ones go. */
  readonly most?: number;
  /** Milliseconds between two looks. */
  readonly interval?: number;
}

/** What is known of a connection. */
interface Known {
  /** Requests under way, WebSockets included. */
  underWay: number;
  /** Whether there was a request. */
  asked: boolean;
  /** Whether its WebSocket waits for the peer's part of the closing handshake. */
  closing?: (() => boolean) | undefined;
  /** Whether it was doing so at the last look. */
  wasClosing: boolean;
  /** Since when there has been none; monotonic milliseconds. */
  idleSince: number;
  seen: boolean;
}

export class ConnectionLimits implements Disposable {
  readonly #options: Required<ConnectionLimitsOptions>;
  readonly #known = new Map<string, Known>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ConnectionLimitsOptions = {}) {
    this.#options = {
      patience: 20_000,
      keepAlive: 300_000,
      most: 256,
      interval: 5000,
      ...options,
    };
  }

  /** Watches the connections of a port from now on. */
  watch(port: number): void {
    this.#timer ??= setInterval(() => {
      try {
        this.#look(port);
      } catch (error) {
        // Without /proc it serves all the same.
        log.warn("Connections that ask for nothing are kept: {error}", { error });
        this[Symbol.dispose]();
      }
    }, this.#options.interval);
  }

  /**
   * A request has come.
   *
   * @param closing For one that becomes a WebSocket: whether that waits for the peer's part of the closing
   * handshake. If it still does at the next look, it is cut off.
   * @returns To be called when it is over: answered, or its WebSocket closed.
   */
  begin(address: Deno.Addr | undefined, closing?: () => boolean): () => void {
    if (this.#timer === undefined || address === undefined || !("hostname" in address)) {
      return () => {};
    }
    const known = this.#of(peerKey(address.hostname, address.port));
    known.underWay++;
    known.asked = true;
    if (closing !== undefined) known.closing = closing;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      known.underWay--;
      known.idleSince = performance.now();
      if (closing === undefined) return;
      // Nothing follows on a WebSocket's connection: if it is still there, the peer reads nothing.
      known.asked = false;
      known.closing = undefined;
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#known.clear();
  }

  #of(peer: string): Known {
    const known = this.#known.get(peer) ??
      {
        underWay: 0,
        asked: false,
        wasClosing: false,
        idleSince: performance.now(),
        seen: false,
      };
    this.#known.set(peer, known);
    return known;
  }

  #look(port: number): void {
    const now = performance.now();
    const { keepAlive, most, patience } = this.#options;
    const connections = connectionsOf(port);
    for (const known of this.#known.values()) known.seen = false;
    const idle: (TcpConnection & Known)[] = [];
    const stuck: TcpConnection[] = [];
    for (const connection of connections) {
      const known = this.#of(connection.peer);
      known.seen = true;
      if (known.underWay === 0) idle.push({ ...connection, ...known });
      const isClosing = known.closing?.() ?? false;
      if (isClosing && known.wasClosing) stuck.push(connection);
      known.wasClosing = isClosing;
    }
    for (const [peer, { seen, underWay }] of this.#known) {
      if (!seen && underWay === 0) this.#known.delete(peer);
    }
    // Who has asked before is likelier to be somebody's browser.
    idle.sort((a, b) => Number(a.asked) - Number(b.asked) || a.idleSince - b.idleSince);
    const surplus = Math.max(0, idle.length - most);
    const over: TcpConnection[] = idle.filter(({ asked, idleSince }, index) =>
      index < surplus || now - idleSince > (asked ? keepAlive : patience)
    );
    over.push(...stuck);
    if (over.length === 0) return;
    const descriptors = socketDescriptors();
    for (const { inode } of over) {
      const fd = descriptors.get(inode);
      if (fd !== undefined) endConnection(fd);
    }
    log.debug(
      "{count} connections are ended that ask for nothing, or do not let themselves be closed",
      { count: over.length },
    );
  }
}
