/** The clipboard of a display: what programs copy, and what they are given to paste. */
import { getLogger } from "@logtape/logtape";
import { internAtoms } from "./atoms.ts";
import {
  CLIPBOARD_TYPES,
  type ClipboardType,
  fromProperty,
  TARGET_NAMES,
  TARGETS,
} from "./clipboard_types.ts";
import type { DisplayConnection, Extension } from "./connection.ts";
import { DisplayClosedError } from "./errors.ts";
import { type SelectionContent, SelectionOwner } from "./selection_owner.ts";
import { SelectionReader, SelectionRefusedError } from "./selection_reader.ts";

const log = getLogger(["skerry", "display", "clipboard"]);

/** XFIXES: all that ends or begins the ownership of a selection. */
const OWNERSHIP = 1 | 2 | 4;
/** Of TARGETS, in octets. */
const MOST_TARGETS = 64 * 1024;

export interface DisplayClipboardOptions {
  /** Whether the primary selection, what is marked and pasted by the middle button, counts, too. */
  readonly primary: boolean;
  /** The most octets that are read of a type. */
  readonly limit: number;
  /** A program has copied something. Of many copies in a row only the last may be reported. */
  onchange(content: SelectionContent): void;
}

/** Watches the clipboard of a display, and takes it over when asked to. */
export class DisplayClipboard implements AsyncDisposable {
  readonly #connection: DisplayConnection;
  readonly #options: DisplayClipboardOptions;
  readonly #resources: AsyncDisposableStack;
  readonly #fixes: Extension;
  readonly #reader: SelectionReader;
  readonly #owner: SelectionOwner;
  readonly #atoms: Readonly<Record<string, number>>;
  readonly #selections: readonly number[];
  readonly #names: ReadonlyMap<number, string>;
  readonly #stop = new AbortController();
  /** The selection that has changed and was not looked at yet. */
  #changed: number | undefined;
  #looking: Promise<void> | undefined;
  /** Counts the owners: what was copied before the last of them is gone. */
  #generation = 0;

  private constructor(
    connection: DisplayConnection,
    options: DisplayClipboardOptions,
    parts: {
      resources: AsyncDisposableStack;
      fixes: Extension;
      reader: SelectionReader;
      owner: SelectionOwner;
      atoms: Readonly<Record<string, number>>;
    },
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#resources = parts.resources;
    this.#fixes = parts.fixes;
    this.#reader = parts.reader;
    this.#owner = parts.owner;
    this.#atoms = parts.atoms;
    this.#names = new Map(Object.entries(parts.atoms).map(([name, atom]) => [atom, name]));
    const names = options.primary ? ["CLIPBOARD", "PRIMARY"] : ["CLIPBOARD"];
    this.#selections = names.map((name) => parts.atoms[name]!);
    this.#resources.defer(
      connection.on("SelectionNotify", (event) => {
        // The core event of that name answers a conversion.
        if (event.window !== this.#owner.window || event.subtype === undefined) return;
        this.#onowner(event.selection, event.owner);
      }),
    );
    for (const selection of this.#selections) {
      this.#fixes.SelectSelectionInput(this.#owner.window, selection, OWNERSHIP);
    }
  }

  /**
   * Starts to watch.
   *
   * @throws {ExtensionMissingError} The server lacks XFIXES.
   * @throws {DisplayClosedError} The connection ended.
   */
  static async open(
    connection: DisplayConnection,
    options: DisplayClipboardOptions,
  ): Promise<DisplayClipboard> {
    await using resources = new AsyncDisposableStack();
    const fixes = await connection.extension("fixes", "XFIXES");
    const reader = await SelectionReader.open(connection);
    const owner = resources.use(await SelectionOwner.open(connection));
    const names = ["CLIPBOARD", "PRIMARY", "TARGETS", "STRING", ...TARGET_NAMES];
    const atoms = await internAtoms(connection, names);
    const parts = { resources: resources.move(), fixes, reader, owner, atoms };
    const clipboard = new DisplayClipboard(connection, options, parts);
    await connection.sync();
    return clipboard;
  }

