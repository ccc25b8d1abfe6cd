/** What was drawn on since the last look: XDamage on the root window, read through XFIXES. */
import { Buffer } from "node:buffer";
import type { DisplayConnection, Extension } from "./connection.ts";
import { clip, merge, type Rectangle, union } from "./rectangle.ts";

/**
 * One event when damage begins, none until it has been subtracted (damageproto, "NonEmpty"). Of the
 * four levels this is the one that cannot flood: with any other, a program that draws in many
 * places costs us an event for each, and the exact region has to be fetched all the same.
 */
const NON_EMPTY = 3;
/** XFixesFetchRegion (fixesproto). */
const FETCH_REGION = 19;
/** Rectangles handed to the caller at most; each costs the converter a call. */
const LIMIT = 4;
/** Above so many, the server's rectangles are joined while they are read. */
const READ_LIMIT = 64;

/** The damage of the screen. */
export class DamageRegion {
  /** Called when the screen is drawn on for the first time since the last `take()`. */
  ondamage: (() => void) | undefined;
  readonly #connection: DisplayConnection;
  readonly #extension: Extension;
  readonly #fixes: Extension;
  readonly #damage: number;
  readonly #parts: number;
  readonly #stop: () => void;
  /** Number of the last subtraction: events from before it tell nothing new. */
  #subtracted = 0;

  private constructor(connection: DisplayConnection, damage: Extension, fixes: Extension) {
    this.#connection = connection;
    this.#extension = damage;
    this.#fixes = fixes;
    this.#damage = connection.client.AllocID();
    this.#parts = connection.client.AllocID();
    damage.Create(this.#damage, connection.root, NON_EMPTY);
    fixes.CreateRegion(this.#parts, []);
    this.#stop = connection.on("DamageNotify", (event) => {
      if (event.damage === this.#damage && event.seq >= this.#subtracted) this.ondamage?.();
    });
  }

  /**
   * Starts to watch.
   *
   * @throws {ExtensionMissingError} The server lacks DAMAGE or XFIXES.
   */
  static async open(connection: DisplayConnection): Promise<DamageRegion> {
    const fixes = await connection.extension("fixes", "XFIXES");
    const damage = await connection.extension("damage", "DAMAGE");
    const region = new DamageRegion(connection, damage, fixes);
    await connection.sync();
    return region;
  }

  /**
   * Asks what was damaged since the last time, and begins anew. The requests wait for
   * `connection.flush()`; an image asked for after them shows at least all of that damage.
   *
   * @returns At most a few rectangles, clipped to the screen, that cover all of it.
   */
  take(width: number, height: number): Promise<Rectangle[]> {
    this.#extension.Subtract(this.#damage, 0, this.#parts);
    this.#subtracted = this.#connection.client.seq_num;
    const packet = Buffer.alloc(8);
    packet.writeUInt8(this.#fixes.majorOpcode, 0);
    packet.writeUInt8(FETCH_REGION, 1);
    packet.writeUInt16LE(2, 2);
    packet.writeUInt32LE(this.#parts >>> 0, 4);
    return this.#connection.rawRequest(packet, (body) => readRegion(body, width, height));
  }

  /** Stops watching. */
  close(): void {
    this.#stop();
    if (!this.#connection.open) return;
    this.#extension.Destroy(this.#damage);
    this.#fixes.DestroyRegion(this.#parts);
    this.#connection.flush();
  }
}

/**
 * Reads the reply to XFixesFetchRegion: extents in the first eight octets, 16 unused, then the
 * rectangles. The server sorts them by row, so that joining runs of them loses little.
 */
export function readRegion(body: Buffer, width: number, height: number): Rectangle[] {
  const count = (body.length - 24) >> 3;
  const run = Math.ceil(count / READ_LIMIT);
  const list: Rectangle[] = [];
  let joined: Rectangle | undefined;
  for (let i = 0; i < count; i++) {
    const offset = 24 + i * 8;
    const rectangle = clip(
      {
        x: body.readInt16LE(offset),
        y: body.readInt16LE(offset + 2),
        width: body.readUInt16LE(offset + 4),
        height: body.readUInt16LE(offset + 6),
      },
      width,
      height,
    );
    if (rectangle) joined = joined ? union(joined, rectangle) : rectangle;
    if (joined && ((i + 1) % run === 0 || i + 1 === count)) {
      list.push(joined);
      joined = undefined;
    }
  }
  return merge(list, LIMIT);
}
