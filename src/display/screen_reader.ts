/** Reading rows of the screen into a frame: through shared memory, or over the socket. */
import { getLogger } from "@logtape/logtape";
import type { DisplayConnection, Extension } from "./connection.ts";
import { XProtocolError } from "./errors.ts";
import { PIXEL_SIZE } from "./pixel_format.ts";
import type { Rectangle } from "./rectangle.ts";

const log = getLogger(["skerry", "display"]);

const ALL_PLANES = 0xffffffff;
const Z_PIXMAP = 2;
/** Pixels that are read to see whether the memory is really shared. */
const PROBE_PIXELS = 16;

/** A shared memory segment, as `SharedMemory` of ffi/ is one. */
export interface SharedSegment extends Disposable {
  /** System V identifier (shmid). */
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Lets the kernel free it with its last user, even if this process is killed. */
  markForRemoval(): void;
}

/** Fills a persistent frame of BGRx rows, `width * 4` octets each. */
export interface ScreenReader<Memory> {
  readonly method: "mit-shm" | "get-image";
  readonly memory: Memory;
  /**
   * Reads a part of the screen into its place in the frame. The requests wait for
   * `connection.flush()`. Shared memory takes whole rows, whatever the rectangle's sides.
   */
  read(rectangle: Rectangle): Promise<void>;
  close(): void;
}

/** MIT-SHM: the server writes the pixels into our memory; a full-width band lands in place. */
export class SharedReader<Segment extends SharedSegment> implements ScreenReader<Segment> {
  readonly method = "mit-shm";
  readonly #connection: DisplayConnection;
  readonly #extension: Extension;
  readonly #segment: number;

  private constructor(
    connection: DisplayConnection,
    extension: Extension,
    segment: number,
    readonly memory: Segment,
    readonly width: number,
  ) {
    this.#connection = connection;
    this.#extension = extension;
    this.#segment = segment;
  }

  /**
   * Shares memory with the server.
   *
   * @param allocate Makes the memory.
   * @returns `undefined` if that cannot be had here; the log says why.
   */
  static async open<Segment extends SharedSegment>(
    connection: DisplayConnection,
    width: number,
    height: number,
    allocate: (size: number) => Segment,
  ): Promise<SharedReader<Segment> | undefined> {
    let memory: Segment | undefined;
    try {
      if (!connection.local) throw new Error("the X server runs on another host");
      const extension = await connection.extension("shm", "MIT-SHM");
      memory = allocate(width * height * PIXEL_SIZE);
      const segment = connection.client.AllocID();
      const attached = connection.request((_, done) =>
        extension.Attach(segment, memory!.id, 0, done)
      );
      await Promise.all([connection.sync(), attached]);
      // Both sides are attached: from here on the kernel frees it, however the two end.
      memory.markForRemoval();
      const reader = new SharedReader(connection, extension, segment, memory, width);
      if (!await reader.#isShared()) {
        reader.close();
        throw new Error("the X server is in another IPC namespace");
      }
      return reader;
    } catch (error) {
      memory?.[Symbol.dispose]();
      if (!connection.open) throw error;
      log.warn(
        "Reading the screen over the socket, since MIT-SHM cannot be used: {reason}. " +
          "This costs several milliseconds a frame",
        { reason: error instanceof XProtocolError ? "the X server refused it" : error },
      );
      return undefined;
    }
  }

  /** An identifier may name another segment where the server runs: see whether pixels arrive. */
  async #isShared(): Promise<boolean> {
    const width = Math.min(PROBE_PIXELS, this.width);
    const noise = crypto.getRandomValues(new Uint8Array(width * PIXEL_SIZE));
    this.memory.bytes.set(noise);
    const reply = this.read({ x: 0, y: 0, width, height: 1 });
    this.#connection.flush();
    await reply;
    return noise.some((octet, i) => octet !== this.memory.bytes[i]);
  }

  async read({ y, height }: Rectangle): Promise<void> {
    const { root } = this.#connection;
    const offset = y * this.width * PIXEL_SIZE;
    await this.#connection.request((_, done) =>
      this.#extension.GetImage(
        root,
        0,
        y,
        this.width,
        height,
        ALL_PLANES,
        Z_PIXMAP,
        this.#segment,
        offset,
        done,
      )
    );
  }

  close(): void {
    if (this.#connection.open) {
      this.#extension.Detach(this.#segment);
      this.#connection.flush();
    }
    this.memory[Symbol.dispose]();
  }
}

/** Core GetImage: the pixels come over the socket and are copied into the frame. */
export class SocketReader implements ScreenReader<Uint8Array<ArrayBuffer>> {
  readonly method = "get-image";
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly #connection: DisplayConnection;
  readonly #stride: number;

  constructor(connection: DisplayConnection, width: number, height: number) {
    this.#connection = connection;
    this.#stride = width * PIXEL_SIZE;
    // C keeps a pointer to it, so it must not be one of V8's small arrays, which move.
    this.memory = new Uint8Array(Math.max(4096, this.#stride * height));
  }

  async read({ x, y, width, height }: Rectangle): Promise<void> {
    const { data } = await this.#connection.request<{ data: Uint8Array }>((client, done) =>
      client.GetImage(Z_PIXMAP, this.#connection.root, x, y, width, height, ALL_PLANES, done)
    );
    const row = width * PIXEL_SIZE;
    for (let i = 0; i < height; i++) {
      const target = (y + i) * this.#stride + x * PIXEL_SIZE;
      this.memory.set(data.subarray(i * row, (i + 1) * row), target);
    }
  }

  close(): void {}
}
