/** The pointer's image, as programs set it (XFIXES, "Cursor Images"). */
import { type CursorImage, MAX_CURSOR_SIZE } from "../protocol/cursor_message.ts";
import type { DisplayConnection, Extension } from "./connection.ts";
import { DisplayClosedError, XProtocolError } from "./errors.ts";

/** CursorNotify for a new displayed cursor (fixesproto). */
const DISPLAY_CURSOR_MASK = 1;
/** Images kept, so that an animated cursor does not have to be fetched again and again. */
const KEPT_IMAGES = 64;

/** Serial 0 is no image's. */
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

/**
 * An image without a pixel to be seen is none at all: so most programs hide the pointer. X sets no limit:
 * of an image that is too large, the part around its hot spot is taken.
 */
function toCursorImage({ cursorImage, cursorSerial, ...reply }: CursorReply): CursorImage {
  if (isTransparent(cursorImage)) return { ...HIDDEN, serial: cursorSerial };
  const width = Math.min(reply.width, MAX_CURSOR_SIZE);
  const height = Math.min(reply.height, MAX_CURSOR_SIZE);
  const left = cutBefore(reply.xhot, reply.width, width);
  const top = cutBefore(reply.yhot, reply.height, height);
  return {
    serial: cursorSerial,
    width,
    height,
    hotX: reply.xhot - left,
    hotY: reply.yhot - top,
    rgba: straightAlpha(cut(cursorImage, reply.width, { left, top, width, height })),
  };
}

function isTransparent(bgra: Uint8Array): boolean {
  for (let alpha = 3; alpha < bgra.length; alpha += 4) if (bgra[alpha] !== 0) return false;
  return true;
}

/** How much of a length is left out at its start, for a point to be within what is kept. */
function cutBefore(point: number, whole: number, kept: number): number {
  return Math.min(Math.max(point - Math.floor(kept / 2), 0), whole - kept);
}

function cut(
  pixels: Uint8Array,
  stride: number,
  part: { left: number; top: number; width: number; height: number },
): Uint8Array {
  if (part.width === stride && part.width * part.height * 4 === pixels.length) return pixels;
  const octets = new Uint8Array(part.width * part.height * 4);
  for (let row = 0; row < part.height; row++) {
    const start = ((part.top + row) * stride + part.left) * 4;
    octets.set(pixels.subarray(start, start + part.width * 4), row * part.width * 4);
  }
  return octets;
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
