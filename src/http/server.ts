import type { Hono } from "hono";
import type { Bindings } from "./context.ts";
import { ListenError, PortInUseError } from "./errors.ts";
import { Listening } from "./listening.ts";

/** The certificate chain and its key, in PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface ListenOptions {
  /** A host name or IP address, IPv6 without brackets. */
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly app: Hono<{ Bindings: Bindings }>;
  /** Serves HTTPS with it; HTTP without one. */
  readonly certificate?: ServerCertificate | undefined;
}

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
  readonly #options: ListenOptions;
  #listening: Listening<Deno.NetAddr>;
  readonly #retiring = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  private constructor(options: ListenOptions) {
    this.#options = options;
    const { certificate, hostname, port } = options;
    // Several may share a port for a certificate to be replaced, and all of them would be this user's:
    // nobody else may be there already.
    if (certificate !== undefined && port !== 0) Deno.listen({ hostname, port }).close();
    this.#listening = serve(options);
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
    const { hostname, port } = this.#listening.address;
    return { hostname, port };
  }

  /** The URL to open on this machine, ending in a slash. */
  get url(): string {
    const { hostname, port } = this.address;
    const scheme = this.#options.certificate === undefined ? "http" : "https";
    const reachable = hostname === "0.0.0.0" ? "127.0.0.1" : hostname === "::" ? "::1" : hostname;
    return `${scheme}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}/`;
  }

  /**
   * Serves HTTPS with another certificate, on the same port. Deno has no way to give a server another
   * one: a second server takes the place of the first, whose requests may end. Its WebSockets close as
   * if the network had been lost, and pages open new ones.
   *
   * @throws if the certificate cannot be served; then the one from before stays.
   */
  use(certificate: ServerCertificate): void {
    if (this.#closed !== undefined) return;
    const old = this.#listening;
    this.#listening = serve({ ...this.#options, ...this.address, certificate });
    const retiring: Promise<void> = old.retire().finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  /** Takes no more requests, lets those under way end, cuts them off after a second. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#listening.refuse();
    await Promise.all([...this.#retiring, this.#listening.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function serve(
  { app, certificate, hostname, port }: ListenOptions,
): Listening<Deno.NetAddr> {
  const tls = certificate === undefined
    ? {}
    : { cert: certificate.cert, key: certificate.key, reusePort: true };
  return new Listening(
    app,
    (options, answer) => Deno.serve({ ...options, ...tls, hostname, port }, answer),
  );
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
