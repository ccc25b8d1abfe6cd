/**
 * Opens transports to the server: the first by a race, and more for the same viewer.
 *
 * @module
 */

import type { Schedule } from "../../src/protocol/deadline_timer.ts";
import type { Transport } from "../../src/protocol/flow.ts";
import type { PathReason } from "../messages.ts";
import type { ForcedTransport } from "../options.ts";
import { setTimer } from "../wall_clock.ts";
import type { FailureMemory } from "./failure_memory.ts";
import { openSession, type SessionOffer } from "./session_api.ts";
import {
  isWebKit,
  NoTransportError,
  type Opener,
  race,
  type RaceOptions,
  type RaceReports,
  type RaceResult,
  type TransportName,
} from "./transport_race.ts";
import { connectWebSocket } from "./websocket_transport.ts";
import { WebTransportTransport } from "./webtransport_transport.ts";

/** The address forces a transport that the server or this page does not have. */
export class TransportNotOfferedError extends Error {
  override readonly name = "TransportNotOfferedError";
}

/** How long a transport may take to open when there is another; in ms. */
const OPEN_TIMEOUT = 4_000;

/** What the browser has, and what is known to be wrong with it. */
export interface Platform {
  readonly webtransport: boolean;
  /** `isSecureContext`. */
  readonly secure: boolean;
  /** `navigator.userAgent`. */
  readonly userAgent: string;
}

export interface TransportsOptions {
  /** The page's own folder. */
  readonly base: URL;
  readonly forced: ForcedTransport;
  readonly memory: FailureMemory;
  /** The server has given the viewer this name; a secret. */
  named?(viewer: string): void;
  /** Default: this browser. */
  readonly platform?: Platform;
  /** Default: `setTimeout`. */
  readonly schedule?: Schedule;
}

/** The first transport of a connection. */
export interface FirstTransport {
  readonly transport: Transport;
  readonly why: PathReason;
  /** One that may still come. */
  readonly contender: RaceResult["contender"];
}

export class Transports {
  readonly #options: TransportsOptions;
  readonly #platform: Platform;
  /** Names the viewer that all transports are for; the server's to give. */
  #viewer: string | undefined;
  #offer: SessionOffer | undefined;
  #reports: RaceReports | undefined;

  constructor(options: TransportsOptions) {
    this.#options = options;
    this.#platform = options.platform ?? {
      webtransport: typeof WebTransport === "function",
      secure: isSecureContext,
      userAgent: navigator.userAgent,
    };
  }

  /** What became of the transports in the last race. */
  get reports(): RaceReports | undefined {
    return this.#reports;
  }

  /**
   * Whether more of this kind are worth opening.
   *
   * @param name The kind.
   */
  worthwhile(name: TransportName): boolean {
    const { forced } = this.#options;
    if (this.#offer === undefined || (forced !== "auto" && forced !== name)) return false;
    if (name === "webtransport" && this.#objection !== undefined) return false;
    return this.#openers(this.#offer)[name] !== undefined;
  }

  /**
   * Asks for a session and opens the transport that is ready first.
   *
   * @throws what {@link openSession} throws; {@link TransportNotOfferedError}; {@link NoTransportError}.
   */
  async first(signal: AbortSignal): Promise<FirstTransport> {
    const { base, forced, memory, schedule = setTimer } = this.#options;
    const offer = this.#offer = await openSession(base, { viewer: this.#viewer }, signal);
    // A page that was left meanwhile comes back as another viewer.
    signal.throwIfAborted();
    this.#viewer = offer.viewer;
    this.#options.named?.(offer.viewer);
    const openers = this.#openers(offer);
    if (forced === "auto" ? Object.keys(openers).length === 0 : openers[forced] === undefined) {
      const wanted = forced === "auto" ? "what the server offers" : `"${forced}"`;
      throw new TransportNotOfferedError(
        `The server offers ${
          offer.transports.join(", ") || "nothing"
        }, and this page cannot have ` +
          wanted,
      );
    }
    const { contender, name, reports, transport } = await this.#race({
      openers,
      forced: forced === "auto" ? undefined : forced,
      avoidWebTransport: this.#objection,
      memory,
      network: offer.network,
      now: () => performance.now(),
      schedule,
      signal,
    });
    this.#reports = this.#platform.webtransport
      ? reports
      : { ...reports, webtransport: { ...reports.webtransport, detail: this.#lack } };
    const other = reports[name === "websocket" ? "webtransport" : "websocket"];
    const alone = name === "websocket" && (other.state === "skipped" || other.state === "failed");
    const code = forced !== "auto" ? "forced" : alone ? "alone" : "first";
    return { transport, contender, why: { code, detail: "" } };
  }

  /**
   * Opens one more transport for the viewer that the server knows.
   *
   * @throws what {@link openSession} and the transport throw, also when it takes too long.
   */
  async another(name: TransportName, signal: AbortSignal): Promise<Transport> {
    const { base, memory } = this.#options;
    const either = AbortSignal.any([signal, AbortSignal.timeout(OPEN_TIMEOUT)]);
    const offer = await openSession(base, { viewer: this.#viewer, standby: true }, either);
    this.#offer = offer;
    const open = this.#openers(offer)[name];
    if (open === undefined) {
      throw new TransportNotOfferedError(`The server does not offer "${name}" any more`);
    }
    const transport = await open(either);
    if (name === "webtransport") memory.worked(name, offer.network);
    return transport;
  }

  /** The viewer has left: transports from now on are for another. */
  forgetViewer(): void {
    this.#viewer = undefined;
  }

  async #race(options: RaceOptions): Promise<RaceResult> {
    try {
      return await race(options);
    } catch (error) {
      // What was skipped for a failure of long ago may be all that works here now.
      if (error instanceof NoTransportError) {
        options.memory.worked("webtransport", options.network);
      }
      throw error;
    }
  }

  /** Why there is no WebTransport in this browser. */
  get #lack(): string {
    return this.#platform.secure
      ? "This browser has none"
      : "Browsers have it on secure pages only: over HTTPS, or from localhost";
  }

  /** What speaks against WebTransport in this browser, although it has it. */
  get #objection(): string | undefined {
    return isWebKit(this.#platform.userAgent)
      ? "This browser’s stalls after a while (WebKit bug 319818)"
      : undefined;
  }

  #openers(
    { websocket, webtransport }: SessionOffer,
  ): Partial<Record<TransportName, Opener>> {
    const { base } = this.#options;
    return {
      ...webtransport && this.#platform.webtransport
        ? {
          webtransport: (signal) =>
            WebTransportTransport.connect({
              url: webTransportUrl(webtransport, base),
              hashes: webtransport.certificateHashes.map(fromBase64),
            }, { signal }),
        }
        : {},
      ...websocket
        ? { websocket: (signal) => connectWebSocket(webSocketUrl(websocket.path, base), signal) }
        : {},
    };
  }
}

/** @returns The path's address with the scheme of WebSockets, as secure as the page. */
export function webSocketUrl(path: string, base: URL): URL {
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

/** @returns The address of a WebTransport server: on the page's own host, if it names none. */
export function webTransportUrl(
  { hostname, port, path }: NonNullable<SessionOffer["webtransport"]>,
  base: URL,
): URL {
  const host = hostname === undefined
    ? base.hostname
    : hostname.includes(":") && !hostname.startsWith("[")
    ? `[${hostname}]`
    : hostname;
  return new URL(path, `https://${host}:${port}`);
}

/** `Uint8Array.fromBase64` is newer than the browsers that have WebTransport. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
