import { dirname } from "node:path";
import type { Hono } from "hono";
import type { Bindings } from "./context.ts";
import { ListenError } from "./errors.ts";
import { Listening } from "./listening.ts";
import { SocketPath } from "./socket_path.ts";

/** The port that the printed URL names: a browser reaches a socket by one that is forwarded to it. */
const FORWARDED_PORT = 8080;

/** Where a {@link SocketServer} listens, and what it serves. */
export interface SocketListenOptions {
  /** Absolute. */
  readonly path: string;
  readonly app: Hono<{ Bindings: Bindings }>;
}

/**
 * Serves an application on a Unix socket that only this user can connect to, until it is disposed.
 *
 * @example
 * ```ts ignore
 * await using server = await SocketServer.listen({ path: "/run/user/1000/skerry.socket", app });
 * ```
 */
export class SocketServer implements AsyncDisposable {
  /** The URL to open where the socket is forwarded to. */
  readonly url = `http://127.0.0.1:${FORWARDED_PORT}/`;
  readonly #listening: Listening<Deno.UnixAddr>;
  readonly #place: SocketPath;
  #closed: Promise<void> | undefined;

  private constructor(listening: Listening<Deno.UnixAddr>, place: SocketPath) {
    this.#listening = listening;
    this.#place = place;
  }

  /**
   * Starts to listen.
   *
   * @throws {PortInUseError} if another program serves the socket.
   * @throws {ListenError} if the socket cannot be made, or would not be private.
   */
  static async listen({ app, path }: SocketListenOptions): Promise<SocketServer> {
    const place = SocketPath.prepare(path);
    let server: SocketServer | undefined;
    try {
      const listening = new Listening<Deno.UnixAddr>(
        app,
        (options, answer) =>
          Deno.serve({ ...options, transport: "unix", path: place.temporary }, answer),
      );
      server = new SocketServer(listening, place);
      await place.publish();
      return server;
    } catch (error) {
      await server?.close();
      place[Symbol.dispose]();
      if (error instanceof ListenError || !(error instanceof Error)) throw error;
      throw new ListenError(
        `No socket can be made in "${
          dirname(path)
        }" (${error.message}). Name another directory, on a ` +
          "file system that has sockets",
        { cause: error },
      );
    }
  }

  /** The path of the socket. */
  get path(): string {
    return this.#place.path;
  }

  /** How to reach it from another machine, with the printed URL. */
  get forwarding(): string {
    return `ssh -L ${FORWARDED_PORT}:${this.path} ${Deno.hostname()}`;
  }

  /** Takes no more requests, lets those under way end, cuts them off after a second. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#place[Symbol.dispose]();
    this.#listening.refuse();
    await this.#listening.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
