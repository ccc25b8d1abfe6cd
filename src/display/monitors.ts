/** The monitors of a screen: the parts of it that window managers keep windows within. */
import { Buffer } from "node:buffer";
import { internAtoms } from "./atoms.ts";
import type { DisplayConnection, Extension } from "./connection.ts";
import { ExtensionMissingError, XProtocolError } from "./errors.ts";
import { clip, type Rectangle } from "./rectangle.ts";

/** RANDR 1.5 brought monitors that are no outputs (randrproto, "Requests added in 1.5"). */
const GET_MONITORS = 42;
const SET_MONITOR = 43;
const DELETE_MONITOR = 44;
/** Octets of a MONITORINFO before its outputs. */
const INFO_OCTETS = 24;
/** Names of those that we make begin so; the number follows. */
const OWN = "Skerry-";

/** The number for all of the screen, whatever monitors it has. */
export const ALL_OF_IT = 0;

/** A part of the screen, in its pixels. */
export interface Monitor extends Rectangle {
  /** Counts from 1; monitors of our own keep theirs while others come and go. */
  readonly number: number;
  /** As RANDR has it, like "HDMI-1". */
  readonly name: string;
}

/** The monitors that there are at a time, from the first to the last. */
export class MonitorSet {
  /** @param list As {@link readMonitors} gives it. */
  constructor(readonly list: readonly Monitor[]) {}

  /**
   * @param wanted A monitor, or {@link ALL_OF_IT}; undefined for what suits.
   * @returns The number of what is to be shown: of what is wanted if that is there. Of a screen with one
   * monitor that is always its first, and all of the screen.
   */
  resolve(wanted: number | undefined): number {
    if (this.list.length < 2) return 1;
    if (wanted === ALL_OF_IT || this.list.some(({ number }) => number === wanted)) return wanted!;
    // Who shares a desk with us has all of it in sight; who opened a second window sees two halves.
    return this.list.some(isOwn) ? 1 : ALL_OF_IT;
  }

  /**
   * @param number As {@link resolve} gives it.
   * @param screen In pixels.
   * @returns Where on the screen that is; undefined if it is not there.
   */
  rectangle(
    number: number,
    screen: { readonly width: number; readonly height: number },
  ): Rectangle | undefined {
    const { height, width } = screen;
    const whole = { x: 0, y: 0, width, height };
    if (number === ALL_OF_IT || number === 1 && this.list.length < 2) return whole;
    const monitor = this.list.find((each) => each.number === number);
    return monitor && clip(monitor, width, height);
  }
}

/** @returns The name of a monitor of our own. */
export function monitorName(number: number): string {
  return `${OWN}${number}`;
}

/** Whether a monitor is of our own making. */
export function isOwn({ name }: { readonly name: string }): boolean {
  return name.startsWith(OWN);
}

/**
 * Asks what monitors there are.
 *
 * @returns None if the X server knows of none, as before RANDR 1.5.
 * @throws {DisplayClosedError} The connection ended.
 */
export async function readMonitors(connection: DisplayConnection): Promise<Monitor[]> {
  try {
    const randr = await connection.extension("randr", "RANDR");
    const request = header(randr, GET_MONITORS, 12);
    request.writeUInt32LE(connection.root >>> 0, 4);
    request.writeUInt8(1, 8);
    const reply = connection.rawRequest(request, unpackMonitors);
    connection.flush();
    const found = await reply;
    const names = found.map(({ atom }) =>
      connection.request<string>((client, done) => client.GetAtomName(atom, done))
    );
    connection.flush();
    const named = (await Promise.all(names)).map((name, index) => ({ ...found[index]!, name }));
    return number(named);
  } catch (error) {
    if (error instanceof ExtensionMissingError || error instanceof XProtocolError) return [];
    throw error;
  }
}

/** Ours by their names, all others by where they are. */
function number(found: readonly (Rectangle & { readonly name: string })[]): Monitor[] {
  const own = found.every(isOwn);
  const order = [...found].sort((a, b) => a.x - b.x || a.y - b.y);
  return order.map(({ height, name, width, x, y }, index) => ({
    number: own ? Number(name.slice(OWN.length)) : index + 1,
    name,
    x,
    y,
    width,
    height,
  }));
}

/** What {@link MonitorWriter} is to make. */
export interface NewMonitor extends Rectangle {
  readonly number: number;
  /** Outputs that show it, if any does. */
  readonly outputs: readonly number[];
}

/** Makes monitors of our own. The requests wait for `connection.flush()`. */
export class MonitorWriter {
  readonly #connection: DisplayConnection;
  readonly #randr: Extension;
  readonly #atoms = new Map<number, number>();

  constructor(connection: DisplayConnection, randr: Extension) {
    this.#connection = connection;
    this.#randr = randr;
  }

  /** Looks up what {@link set} and {@link delete} need for these. */
  async prepare(numbers: readonly number[]): Promise<void> {
    const unknown = numbers.filter((each) => !this.#atoms.has(each));
    if (unknown.length === 0) return;
    const atoms = await internAtoms(this.#connection, unknown.map(monitorName));
    for (const each of unknown) this.#atoms.set(each, atoms[monitorName(each)]!);
  }

  /**
   * Makes one, or gives one another place. It must be prepared.
   *
   * @param millimetres How large so many pixels are.
   */
  set(monitor: NewMonitor, millimetres: (pixels: number) => number): void {
    const { height, number, outputs, width, x, y } = monitor;
    const request = header(this.#randr, SET_MONITOR, 8 + INFO_OCTETS + 4 * outputs.length);
    request.writeUInt32LE(this.#connection.root >>> 0, 4);
    request.writeUInt32LE(this.#atoms.get(number)!, 8);
    request.writeUInt8(number === 1 ? 1 : 0, 12);
    request.writeUInt16LE(outputs.length, 14);
    request.writeInt16LE(x, 16);
    request.writeInt16LE(y, 18);
    request.writeUInt16LE(width, 20);
    request.writeUInt16LE(height, 22);
    request.writeUInt32LE(millimetres(width), 24);
    request.writeUInt32LE(millimetres(height), 28);
    outputs.forEach((output, index) => request.writeUInt32LE(output >>> 0, 32 + 4 * index));
    this.#send(request);
  }

  /** Removes one. It must be prepared. */
  delete(number: number): void {
    const request = header(this.#randr, DELETE_MONITOR, 12);
    request.writeUInt32LE(this.#connection.root >>> 0, 4);
    request.writeUInt32LE(this.#atoms.get(number)!, 8);
    this.#send(request);
  }

  #send(request: Buffer): void {
    const { client } = this.#connection;
    client.seq_num++;
    client.pack_stream.put(request);
    client.pack_stream.submit();
  }
}

function header(randr: Extension, opcode: number, octets: number): Buffer {
  const request = Buffer.alloc(octets);
  request.writeUInt8(randr.majorOpcode, 0);
  request.writeUInt8(opcode, 1);
  request.writeUInt16LE(octets / 4, 2);
  return request;
}

function unpackMonitors(body: Buffer): (Rectangle & { readonly atom: number })[] {
  const count = body.readUInt32LE(4);
  const monitors = [];
  for (let index = 0, at = 24; index < count; index++) {
    monitors.push({
      atom: body.readUInt32LE(at),
      x: body.readInt16LE(at + 8),
      y: body.readInt16LE(at + 10),
      width: body.readUInt16LE(at + 12),
      height: body.readUInt16LE(at + 14),
    });
    at += INFO_OCTETS + 4 * body.readUInt16LE(at + 6);
  }
  return monitors;
}
