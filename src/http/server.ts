import { getLogger } from "@logtape/logtape";
import type { Hono } from "hono";
import type { Bindings } from "./context.ts";
import { ListenError, PortInUseError } from "./errors.ts";

export interface ListenOptions {
  /** A host name or IP address, IPv6 without brackets. */
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly app: Hono<{ Bindings: Bindings }>;
}

/** Milliseconds for requests under way to end by themselves. */
const GRACE = 1000;

/**
 * Serves an application on a port until it is disposed.
 *
 * @example
 * ```ts ignore
 * await using server = HttpServer.listen({ hostname: "127.0.0.1", port: 0, app });
 * console.log(server.url);
 * ```
 */
export class HttpServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  readonly #app: ListenOptions["app"];
  #underWay = 0;
  #drained: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  private constructor({ hostname, port, app }: ListenOptions) {
    const log = getLogger(["skerry", "http"]);
    this.#app = app;
    this.#server = Deno.serve({
      hostname,
      port,
      signal: this.#abort.signal,
      onListen: () => {},
      onError: (error) => {
        log.error("A request failed: {error}", { error });
        return new Response(null, { status: 500 });
      },
    }, (request, { remoteAddr }) => this.#answer(request, remoteAddr));
  }

  /**
   * Starts to listen.
   *
   * @throws {PortInUseError} if another program has the port.
   * @throws {ListenError} if the address cannot be listened on.
   */
  static listen(options: ListenOptions): HttpServer {
    try {
      return new HttpServer(options);
    } catch (error) {
      throw explain(error, options.hostname, options.port);
    }
  }

  /** The address that it really listens on. */
  get address(): { readonly hostname: string; readonly port: number } {
    const { hostname, port } = this.#server.addr;
    return { hostname, port };
  }

  /** The URL to open on this machine, ending in a slash. */
  get url(): string {
    const { hostname, port } = this.address;
    const reachable = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
    return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}/`;
  }

  /** Resolves when it no longer serves. */
  get finished(): Promise<void> {
    return this.#server.finished;
  }

  /** Takes no more requests, lets those under way end, cuts them off after a second. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #answer(request: Request, remoteAddr: Deno.NetAddr): Promise<Response> {
    if (this.#closed) {
      return new Response(null, { status: 503, headers: { connection: "close" } });
    }
    this.#underWay++;
    try {
      return await this.#app.fetch(request, { remoteAddr });
    } finally {
      if (--this.#underWay === 0) this.#drained?.();
    }
  }

  // Deno's own `shutdown()` waits for ever on a request that does not end, and cannot be cut short.
  async #close(): Promise<void> {
    if (this.#underWay > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#drained = resolve;
      const timer = setTimeout(resolve, GRACE);
      await promise;
      clearTimeout(timer);
    }
    this.#abort.abort();
    await this.#server.finished;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function explain(error: unknown, hostname: string, port: number): unknown {
  const address = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  if (error instanceof Deno.errors.AddrInUse) {
    return new PortInUseError(
      `Another program listens on ${address} already. Stop it, or take another port: ` +
        `--listen ${host}:${port + 1 > 65535 ? port - 1 : port + 1}, or a free one: ` +
        `--listen ${host}:0`,
      { cause: error },
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new ListenError(
      `This user may not listen on ${address}. Take a port from 1024 on, for example ` +
        `--listen ${host}:8080`,
      { cause: error },
    );
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return new ListenError(
      `This machine has no address "${hostname}" to listen on. Take one that it has, for example ` +
        "--listen 127.0.0.1:8080",
      { cause: error },
    );
  }
  if (error instanceof Error && /lookup address|resolve|Name or service/i.test(error.message)) {
    return new ListenError(
      `The name "${hostname}" does not resolve, so it cannot be listened on. Use an IP address.`,
      { cause: error },
    );
  }
  return error;
}
