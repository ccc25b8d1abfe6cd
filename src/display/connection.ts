/** A connection to an X server: requests as promises, errors typed, its end noticed. */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { getLogger } from "@logtape/logtape";
import { type ConnectionOptions, connectTo } from "./connect.ts";
import type { DisplayAddress } from "./display_name.ts";
import {
  DisplayClosedError,
  DisplayNotFoundError,
  ExtensionMissingError,
  toProtocolError,
} from "./errors.ts";
import type { Done, XClient, XDisplay, XEvent, XScreen } from "./x11_client.ts";

const log = getLogger(["skerry", "display"]);

/** Event mask bit of X11 that reports a window's size (X.h StructureNotifyMask). */
const STRUCTURE_NOTIFY = 0x20000;

/** Milliseconds that a server gets to say goodbye before the socket is cut. */
const CLOSE_GRACE = 500;

// deno-lint-ignore no-explicit-any -- the fields of an extension are the library's, untyped
export type Extension = any;

/** A connection to an X server. One connection serves capture, input, cursor and more at once. */
export class DisplayConnection implements AsyncDisposable {
  /** The raw client, for requests that have no method here. */
  readonly client: XClient;
  /** The screen that is shown. Its `pixel_width` is that of the connection's start. */
  readonly screen: XScreen;
  /** What the server told at set-up. */
  readonly setup: XDisplay;
  /** Whether the server is reached through a Unix socket, and so runs on this host. */
  readonly local: boolean;
  /** Resolves when the connection ends: with the reason if the server or the socket failed. */
  readonly closed: Promise<Error | undefined>;

  readonly #socket: Socket;
  readonly #pending = new Set<(error: Error) => void>();
  readonly #listeners = new Map<string, Set<(event: XEvent) => void>>();
  readonly #extensions = new Map<string, Promise<Extension>>();
  readonly #resizeListeners = new Set<(width: number, height: number) => void>();
  #rootEvents = 0;
  #ended = false;
  #disposing = false;
  #width: number;
  #height: number;

