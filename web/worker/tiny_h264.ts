/**
 * The H.264 decoder of npm's tinyh264 in WebAssembly: baseline, any number of slices. What the package
 * has around it in JavaScript is a copy of the module in base64 and a loader for it; `build.ts` makes a
 * file of the module, and this is the loader.
 *
 * @module
 */

/** The module's exports, by the names that its linker has left them. */
interface Exports {
  readonly c: WebAssembly.Memory;
  /** Runs constructors; first of all. */
  d(): void;
  /** `u32 h264bsdInit(storage_t *storage, u32 noOutputReordering)` */
  e(storage: number, noOutputReordering: number): number;
  /** `void *malloc(size_t)` */
  f(size: number): number;
  /** `void free(void *)` */
  g(pointer: number): void;
  /** `u32 h264bsdDecode(storage_t *, u8 *unit, u32 len, u8 **picture, u32 *width, u32 *height)` */
  h(
    storage: number,
    unit: number,
    length: number,
    picture: number,
    width: number,
    height: number,
  ): number;
  /** `void h264bsdShutdown(storage_t *)` */
  i(storage: number): void;
  /** `storage_t *h264bsdAlloc()` */
  j(): number;
  /** `void h264bsdFree(storage_t *)` */
  k(storage: number): void;
}

const PICTURE_READY = 1;
const PAGE = 65_536;
/** Octets of room for access units at first; a keyframe of 1280x720 text has 90,000. */
const FIRST_ROOM = 1 << 20;

/** The access unit could not be decoded. */
export class TinyH264Error extends Error {
  override readonly name = "TinyH264Error";
}

/** A picture in the module's memory: good until the next call. */
export interface TinyPicture {
  /** Whole macroblocks, in pixels. */
  readonly width: number;
  readonly height: number;
  /** I420 without padding. */
  readonly octets: Uint8Array;
}

export class TinyH264 {
  readonly #exports: Exports;
  readonly #storage: number;
  /** Three words: where the picture is, and its size. */
  readonly #answer: number;
  #unit: number;
  #room = FIRST_ROOM;

  /** @throws {TinyH264Error} if there is no memory for it. */
  constructor(module: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(module, {
      // `emscripten_resize_heap` and `emscripten_memcpy_big`.
      a: {
        a: (size: number) => grow(this.#exports.c, size),
        // Gives nothing back: that would be made a number, of the whole memory's text.
        b: (to: number, from: number, length: number) => {
          new Uint8Array(this.#exports.c.buffer).copyWithin(to, from, from + length);
        },
      },
    });
    const exports = this.#exports = instance.exports as unknown as Exports;
    exports.d();
    this.#storage = exports.j();
    this.#answer = exports.f(12);
    this.#unit = exports.f(FIRST_ROOM);
    if (exports.e(this.#storage, 0) !== 0) throw new TinyH264Error("There is no memory to decode");
  }

  /**
   * @param url Of the module.
   * @throws {TypeError} or {@link WebAssembly.CompileError} if it is not to be had.
   */
  static async load(url: URL): Promise<WebAssembly.Module> {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new TypeError(`There is no ${url.pathname}: HTTP ${response.status}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  }

  /**
   * @param unit A whole access unit, Annex B.
   * @throws {TinyH264Error} if no picture comes of it. The decoder is of no use any more then.
   */
  decode(unit: Uint8Array): TinyPicture {
    const { c: memory, f: malloc, g: free } = this.#exports;
    if (unit.length > this.#room) {
      free(this.#unit);
      this.#room = unit.length * 2;
      this.#unit = malloc(this.#room);
      if (this.#unit === 0) throw new TinyH264Error("There is no memory for an access unit");
    }
    new Uint8Array(memory.buffer).set(unit, this.#unit);
    const answer = this.#answer;
    const code = this.#exports.h(
      this.#storage,
      this.#unit,
      unit.length,
      answer,
      answer + 4,
      answer + 8,
    );
    if (code !== PICTURE_READY) {
      throw new TinyH264Error(`The access unit gave no picture: code ${code}`);
    }
    const view = new DataView(memory.buffer);
    const width = view.getUint32(answer + 4, true);
    const height = view.getUint32(answer + 8, true);
    const start = view.getUint32(answer, true);
    return { width, height, octets: new Uint8Array(memory.buffer, start, width * height * 3 / 2) };
  }

  close(): void {
    this.#exports.i(this.#storage);
    this.#exports.k(this.#storage);
  }
}

/** @returns 1 if the memory has this size now, in octets. */
function grow(memory: WebAssembly.Memory, size: number): number {
  try {
    memory.grow(Math.ceil((size - memory.buffer.byteLength) / PAGE));
    return 1;
  } catch {
    return 0;
  }
}