  /**
   * Puts something into the clipboard. Programs that paste it are given it when they ask.
   *
   * @throws {DisplayClosedError} The connection ended.
   */
  async put(content: SelectionContent): Promise<void> {
    this.#generation++;
    this.#changed = undefined;
    await this.#owner.own(this.#selections, content);
  }

  /**
   * What is in the clipboard now, if a program has put it there.
   *
   * @returns undefined if there is nothing in it of a known type.
   * @throws {DisplayClosedError} The connection ended.
   */
  async content(): Promise<SelectionContent | undefined> {
    const [selection] = this.#selections;
    const owner = this.#connection.request<number>((client, done) =>
      client.GetSelectionOwner(selection, done)
    );
    this.#connection.flush();
    if ([0, this.#owner.window].includes(await owner)) return undefined;
    return await this.#look(selection!);
  }

  #onowner(selection: number, owner: number): void {
    if (owner === this.#owner.window) return;
    this.#generation++;
    if (owner === 0) return;
    this.#changed = selection;
    this.#looking ??= this.#lookAtAll().finally(() => this.#looking = undefined);
  }

  /** Looks until nothing came in between: of many changes in a row the last counts. */
  async #lookAtAll(): Promise<void> {
    for (let selection = this.#changed; selection; selection = this.#changed) {
      this.#changed = undefined;
      try {
        const content = await this.#look(selection);
        if (content && this.#changed === undefined) this.#options.onchange(content);
      } catch (error) {
        if (this.#stop.signal.aborted || error instanceof DisplayClosedError) return;
        log.warn("What was copied cannot be looked at: {error}", { error });
      }
    }
  }

  async #look(selection: number): Promise<SelectionContent | undefined> {
    const generation = this.#generation;
    const targets = await this.#targets(selection);
    const found = new Map<ClipboardType, number>();
    for (const type of CLIPBOARD_TYPES) {
      const target = TARGETS[type].map((name) => this.#atoms[name]!).find((atom) =>
        targets.has(atom)
      );
      if (target !== undefined) found.set(type, target);
    }
    if (found.size === 0 || generation !== this.#generation) return undefined;
    return {
      types: [...found.keys()],
      read: async (type) => {
        const target = found.get(type);
        if (target === undefined) {
          throw new SelectionRefusedError(`What was copied is not to be had as ${type}`);
        }
        const octets = await this.#read(selection, target);
        // Another program may have answered, with something else.
        if (generation === this.#generation) return octets;
        throw new SelectionRefusedError("Something else was copied meanwhile");
      },
    };
  }

  async #targets(selection: number): Promise<ReadonlySet<number>> {
    const options = { limit: MOST_TARGETS, signal: this.#stop.signal };
    try {
      const { octets } = await this.#reader.read(selection, this.#atoms.TARGETS!, options);
      const view = new DataView(octets.buffer, octets.byteOffset, octets.length & ~3);
      return new Set(
        Array.from({ length: view.byteLength / 4 }, (_, i) => view.getUint32(4 * i, true)),
      );
    } catch (error) {
      if (!(error instanceof SelectionRefusedError)) throw error;
      // Very old programs do not know the question, and then have text.
      return new Set([this.#atoms.STRING!]);
    }
  }

  async #read(selection: number, target: number): Promise<Uint8Array> {
    const { limit } = this.#options;
    const value = await this.#reader.read(selection, target, { limit, signal: this.#stop.signal });
    const image = target === this.#atoms["image/png"];
    return image ? value.octets : fromProperty(value.octets, this.#names.get(value.type) ?? "");
  }

  /** Lets go of the clipboard. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new DisplayClosedError(this.#connection.display));
    if (this.#connection.open) {
      for (const selection of this.#selections) {
        this.#fixes.SelectSelectionInput(this.#owner.window, selection, 0);
      }
    }
    await this.#looking;
    await this.#resources[Symbol.asyncDispose]();
  }
}