  private constructor(
    readonly display: string,
    address: DisplayAddress,
    client: XClient,
    setup: XDisplay,
    screen: XScreen,
    socket: Socket,
  ) {
    this.local = address.path !== undefined;
    this.client = client;
    this.setup = setup;
    this.screen = screen;
    this.#width = screen.pixel_width;
    this.#height = screen.pixel_height;
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      let reason: Error | undefined;
      socket.on("error", (error) => reason = error);
      socket.on("end", () => socket.destroy());
      socket.on("close", () => {
        this.#ended = true;
        const closed = new DisplayClosedError(display, reason && { cause: reason });
        for (const reject of this.#pending) reject(closed);
        this.#pending.clear();
        this.#listeners.clear();
        resolve(this.#disposing ? undefined : closed);
      });
    });
    client.on("event", (event: XEvent) => this.#dispatch(event));
  }

  /**
   * Connects.
   *
   * @throws {DisplayNotFoundError} There is no such display, or it refused access.
   */
  static async open(options: ConnectionOptions): Promise<DisplayConnection> {
    const { display, signal } = options;
    const { client, setup, socket, address } = await connectTo(options);
    try {
      const screen = setup.screen[address.screen];
      if (!screen) {
        throw new DisplayNotFoundError(
          display,
          `The X server at "${display}" has no screen ${address.screen}; ` +
            `it has ${setup.screen.length}`,
        );
      }
      const connection = new DisplayConnection(display, address, client, setup, screen, socket);
      await connection.#followSize();
      signal?.throwIfAborted();
      return connection;
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** The root window. */
  get root(): number {
    return this.screen.root;
  }

  /** Width of the screen in pixels, now. */
  get width(): number {
    return this.#width;
  }

  /** Height of the screen in pixels, now. */
  get height(): number {
    return this.#height;
  }

  /**
   * Reports each new size of the screen, in pixels.
   *
   * @returns Stops it.
   */
  onresize(listener: (width: number, height: number) => void): () => void {
    this.#resizeListeners.add(listener);
    return () => this.#resizeListeners.delete(listener);
  }

  /** Asks for further events of the root window; a client has but one mask for a window. */
  selectRootEvents(mask: number): void {
    this.#rootEvents |= mask;
    this.client.ChangeWindowAttributes(this.root, { eventMask: this.#rootEvents });
  }

  async #followSize(): Promise<void> {
    this.selectRootEvents(STRUCTURE_NOTIFY);
    this.on("ConfigureNotify", ({ wid, width, height }) => {
      if (wid === this.root) this.#setSize(width, height);
    });
    const { width, height } = await this.request<{ width: number; height: number }>(
      (client, done) => client.GetGeometry(this.root, done),
    );
    this.#setSize(width, height);
  }

  #setSize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    for (const listener of this.#resizeListeners) listener(width, height);
  }

  /** Whether requests can still be made. */
  get open(): boolean {
    return !this.#ended && !this.#disposing;
  }

  /** Hands all requests made so far to the kernel, in one write. */
  flush(): void {
    if (!this.#ended) this.client.pack_stream.flush();
  }

  /**
   * Makes a request that has a reply. The packet waits for `flush()`, or for the end of this turn
   * of the event loop, so that several requests can leave in one write.
   *
   * @param start Makes the request, with the callback as its last argument.
   * @throws {XProtocolError} The server refused it.
   * @throws {DisplayClosedError} The connection ended first.
   */
  request<T>(start: (client: XClient, done: Done<T>) => void): Promise<T> {
    if (!this.open) return Promise.reject(new DisplayClosedError(this.display));
    return new Promise<T>((resolve, reject) => {
      this.#pending.add(reject);
      start(this.client, (error, value) => {
        this.#pending.delete(reject);
        if (error) reject(toProtocolError(error));
        else resolve(value as T);
        return true;
      });
    });
  }

  /**
   * Makes a request that the library has no method for (or a slow one).
   *
   * @param packet The whole request, a multiple of four octets, its length field included.
   * @param unpack Reads the reply: what follows its first eight octets, and its second octet.
   * @throws {XProtocolError} The server refused it.
   * @throws {DisplayClosedError} The connection ended first.
   */
  rawRequest<T>(packet: Buffer, unpack: (body: Buffer, detail: number) => T): Promise<T> {
    return this.request<() => T>((client, done) => {
      client.seq_num++;
      // A reply that cannot be read is the caller's trouble: thrown here, it would end the process.
      const read = (body: Buffer, detail: number) => {
        try {
          const value = unpack(body, detail);
          return () => value;
        } catch (error) {
          return () => {
            throw error;
          };
        }
      };
      client.replies[client.seq_num] = [read, done];
      client.pack_stream.put(packet);
      client.pack_stream.submit(true);
    }).then((value) => value());
  }

  /** Waits until the server has processed everything sent so far. */
  async sync(): Promise<void> {
    const reply = this.request((client, done) => client.GetInputFocus(done));
    this.flush();
    await reply;
  }

  /**
   * Looks an extension up, once a connection.
   *
   * @param module The library's name of it, like "damage".
   * @param name The X11 name of it, like "DAMAGE", for the error.
   * @throws {ExtensionMissingError} The server has it not.
   */
  extension(module: string, name: string): Promise<Extension> {
    let found = this.#extensions.get(module);
    if (!found) {
      found = this.request<Extension>((client, done) =>
        // the library's own look-up flushes nothing: its requests leave with this turn
        client.require(module, done)
      ).catch((error: unknown) => {
        if (error instanceof DisplayClosedError) throw error;
        throw new ExtensionMissingError(name, this.display);
      });
      this.#extensions.set(module, found);
    }
    return found;
  }

  /**
   * Listens to events by their name, like "DamageNotify".
   *
   * @returns Stops listening.
   */
  on(name: string, listener: (event: XEvent) => void): () => void {
    let set = this.#listeners.get(name);
    if (!set) this.#listeners.set(name, set = new Set());
    set.add(listener);
    return () => set.delete(listener);
  }

  #dispatch(event: XEvent): void {
    for (const listener of this.#listeners.get(event.name) ?? []) {
      try {
        listener(event);
      } catch (error) {
        log.error("A listener to {event} failed: {error}", { event: event.name, error });
      }
    }
  }

  /** Sends what is waiting and closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposing && !this.#ended) {
      this.#disposing = true;
      this.client.pack_stream.flush();
      this.#socket.end();
      const timer = setTimeout(() => this.#socket.destroy(), CLOSE_GRACE);
      await this.closed;
      clearTimeout(timer);
    }
    await this.closed;
  }
}
