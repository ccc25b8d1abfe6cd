/**
 * Which parts of a picture were sent how well.
 *
 * @module
 */

/** A part of a picture, in pixels. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of a cell, in each direction: four blocks of JPEG's 16x16. */
export const CELL = 64;
/** A part of an image is encoded in blocks of so many pixels. */
const BLOCK = 16;
/** The largest tile, in pixels: several are decoded at the same time. */
const MOST = { width: 640, height: 384 };

/** Notes the quality of each cell of a picture, and cuts what is to be sent into tiles. */
export class TileGrid {
  readonly #width: number;
  readonly #height: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #quality: Uint8Array;

  /** @param size In pixels. */
  constructor(size: { readonly width: number; readonly height: number }) {
    this.#width = size.width;
    this.#height = size.height;
    this.#columns = Math.ceil(size.width / CELL);
    this.#rows = Math.ceil(size.height / CELL);
    this.#quality = new Uint8Array(this.#columns * this.#rows);
  }

  /** The tiles of the whole picture. */
  whole(): Part[] {
    return tiles([{ x: 0, y: 0, width: this.#width, height: this.#height }]);
  }

  /** Widens parts to blocks, clips them, and cuts them into tiles. */
  cut(parts: readonly Part[]): Part[] {
    const blocks = parts.map(({ x, y, width, height }) => {
      const left = Math.max(0, Math.floor(x / BLOCK) * BLOCK);
      const top = Math.max(0, Math.floor(y / BLOCK) * BLOCK);
      const right = Math.min(this.#width, Math.ceil((x + width) / BLOCK) * BLOCK);
      const bottom = Math.min(this.#height, Math.ceil((y + height) / BLOCK) * BLOCK);
      return { x: left, y: top, width: right - left, height: bottom - top };
    });
    return tiles(blocks.filter(({ width, height }) => width > 0 && height > 0));
  }

  /** Tiles were sent. A cell that has a worse part is worse. */
  sent(parts: readonly Part[], quality: number): void {
    for (const part of parts) {
      const bottom = Math.min(Math.ceil((part.y + part.height) / CELL), this.#rows);
      const right = Math.min(Math.ceil((part.x + part.width) / CELL), this.#columns);
      for (let row = Math.floor(part.y / CELL); row < bottom; row++) {
        for (let column = Math.floor(part.x / CELL); column < right; column++) {
          const index = row * this.#columns + column;
          const all = covers(part, this.#cell(column, row));
          const before = this.#quality[index]!;
          this.#quality[index] = all ? quality : Math.min(before, quality);
        }
      }
    }
  }

  /**
   * @param quality What is to be reached.
   * @param pixels About how many may be sent.
   * @returns The tiles of cells that are worse, from the top; at least one cell if there is one.
   */
  worse(quality: number, pixels: number): Part[] {
    const runs: Part[] = [];
    let left = pixels;
    for (let row = 0; row < this.#rows && left > 0; row++) {
      let run: Part | undefined;
      for (let column = 0; column < this.#columns && left > 0; column++) {
        const wanted = this.#quality[row * this.#columns + column]! < quality;
        if (!wanted) {
          run = undefined;
          continue;
        }
        const cell = this.#cell(column, row);
        left -= cell.width * cell.height;
        if (run !== undefined) runs.pop();
        run = run === undefined ? cell : { ...run, width: cell.x + cell.width - run.x };
        runs.push(run);
      }
    }
    return tiles(stacked(runs));
  }

  #cell(column: number, row: number): Part {
    const [x, y] = [column * CELL, row * CELL];
    return {
      x,
      y,
      width: Math.min(CELL, this.#width - x),
      height: Math.min(CELL, this.#height - y),
    };
  }
}

/** Makes one of runs that lie exactly below each other. */
function stacked(runs: readonly Part[]): Part[] {
  const stacks: Part[] = [];
  for (const run of runs) {
    const index = stacks.findIndex(({ x, y, width, height }) =>
      x === run.x && width === run.width && y + height === run.y
    );
    const above = stacks[index];
    if (above === undefined) stacks.push(run);
    else stacks[index] = { ...above, height: above.height + run.height };
  }
  return stacks;
}

/** Cuts parts into pieces that are not too large. */
function tiles(parts: readonly Part[]): Part[] {
  return parts.flatMap((part) => {
    const pieces: Part[] = [];
    for (let y = 0; y < part.height; y += MOST.height) {
      for (let x = 0; x < part.width; x += MOST.width) {
        pieces.push({
          x: part.x + x,
          y: part.y + y,
          width: Math.min(MOST.width, part.width - x),
          height: Math.min(MOST.height, part.height - y),
        });
      }
    }
    return pieces;
  });
}

function covers(outer: Part, inner: Part): boolean {
  return outer.x <= inner.x && outer.y <= inner.y &&
    outer.x + outer.width >= inner.x + inner.width &&
    outer.y + outer.height >= inner.y + inner.height;
}
