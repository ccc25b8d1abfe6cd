/**
 * A place in the file system for a Unix socket that only this user can reach.
 *
 * @module
 */
import { dirname } from "node:path";
import { ListenError, PortInUseError } from "./errors.ts";

/** Octets that a path may have at most: `sun_path` of unix(7), with the NUL at its end. */
const MOST_OCTETS = 107;

/** Tries to take the place of a socket that nobody serves, while others may do the same. */
const TRIES = 5;

/**
 * A path that a server's socket is put at. The socket is bound at {@link SocketPath.temporary}, and gets
 * its own name once only this user can connect to it: nobody ever finds it open to others, half made, or
 * in the place of another that is served. Disposing it removes the socket.
 */
export class SocketPath implements Disposable {
  /** Where to bind the socket. */
  readonly temporary: string;
  #inode: number | null | undefined;

  private constructor(
    /** Absolute. */
    readonly path: string,
  ) {
    this.temporary = `${dirname(path)}/.${crypto.randomUUID().slice(0, 8)}`;
  }

  /**
   * Makes the directory if it is missing, and checks that nobody else can enter it.
   *
   * @param path Absolute.
   * @throws {ListenError} if a socket there could not be private, or cannot be made.
   */
  static prepare(path: string): SocketPath {
    const place = new SocketPath(path);
    for (const name of [path, place.temporary]) {
      const octets = new TextEncoder().encode(name).length;
      if (octets > MOST_OCTETS) {
        throw new ListenError(
          `The path "${name}" has ${octets} octets, and sockets may have ${MOST_OCTETS}. Take a ` +
            "shorter one, for example under $XDG_RUNTIME_DIR",
        );
      }
    }
    makePrivateDirectory(dirname(path));
    return place;
  }

  /**
   * Gives the bound socket its name. What a killed server has left there is replaced.
   *
   * @throws {PortInUseError} if another server is there.
   * @throws {ListenError} if something else is there.
   */
  async publish(): Promise<void> {
    const { path, temporary } = this;
    Deno.chmodSync(temporary, 0o600);
    for (let attempt = 1;; attempt++) {
      try {
        // Unlike a rename, it replaces nothing.
        Deno.linkSync(temporary, path);
        break;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists) || attempt === TRIES) throw error;
        await removeUnserved(path, `${temporary}-`);
      }
    }
    this.#inode = Deno.lstatSync(path).ino;
    Deno.removeSync(temporary);
  }

  [Symbol.dispose](): void {
    remove(this.temporary);
    if (this.#inode === undefined) return;
    try {
      // Another may have taken the place meanwhile.
      if (Deno.lstatSync(this.path).ino === this.#inode) Deno.removeSync(this.path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function makePrivateDirectory(directory: string): void {
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw new ListenError(
        `The directory "${directory}" of the socket cannot be made: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
  const { isDirectory, mode, uid } = Deno.statSync(directory);
  if (!isDirectory) throw new ListenError(`"${directory}" is no directory for a socket to be in`);
  if (uid !== Deno.uid()) {
    throw new ListenError(
      `The directory "${directory}" belongs to another user, who could put a socket of his own in ` +
        "the place of Skerry's. Name one of your own, which may be a new one",
    );
  }
  if (((mode ?? 0o777) & 0o077) !== 0) {
    throw new ListenError(
      `Other users can enter the directory "${directory}". Name a new one in it, which is then made ` +
        `for you alone: --listen unix:${directory}/skerry/socket, or close this one: ` +
        `chmod 700 "${directory}"`,
    );
  }
}

/** Removes a socket that nobody serves. @param aside A name that nobody else uses. */
async function removeUnserved(path: string, aside: string): Promise<void> {
  try {
    if (!Deno.lstatSync(path).isSocket) {
      throw new ListenError(
        `"${path}" is there already and no socket. Remove it, or name another path`,
      );
    }
    if (await isServed(path)) throw inUse(path);
    // Another Skerry may do the same now, and put its own there: that one is put back.
    Deno.renameSync(path, aside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (await isServed(aside)) {
    Deno.renameSync(aside, path);
    throw inUse(path);
  }
  Deno.removeSync(aside);
}

async function isServed(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

function inUse(path: string): PortInUseError {
  return new PortInUseError(
    `Another program serves the socket "${path}" already. Stop it, or name another path`,
  );
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
