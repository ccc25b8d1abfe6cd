/** Owning a selection, and giving other programs what it holds (ICCCM 2.0 §2.1, §2.2, §2.7.2). */
import { Buffer } from "node:buffer";
import { getLogger } from "@logtape/logtape";
import { internAtoms } from "./atoms.ts";
import {
  CLIPBOARD_TYPES,
  type ClipboardType,
  TARGET_NAMES,
  TARGETS,
  toLatin1,
} from "./clipboard_types.ts";
import type { DisplayConnection } from "./connection.ts";
import { IncrementalSend } from "./incremental_send.ts";
import type { XEvent } from "./x11_client.ts";

const log = getLogger(["skerry", "display", "clipboard"]);

/** Predefined atoms (X11 protocol, appendix B). */
const ATOM = 4;
const INTEGER = 19;
const STRING = 31;
const ANY_TYPE = 0;
const NONE = 0;

const PROPERTY_CHANGE = 0x400000;
const INPUT_ONLY = 2;
const REPLACE = 0;
const APPEND = 2;
/** What is larger goes in pieces; requests hold 256 KiB. */
const WHOLE_OCTETS = 64 * 1024;
/** Of MULTIPLE, at a time. */
const MOST_PAIRS = 64;

const NAMES = ["TARGETS", "TIMESTAMP", "MULTIPLE", "ATOM_PAIR", "INCR", "SKERRY_TIME"] as const;
type Atoms = Readonly<Record<string, number>>;

/** What a selection is to hold. */
export interface SelectionContent {
  readonly types: readonly ClipboardType[];
  /** Gives it; text in UTF-8. What it rejects with, programs see as a refusal. */
  read(type: ClipboardType): Promise<Uint8Array>;
}

/** A window that owns selections on behalf of others. */
export class SelectionOwner implements AsyncDisposable {
  /** The owner as others see it. */
  readonly window: number;
  readonly #connection: DisplayConnection;
  readonly #atoms: Atoms;
  /** Which type a target stands for. */
  readonly #types: ReadonlyMap<number, ClipboardType>;
  readonly #stop: (() => void)[];
  /** What each selection holds, and since when in the server's time. */
  readonly #held = new Map<number, { content: SelectionContent; time: number }>();
  readonly #sending = new Set<IncrementalSend>();

