import { getLogger } from "@logtape/logtape";
import type { Audit } from "./audit.ts";
import type { ConnectionLimits } from "./connection_limits.ts";
import { type AppContext, hostOf, remoteOf } from "./context.ts";
import { RefusedError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { isSameOrigin } from "./origin.ts";
import type { Tickets } from "./tickets.ts";

/** What a ticket was issued for. */
export interface ViewerGrant {
  readonly identity: Identity;
  /** Whether a cookie vouched for it, so that a page of our own has to be the one that uses it. */
  readonly byCookie: boolean;
  /** The sign-in that the cookie stands for; no secret. */
  readonly signIn?: string | undefined;
  /** The secret of the viewer that the transport will belong to. */
  readonly viewer: string;
  /** Whether the transport is wanted only if that viewer is here already. */
  readonly standby: boolean;
}

/** Who is at the other end of a socket. */
export interface ViewerInfo {
  /** Random, for logs and messages. */
  readonly viewerId: string;
  /** Its IP address. */
  readonly remote: string;
  /** What its ticket was issued for. */
  readonly grant: ViewerGrant;
}

export interface UpgradeOptions {
  readonly tickets: Tickets<ViewerGrant>;
  readonly audit?: Audit | undefined;
  readonly limits?: ConnectionLimits | undefined;
  /** Called when the socket is open, before its first message. */
  readonly onViewer: (socket: WebSocket, info: ViewerInfo) => void;
  /** Closes every socket when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Most sockets at a time. */
  readonly maxViewers?: number | undefined;
  /** Stands in for `Deno.upgradeWebSocket` in tests. */
  readonly upgrade?: typeof Deno.upgradeWebSocket | undefined;
}

/** Seconds without a sign of life after which Deno pings, and closes if nothing comes back. */
const IDLE_TIMEOUT = 30;

/** Sockets at a time, if nothing else is said. */
const MAX_VIEWERS = 64;

/** RFC 6455 §7.4.1: the server goes away. */
const GOING_AWAY = 1001;

/** Upgrades requests that bring a ticket to WebSockets, and keeps track of them. */
export class ViewerSockets {
  readonly #options: UpgradeOptions;
  readonly #sockets = new Set<WebSocket>();
  readonly #log = getLogger(["skerry", "http"]);

  constructor(options: UpgradeOptions) {
    this.#options = options;
    options.signal?.addEventListener("abort", () => this.#closeAll(), { once: true });
  }

  /** Whether one more would be let in. */
  get hasRoom(): boolean {
    const { maxViewers = MAX_VIEWERS, signal } = this.#options;
    return !signal?.aborted && this.#sockets.size < maxViewers;
  }

  /**
   * Answers `GET api/websocket?ticket=…`.
   *
   * @throws {RefusedError} if it is no WebSocket handshake, comes from another page, brings no good
   * ticket, or there are too many viewers.
   */
  upgrade(c: AppContext): Response {
    const { onViewer, tickets, upgrade = Deno.upgradeWebSocket } = this.#options;
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      throw new RefusedError(426, "websocket-only", "This address answers to WebSockets only.");
    }
    const origin = c.req.header("origin");
    if (origin !== undefined && !isSameOrigin(origin, hostOf(c))) throw wrongOrigin(origin);
    const grant = tickets.redeem(c.req.query("ticket") ?? "");
    if (grant === undefined) {
      this.#options.audit?.refused("websocket", remoteOf(c), "The ticket is not good.");
      throw new RefusedError(
        401,
        "bad-ticket",
        "The ticket is wrong, expired or used. Ask for a new one with POST api/session.",
      );
    }
    if (grant.byCookie && origin === undefined) throw wrongOrigin(undefined);
    if (!this.hasRoom) {
      throw new RefusedError(503, "too-many-viewers", "There are too many viewers. Try later.", 5);
    }
    const info = { viewerId: crypto.randomUUID(), remote: remoteOf(c), grant };
    try {
      const { socket, response } = upgrade(c.req.raw, { idleTimeout: IDLE_TIMEOUT });
      this.#track(socket, () => onViewer(socket, info), info);
      const over = this.#options.limits?.begin(
        c.env.remoteAddr,
        () => socket.readyState === WebSocket.CLOSING,
      );
      if (over) socket.addEventListener("close", over, { once: true });
      return response;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new RefusedError(400, "bad-handshake", `${error.message}.`.replace(/\.\.$/, "."));
    }
  }

  #track(socket: WebSocket, opened: () => void, { viewerId, remote }: ViewerInfo): void {
    this.#sockets.add(socket);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      // It may have been aborted while the handshake was under way.
      if (this.#options.signal?.aborted) socket.close(GOING_AWAY);
      else opened();
    }, { once: true });
    socket.addEventListener("close", () => this.#sockets.delete(socket), { once: true });
    socket.addEventListener("error", (event) => {
      const message = event instanceof ErrorEvent ? event.message : "unknown";
      this.#log.debug("The socket of viewer {viewerId} failed: {message}", {
        viewerId,
        remote,
        message,
      });
    }, { once: true });
  }

  #closeAll(): void {
    for (const socket of this.#sockets) {
      if (socket.readyState === WebSocket.OPEN) socket.close(GOING_AWAY, "The server is stopping.");
    }
  }
}

function wrongOrigin(origin: string | undefined): RefusedError {
  return new RefusedError(
    403,
    "wrong-origin",
    origin === undefined
      ? "The request does not say which page it comes from (no Origin header)."
      : `A page of "${origin.slice(0, 256)}" may not connect here.`,
  );
}
