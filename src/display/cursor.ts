/** The pointer's image, as programs set it (XFIXES, "Cursor Images"). */
import type { DisplayConnection, Extension } from "./connection.ts";
import { DisplayClosedError, XProtocolError } from "./errors.ts";

/** CursorNotify for a new displayed cursor (fixesproto). */
const DISPLAY_CURSOR_MASK = 1;
/** Images kept, so that an animated cursor does not have to be fetched again and again. */
const KEPT_IMAGES = 64;

/** An image of the pointer. */
export interface CursorImage {
  /** Same number, same image. 0 for the hidden cursor. */
  readonly serial: number;
  /** Pixels; 0 if the pointer is hidden. */
  readonly width: number;
  /** Pixels; 0 if the pointer is hidden. */
  readonly height: number;
  /** The point that points, from the image's left, in pixels. */
  readonly hotX: number;
  /** The point that points, from the image's top, in pixels. */
  readonly hotY: number;
  /** Red, green, blue, alpha; straight, not premultiplied; `width * height * 4` octets. */
  readonly rgba: Uint8Array;
}

const HIDDEN: CursorImage = {
  serial: 0,
  width: 0,
  height: 0,
  hotX: 0,
  hotY: 0,
  rgba: new Uint8Array(0),
};

interface CursorReply {
  width: number;
  height: number;
  xhot: number;
  yhot: number;
  cursorSerial: number;
  /** ARGB, premultiplied, each pixel a little-endian 32-bit number. */
  cursorImage: Uint8Array;
}

/** Reports the pointer's image whenever it changes, and once at the start. */
export class CursorWatcher implements AsyncDisposable {
  readonly #connection: DisplayConnection;
  readonly #fixes: Extension;
  readonly #oncursor: (image: CursorImage) => void;
  readonly #images = new Map<number, CursorImage>();
  readonly #stop: () => void;
  #fetching: Promise<void> | undefined;
  #stale = false;
  #shown: number | undefined;
  #disposed = false;

  private constructor(
    connection: DisplayConnection,
    fixes: Extension,
    oncursor: (image: CursorImage) => void,
  ) {
    this.#connection = connection;
    this.#fixes = fixes;
    this.#oncursor = oncursor;
    this.#stop = connection.on("CursorNotify", ({ cursorSerial }) => {
      const known = this.#images.get(cursorSerial);
      if (known && !this.#fetching) this.#show(known);
      else this.#refresh();
    });
    fixes.SelectCursorInput(connection.root, DISPLAY_CURSOR_MASK);
  }

  /**
   * Starts to watch; `oncursor` has been called with the present image when this returns.
   *
   * @throws {ExtensionMissingError} The server lacks XFIXES.
   */
  static async open(
    connection: DisplayConnection,
    { oncursor }: { oncursor: (image: CursorImage) => void },
  ): Promise<CursorWatcher> {
    const fixes = await connection.extension("fixes", "XFIXES");
    const watcher = new CursorWatcher(connection, fixes, oncursor);
    watcher.#refresh();
    await watcher.#fetching;
    return watcher;
  }

  #refresh(): void {
    this.#stale = true;
    this.#fetching ??= this.#fetch().finally(() => this.#fetching = undefined);
  }

  /** Fetches until no change came in between, so that the last image shown is the newest. */
  async #fetch(): Promise<void> {
    while (this.#stale && !this.#disposed) {
      this.#stale = false;
      try {
        const reply = this.#connection.request<CursorReply>((_, done) =>
          this.#fixes.GetCursorImage(done)
        );
        this.#connection.flush();
        const image = toCursorImage(await reply);
        if (this.#images.size >= KEPT_IMAGES) {
          this.#images.delete(this.#images.keys().next().value!);
        }
        this.#images.set(image.serial, image);
        this.#show(image);
      } catch (error) {
        if (error instanceof DisplayClosedError) return;
        // BadCursor: there is none at all, such as when a program has hidden it.
        if (!(error instanceof XProtocolError)) throw error;
        this.#show(HIDDEN);
      }
    }
  }

  #show(image: CursorImage): void {
    if (this.#disposed || image.serial === this.#shown) return;
    this.#shown = image.serial;
    this.#oncursor(image);
  }

  /** Stops watching. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#stop();
    if (this.#connection.open) {
      this.#fixes.SelectCursorInput(this.#connection.root, 0);
      this.#connection.flush();
    }
    await this.#fetching;
  }
}

function toCursorImage(reply: CursorReply): CursorImage {
  return {
    serial: reply.cursorSerial,
    width: reply.width,
    height: reply.height,
    hotX: reply.xhot,
    hotY: reply.yhot,
    rgba: straightAlpha(reply.cursorImage),
  };
}

/** Premultiplied BGRA octets to straight RGBA. */
export function straightAlpha(bgra: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(bgra.length);
  for (let i = 0; i < bgra.length; i += 4) {
    const alpha = bgra[i + 3]!;
    if (alpha === 0) continue;
    for (let c = 0; c < 3; c++) {
      rgba[i + c] = Math.min(255, Math.round(bgra[i + 2 - c]! * 255 / alpha));
    }
    rgba[i + 3] = alpha;
  }
  return rgba;
}