  private constructor(connection: DisplayConnection, atoms: Atoms) {
    this.#connection = connection;
    this.#atoms = atoms;
    this.#types = new Map(
      CLIPBOARD_TYPES.flatMap((type) => TARGETS[type].map((name) => [atoms[name]!, type] as const)),
    );
    const { client, root } = connection;
    this.window = client.AllocID();
    client.CreateWindow(this.window, root, 0, 0, 1, 1, 0, 0, INPUT_ONLY, 0, {
      eventMask: PROPERTY_CHANGE,
    });
    this.#stop = [
      connection.on("SelectionRequest", (event) => {
        if (event.owner === this.window) this.#onrequest(event);
      }),
      connection.on("SelectionClear", ({ owner, selection }) => {
        if (owner === this.window) this.#held.delete(selection);
      }),
    ];
  }

  static async open(connection: DisplayConnection): Promise<SelectionOwner> {
    const atoms = await internAtoms(connection, [...NAMES, ...TARGET_NAMES]);
    return new SelectionOwner(connection, atoms);
  }

  /**
   * Takes selections over, whoever had them.
   *
   * @param selections The atoms of their names.
   * @throws {DisplayClosedError} The connection ended.
   */
  async own(selections: readonly number[], content: SelectionContent): Promise<void> {
    const time = await this.#now();
    const { client } = this.#connection;
    for (const selection of selections) {
      this.#held.set(selection, { content, time });
      client.SetSelectionOwner(this.window, selection, time);
    }
    await this.#connection.sync();
  }

  /** Whether a selection is still held. */
  owns(selection: number): boolean {
    return this.#held.has(selection);
  }

  /** The server's time: what else than it could have owned the selection at the same moment? */
  async #now(): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const atom = this.#atoms.SKERRY_TIME!;
    const stop = this.#connection.on("PropertyNotify", (event) => {
      if (event.wid === this.window && event.atom === atom) resolve(event.time);
    });
    try {
      const { client } = this.#connection;
      client.ChangeProperty(APPEND, this.window, atom, INTEGER, 32, Buffer.alloc(0));
      await this.#connection.sync();
      return await promise;
    } finally {
      stop();
    }
  }

  #onrequest(event: XEvent): void {
    this.#answer(event).catch((error: unknown) =>
      log.debug("A program was not given what it asked for: {error}", { error })
    );
  }

  async #answer(event: XEvent): Promise<void> {
    const { requestor, selection, target, time } = event;
    // Obsolete clients name no property.
    const property = event.property === NONE ? target : event.property;
    const held = this.#held.get(selection);
    let done = false;
    try {
      if (held !== undefined) {
        done = target === this.#atoms.MULTIPLE
          ? await this.#convertAll(held, requestor, property)
          : await this.#convert(held, { requestor, target, property });
      }
    } finally {
      this.#notify({ requestor, selection, target, time, property: done ? property : NONE });
    }
  }

  /** @returns Whether the target could be put on the requestor's property. */
  async #convert(
    { content, time }: { content: SelectionContent; time: number },
    { requestor, target, property }: { requestor: number; target: number; property: number },
  ): Promise<boolean> {
    const { TIMESTAMP, TARGETS: TARGETS_ATOM } = this.#atoms;
    if (target === TARGETS_ATOM) {
      this.#put(requestor, property, ATOM, this.#targets(content));
      return true;
    }
    if (target === TIMESTAMP) {
      this.#put(requestor, property, INTEGER, [time]);
      return true;
    }
    const type = this.#types.get(target);
    if (type === undefined || !content.types.includes(type)) return false;
    const octets = await content.read(type);
    if (!this.#connection.open) return false;
    this.#give(requestor, property, target, octets);
    return true;
  }

  #targets({ types }: SelectionContent): number[] {
    const names = ["TARGETS", "TIMESTAMP", "MULTIPLE", ...types.flatMap((type) => TARGETS[type])];
    return names.map((name) => this.#atoms[name]!);
  }

  /** Puts a value on a property, in pieces if it is large. */
  #give(requestor: number, property: number, target: number, octets: Uint8Array): void {
    const latin1 = target === STRING;
    // TEXT leaves the choice to us.
    const type = target === this.#atoms.TEXT ? this.#atoms.UTF8_STRING! : target;
    const value = latin1 ? toLatin1(octets) : octets;
    const { client } = this.#connection;
    if (value.length <= WHOLE_OCTETS) {
      client.ChangeProperty(REPLACE, requestor, property, type, 8, Buffer.from(value));
      return;
    }
    const sending = new IncrementalSend(this.#connection, {
      requestor,
      property,
      type,
      incr: this.#atoms.INCR!,
      octets: value,
      onend: () => this.#sending.delete(sending),
    });
    this.#sending.add(sending);
  }

  async #convertAll(
    held: { content: SelectionContent; time: number },
    requestor: number,
    property: number,
  ): Promise<boolean> {
    const reply = this.#connection.request<{ data: Buffer; format: number }>((client, done) =>
      client.GetProperty(0, requestor, property, ANY_TYPE, 0, 2 * MOST_PAIRS, done)
    );
    this.#connection.flush();
    const { data, format } = await reply;
    if (format !== 32) return false;
    const atoms = Array.from({ length: data.length >> 2 }, (_, i) => data.readUInt32LE(4 * i));
    for (let i = 0; i + 1 < atoms.length; i += 2) {
      const [target, into] = [atoms[i]!, atoms[i + 1]!];
      const request = { requestor, target, property: into };
      const done = await this.#convert(held, request).catch(() => false);
      if (!done) atoms[i + 1] = NONE;
    }
    this.#put(requestor, property, this.#atoms.ATOM_PAIR!, atoms);
    return true;
  }

  #put(window: number, property: number, type: number, values: readonly number[]): void {
    this.#connection.client.ChangeProperty(REPLACE, window, property, type, 32, [...values]);
  }

  #notify(answer: {
    requestor: number;
    selection: number;
    target: number;
    time: number;
    property: number;
  }): void {
    if (!this.#connection.open) return;
    const event = { name: "SelectionNotify", seq: 0, ...answer };
    this.#connection.client.SendEvent(answer.requestor, 0, 0, event);
    this.#connection.flush();
  }

  // deno-lint-ignore require-await -- nothing to wait for: the window takes the selections along
  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stop) stop();
    for (const sending of this.#sending) sending[Symbol.dispose]();
    this.#held.clear();
    if (!this.#connection.open) return;
    this.#connection.client.DestroyWindow(this.window);
    this.#connection.flush();
  }
}
