import { getLogger } from "@logtape/logtape";
import type { Hono } from "hono";
import type { Bindings } from "./context.ts";

/** Milliseconds for requests under way to end by themselves. */
const GRACE = 1000;
/** Milliseconds for an answer to be sent: Deno does not say when it has been. */
const FLUSH = 250;

/** What every kind of server is started with. */
export interface ServeOptions {
  readonly signal: AbortSignal;
  readonly onListen: () => void;
  readonly onError: (error: unknown) => Response;
}

/** Answers one request. */
export type Answer = (
  request: Request,
  info: { readonly remoteAddr: Deno.Addr },
) => Promise<Response>;

/** One of Deno's servers: it counts the requests under way, so that it can end in order. */
export class Listening<A extends Deno.Addr> {
  readonly #server: Deno.HttpServer<A>;
  readonly #abort = new AbortController();
  readonly #app: Hono<{ Bindings: Bindings }>;
  #refuses = false;
  #underWay = 0;
  #drained: (() => void) | undefined;

  /**
   * @param serve Calls `Deno.serve` with these options, and those of the address.
   * @throws what `serve` throws.
   */
  constructor(
    app: Hono<{ Bindings: Bindings }>,
    serve: (options: ServeOptions, answer: Answer) => Deno.HttpServer<A>,
  ) {
    const log = getLogger(["skerry", "http"]);
    this.#app = app;
    this.#server = serve({
      signal: this.#abort.signal,
      onListen: () => {},
      onError: (error) => {
        log.error("A request failed: {error}", { error });
        return new Response(null, { status: 500 });
      },
    }, (request, { remoteAddr }) => this.#answer(request, remoteAddr));
  }

  /** What it has bound. */
  get address(): A {
    return this.#server.addr;
  }

  /** Answers requests with 503 from now on. */
  refuse(): void {
    this.#refuses = true;
  }

  /** Ends soon. */
  async close(): Promise<void> {
    await this.#drain();
    this.#abort.abort();
    await this.#server.finished;
  }

  /**
   * Ends soon, with the last answers sent. Not by Deno's own `shutdown()`: that waits for ever on a
   * request that does not end, cannot be cut short, and closes WebSockets as if the other side had left.
   */
  async retire(): Promise<void> {
    await this.#drain();
    await new Promise((resolve) => setTimeout(resolve, FLUSH));
    await this.close();
  }

  /** Waits for the requests under way, but not for long. */
  async #drain(): Promise<void> {
    if (this.#underWay === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drained = resolve;
    const timer = setTimeout(resolve, GRACE);
    await promise;
    clearTimeout(timer);
  }

  async #answer(request: Request, remoteAddr: Deno.Addr): Promise<Response> {
    if (this.#refuses) {
      return new Response(null, { status: 503, headers: { connection: "close" } });
    }
    this.#underWay++;
    try {
      return await this.#app.fetch(request, { remoteAddr });
    } finally {
      if (--this.#underWay === 0) this.#drained?.();
    }
  }
}
