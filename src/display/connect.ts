/** Reaching the X server of a display: its socket, its cookie, the first words. */
import { connect, type Socket } from "node:net";
import { homedir, hostname } from "node:os";
import { getLogger } from "@logtape/logtape";
import { findCookie, parseAuthority } from "./authority.ts";
import { type DisplayAddress, parseDisplayName } from "./display_name.ts";
import { DisplayNotFoundError, toProtocolError, XProtocolError } from "./errors.ts";
import { abstractSocketOf } from "./socket_folder.ts";
import { createClient, type XClient, type XDisplay } from "./x11_client.ts";

const log = getLogger(["skerry", "display"]);

/** How to reach a display. */
export interface ConnectionOptions {
  /** Like ":7". */
  display: string;
  /** Xauthority file; default $XAUTHORITY, else ~/.Xauthority. */
  authority?: string;
  signal?: AbortSignal;
}

/** What is needed to talk to an X server. */
export interface ServerLink {
  readonly client: XClient;
  readonly setup: XDisplay;
  readonly socket: Socket;
  readonly address: DisplayAddress;
}

/**
 * Connects to the server of a display and introduces itself with the display's cookie.
 *
 * @throws {DisplayNotFoundError} There is no such display, or it refused access.
 */
export async function connectTo(options: ConnectionOptions): Promise<ServerLink> {
  const { display, signal } = options;
  signal?.throwIfAborted();
  const address = parseDisplayName(display);
  if (!address) {
    throw new DisplayNotFoundError(
      display,
      `"${display}" is no X display name; write it like ":0" or "host:0"`,
    );
  }
  const file = authorityPath(options.authority);
  const cookie = await readCookie(file, address);
  signal?.throwIfAborted();
  const socket = await openSocket(display, address, signal);
  try {
    signal?.throwIfAborted();
    const [client, setup] = await handshake(display, socket, cookie, file, signal);
    return { client, setup, socket, address };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function authorityPath(explicit: string | undefined): string {
  return explicit ?? (Deno.env.get("XAUTHORITY") || `${homedir()}/.Xauthority`);
}

/** The cookie as the library wants it: text whose characters are octets. */
async function readCookie(
  file: string,
  address: DisplayAddress,
): Promise<{ name: string; data: string }> {
  try {
    const entries = parseAuthority(await Deno.readFile(file));
    const entry = findCookie(entries, String(address.number), address.host || hostname());
    if (entry) return { name: entry.name, data: String.fromCharCode(...entry.data) };
  } catch (error) {
    // Many servers need no cookie: whether its lack matters, the server will say.
    if (!(error instanceof Deno.errors.NotFound)) {
      log.warn("Cannot read the X authority file {file}: {error}", { file, error });
    }
  }
  return { name: "", data: "" };
}

/** By the display's socket file, by its abstract socket where there is no file, or by TCP. */
async function openSocket(
  display: string,
  address: DisplayAddress,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  if (address.path === undefined) return await tryToOpen(display, address, signal);
  try {
    return await tryToOpen(display, address, signal);
  } catch (error) {
    if (!(error instanceof DisplayNotFoundError)) throw error;
    const abstract = { ...address, path: abstractSocketOf(address.number) };
    return await tryToOpen(display, abstract, signal).catch((other) => {
      // The file is what people know.
      throw other instanceof DisplayNotFoundError ? error : other;
    });
  }
}

function tryToOpen(
  display: string,
  address: DisplayAddress,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  const where = address.path ?? `${address.host}, TCP port ${address.port}`;
  return new Promise((resolve, reject) => {
    const socket = address.path !== undefined
      ? connect({ path: address.path })
      : connect({ host: address.host, port: address.port, noDelay: true });
    const settle = (act: () => void) => {
      signal?.removeEventListener("abort", onabort);
      socket.off("error", onerror);
      act();
    };
    const onabort = () =>
      settle(() => {
        socket.destroy();
        reject(signal!.reason);
      });
    const onerror = (cause: Error) =>
      settle(() => {
        socket.destroy();
        reject(
          new DisplayNotFoundError(
            display,
            `No X server answers at "${display}" (${where}): start one there, name another ` +
              `with --display, or let Skerry start its own with --display new`,
            { cause },
          ),
        );
      });
    socket.on("error", onerror);
    socket.once("connect", () => settle(() => resolve(socket)));
    signal?.addEventListener("abort", onabort);
  });
}

function handshake(
  display: string,
  socket: Socket,
  auth: { name: string; data: string },
  file: string,
  signal: AbortSignal | undefined,
): Promise<[XClient, XDisplay]> {
  return new Promise((resolve, reject) => {
    const onabort = () => reject(signal!.reason);
    signal?.addEventListener("abort", onabort);
    const refused = (error: Error | null | undefined) => {
      signal?.removeEventListener("abort", onabort);
      reject(
        new DisplayNotFoundError(
          display,
          `The X server at "${display}" refused access (${error?.message.trim()}); set ` +
            `XAUTHORITY to the file with its cookie (${
              auth.data === "" ? `${file} has none for it` : `the one in ${file} is wrong`
            })`,
          { cause: error },
        ),
      );
    };
    const client = createClient({
      display: ":0", // not used: the stream is open already
      stream: socket,
      auth,
      bufferRequests: { flushOnReply: false, maxDelay: 5 },
      shm: false,
    }, (error, setup) => {
      if (error || !setup) return refused(error);
      signal?.removeEventListener("abort", onabort);
      // The library keeps atoms in one table for all connections, but each server has its own.
      client.atoms = { ...client.atoms };
      resolve([client, setup]);
    });
    // A refusal comes as an event, and so do, later, error packets that no caller waits for, such
    // as one for a window that has gone meanwhile. Unheard, they would end the process.
    client.on("error", (error: Error) => {
      const typed = toProtocolError(error);
      if (typed instanceof XProtocolError) log.debug("{error}", { error: typed.message });
      else refused(error);
    });
  });
}
