/**
 * Gets a connection and keeps getting one: session, transport, viewer, and again with backoff.
 *
 * @module
 */

import type { ConnectionState, FailureReason } from "../messages.ts";
import { Backoff } from "./backoff.ts";
import {
  type Credentials,
  SessionRefusedError,
  signIn,
  SignInRequiredError,
  UnreachableError,
} from "./session_api.ts";
import { NoTransportError } from "./transport_race.ts";
import { type FirstTransport, TransportNotOfferedError, type Transports } from "./transports.ts";
import { wallClock } from "../wall_clock.ts";

/** A connection that held for this long was a good one: the next attempt is at once; in ms. */
const GOOD_AFTER = 3_000;
/** A server has few viewers: after an outage they need not spread out for long; in ms. */
const LONGEST_PAUSE = 1_500;

export interface ConnectionOptions {
  readonly base: URL;
  readonly transports: Pick<Transports, "first">;
  readonly token: string | undefined;
  state(state: ConnectionState): void;
  /** The token was looked at by the server. */
  tokenUsed(): void;
  /** Carries on with an open transport, and more that follow, until none is left; says why. */
  use(first: FirstTransport): Promise<FailureReason>;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff = new Backoff({ most: LONGEST_PAUSE });
  #credentials: Credentials | undefined;
  #retry: (() => void) | undefined;
  #attempt: AbortController | undefined;
  /** That the session has ended, until there is another. */
  #over: FailureReason | undefined;
  /** Whether the page was left. */
  #resting = false;
  /** Attempts after the first that led to a connection. */
  reconnects = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    if (options.token !== undefined) this.#credentials = { token: options.token };
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let connected = false;
    while (!signal.aborted) {
      if (this.#resting) {
        await this.#pause(Infinity, signal);
        continue;
      }
      this.#options.state({ phase: "connecting", again: connected });
      let openedAt: number | undefined;
      let reason: FailureReason;
      const attempt = this.#attempt = new AbortController();
      try {
        const first = await this.#open(AbortSignal.any([signal, attempt.signal]));
        openedAt = performance.now();
        if (connected) this.reconnects++;
        connected = true;
        reason = await this.#options.use(first);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SignInRequiredError) {
          await this.#signIn(error, signal);
          continue;
        }
        reason = failureOf(error);
      } finally {
        // Whatever is still on its way is too late.
        attempt.abort(new Error("The connection has ended"));
      }
      if (signal.aborted) return;
      if (this.#resting) continue;
      // That nothing answers any more is what comes of it, and no news.
      if (reason.kind === "unreachable") reason = this.#over ?? reason;
      this.#over = reason.kind === "ended" ? reason : undefined;
      if (isFinal(reason)) {
        this.#options.state({ phase: "stopped", reason });
        await this.#pause(Infinity, signal);
        continue;
      }
      if (openedAt !== undefined && performance.now() - openedAt >= GOOD_AFTER) {
        this.#backoff.reset();
      }
      const delay = this.#backoff.next();
      this.#options.state({ phase: "waiting", reason, retryAt: wallClock() + delay });
      await this.#pause(delay, signal);
    }
  }

  /** Gives up what is under way, and does nothing more before {@link retry}. */
  rest(): void {
    this.#resting = true;
    this.#attempt?.abort(new Error("The page was left"));
  }

  /** Tries at once, if it is waiting. */
  retry(): void {
    this.#resting = false;
    this.#backoff.reset();
    this.#retry?.();
  }

  /** What to sign in with, from the form or the address bar. */
  signIn(credentials: Credentials): void {
    this.#credentials = credentials;
    this.retry();
  }

  async #open(signal: AbortSignal): Promise<FirstTransport> {
    const { base, transports } = this.#options;
    let wrong = false;
    if (this.#credentials !== undefined) {
      wrong = !await signIn(base, this.#credentials, signal);
      this.#credentials = undefined;
      this.#options.tokenUsed();
    }
    try {
      return await transports.first(signal);
    } catch (error) {
      // A wrong token beside a cookie that still holds is no reason to ask for another.
      if (error instanceof SignInRequiredError) {
        throw new SignInRequiredError(error.kind, wrong);
      }
      throw error;
    }
  }

  async #signIn(
    { kind, wrong }: SignInRequiredError,
    signal: AbortSignal,
  ): Promise<void> {
    this.#options.state({ phase: "sign-in", kind, wrong });
    await this.#pause(Infinity, signal);
  }

  /** Waits, or less if somebody asks for a retry. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === Infinity ? undefined : setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(), { once: true });
    this.#retry = resolve;
    await promise;
    this.#retry = undefined;
    clearTimeout(timer);
  }
}

/** Whether trying again by itself would lead to the same. */
function isFinal({ kind }: FailureReason): boolean {
  return kind === "version" || kind === "transport-not-offered" || kind === "internal";
}

function failureOf(error: unknown): FailureReason {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof UnreachableError) return { kind: "unreachable", detail };
  if (error instanceof NoTransportError) return { kind: "refused", detail };
  if (error instanceof TransportNotOfferedError) return { kind: "transport-not-offered", detail };
  if (error instanceof SessionRefusedError) {
    return { kind: "busy", detail };
  }
  return { kind: "internal", detail };
}
