/**
 * The page's side of files: what is in the server's directory, and what goes there or comes from there.
 * Transfers that were cut off go on when the server is back; after the page was loaded anew, when the same
 * file is given again.
 *
 * @module
 */

import type { Channel } from "../../src/protocol/channel.ts";
import { ChannelWriter } from "../../src/protocol/channel_writer.ts";
import {
  decodeFilesServerMessage,
  encodeFilesViewerMessage,
  type FilesEntry,
  type FilesHello,
  type FilesServerMessage,
  type FilesViewerMessage,
  LISTING_ENTRIES,
} from "../../src/protocol/files_message.ts";
import { DownloadTransfer } from "./download_transfer.ts";
import { openSaveTarget, SaveCancelledError, SaveTooLargeError } from "./save_target.ts";
import { MOST_SHOWN } from "./shown_transfers.ts";
import type { Transfer, TransferHost, TransferState } from "./transfer.ts";
import { UnreadableTransfer } from "./unreadable_transfer.ts";
import { UploadTransfer } from "./upload_transfer.ts";

/** Transfers at a time; others wait for their turn. */
const MOST_RUNNING = 3;
/** Up to so many octets, a file takes round trips rather than the line: more go at a time. */
const SMALL_OCTETS = 256 * 1024;
/** Small files that count as one that is not. */
const SMALL_AS_ONE = 4;
/** At least between one listing and the next that nobody has asked for, in ms. */
const REFRESH_PAUSE = 1000;

/** A directory of the server's, as far as it is known. */
export interface Listing {
  /** From the shared directory, parts divided by slashes. */
  readonly path: string;
  /** What the names must have in them; empty for all names. */
  readonly match: string;
  readonly entries: readonly FilesEntry[];
  /** How many names have been asked for, and how many there are. */
  readonly known: number;
  readonly total: number | undefined;
  /** In the server's words. */
  readonly problem: string;
}

export interface FilesState {
  /** What the server allows; undefined before it has said so, or if it has no files. */
  readonly allowed: FilesHello | undefined;
  readonly listing: Listing | undefined;
  /** The oldest first. */
  readonly transfers: readonly TransferState[];
}

export const NO_FILES: FilesState = { allowed: undefined, listing: undefined, transfers: [] };

export class PageFiles {
  readonly #writer: ChannelWriter;
  readonly #changed: (state: FilesState) => void;
  readonly #transfers = new Map<number, Transfer>();
  /** Of the transfers, those that the server knows of, and those that wait for their turn. */
  readonly #running = new Set<Transfer>();
  readonly #waiting = new Set<Transfer>();
  readonly #host: TransferHost = {
    say: (message) => this.#say(message),
    write: (message) => this.#writer.write(encodeFilesViewerMessage(message)),
    changed: (transfer) => this.#transferChanged(transfer),
  };
  #state = NO_FILES;
  #lastId = 0;
  #lastKey = 0;
  /** The question for the entries of a directory that was asked last and is not answered yet. */
  #question: number | undefined;
  /** When that was asked, by `performance.now()`. */
  #asked = -Infinity;
  #refreshDue = false;
  #nextDue = false;
  #due = false;

  constructor({ changed, channel }: { changed(state: FilesState): void; channel: Channel }) {
    this.#changed = changed;
    this.#writer = new ChannelWriter(channel);
    channel.onmessage = (octets) => this.#onmessage(decodeFilesServerMessage(octets));
  }

  get state(): FilesState {
    return this.#state;
  }

  /**
   * Sends files to the server, one after the other if they are many.
   *
   * @param folder The directory there that they go in, parts divided by slashes.
   */
  upload(files: Iterable<File>, folder = ""): void {
    for (const file of files) {
      this.#add(new UploadTransfer(this.#host, ++this.#lastKey, { file, folder }));
    }
  }

  /** Tells of what was to be uploaded that the browser cannot read it. */
  unreadable(path: string): void {
    this.#add(new UnreadableTransfer(this.#host, ++this.#lastKey, path));
  }

  /** Fetches a file of the directory that is listed. Call it in a click. */
  async download({ name, size }: FilesEntry): Promise<void> {
    const path = this.#pathOf(name);
    const key = ++this.#lastKey;
    try {
      const target = await openSaveTarget(name, size);
      this.#add(new DownloadTransfer(this.#host, key, { path, name, size, target }));
    } catch (error) {
      if (error instanceof SaveCancelledError) return;
      if (!(error instanceof SaveTooLargeError)) throw error;
      this.#update({ listing: { ...this.#state.listing!, problem: error.message } });
    }
  }

  pause(key: number): void {
    this.#transfers.get(key)?.pause();
  }

  resume(key: number): void {
    this.#transfers.get(key)?.resume();
  }

  /** Tries again what has failed, from where it was. */
  retry(key: number): void {
    this.#transfers.get(key)?.retry();
  }

  /** Ends a transfer, or takes one that is over off the list. */
  remove(key: number): void {
    this.#transfers.get(key)?.cancel();
    this.#transfers.delete(key);
    this.#changeSoon();
  }

  /** Ends all transfers, and takes them off the list. */
  removeAll(): void {
    for (const key of [...this.#transfers.keys()]) this.remove(key);
  }

  /** Takes all transfers that are done off the list. */
  removeDone(): void {
    for (const [key, { state }] of [...this.#transfers]) {
      if (state.phase === "done") this.remove(key);
    }
  }

  /** Lists a directory, or what is listed already, again. */
  list(path?: string): void {
    const { listing } = this.#state;
    const match = path === undefined ? listing?.match ?? "" : "";
    this.#begin(path ?? listing?.path ?? "", match);
  }

  /** Lists of the directory that is listed only what has this in its name. */
  find(match: string): void {
    this.#begin(this.#state.listing?.path ?? "", match.slice(0, 255));
  }

  /** Lists a directory of the one that is listed. */
  enter(name: string): void {
    this.list(this.#pathOf(name));
  }

  /** Asks for the next entries of the directory that is listed. */
  more(): void {
    const { listing } = this.#state;
    if (listing?.total !== undefined && listing.known < listing.total) this.#ask(listing.known);
  }

  #begin(path: string, match: string): void {
    const { listing } = this.#state;
    // What is shown stays until there is something else, or it would flicker.
    const entries = listing?.path === path ? listing.entries : [];
    this.#update({ listing: { path, match, entries, known: 0, total: undefined, problem: "" } });
    this.#ask(0);
  }

  #pathOf(name: string): string {
    const path = this.#state.listing?.path ?? "";
    return path === "" ? name : `${path}/${name}`;
  }

  #ask(offset: number): void {
    const { allowed, listing } = this.#state;
    if (!allowed?.download || listing === undefined) return;
    const id = this.#question = ++this.#lastId;
    this.#asked = performance.now();
    const { match, path } = listing;
    this.#say({ kind: "list", id, path, offset, ...match === "" ? {} : { match } });
  }

  #onmessage(message: FilesServerMessage): void {
    if (message.kind === "hello") return this.#onhello(message);
    if (message.kind === "listing") return this.#onlisting(message);
    if (message.kind === "failed" && message.id === this.#question) {
      this.#question = undefined;
      const { listing } = this.#state;
      const problem = message.detail;
      if (listing) this.#update({ listing: { ...listing, entries: [], total: 0, problem } });
      return;
    }
    const transfer = [...this.#running].find(({ id }) => id === message.id);
    if (transfer === undefined) return;
    transfer.handle(message);
    // What has come is in the list.
    const { direction, phase } = transfer.state;
    if (message.kind === "done" && direction === "up" && phase === "done") this.#refresh();
  }

  #onhello(allowed: Extract<FilesServerMessage, { kind: "hello" }>): void {
    this.#writer.clear();
    for (const transfer of this.#transfers.values()) {
      // What was under way is first again.
      this.#waiting.delete(transfer);
      if (!transfer.over) transfer.forgotten();
      this.#place(transfer);
    }
    this.#update({ allowed });
    const { listing } = this.#state;
    // What was asked before will not be answered.
    if (listing?.path === "" || this.#question !== undefined) this.list();
    this.#changeSoon();
  }

  /** Lists again what is shown, soon: of many files that come, not each, nor before there was an answer. */
  #refresh(): void {
    if (this.#refreshDue || this.#state.listing?.path !== "") return;
    this.#refreshDue = true;
    setTimeout(() => {
      this.#refreshDue = false;
      if (this.#question !== undefined) this.#refresh();
      // What is shown stays until there is the answer, or "Loading…" would flicker.
      else if (this.#state.listing?.path === "") this.#ask(0);
    }, Math.max(this.#asked + REFRESH_PAUSE - performance.now(), 0));
  }

  #onlisting(message: Extract<FilesServerMessage, { kind: "listing" }>): void {
    const { listing } = this.#state;
    if (message.id !== this.#question || listing === undefined) return;
    this.#question = undefined;
    const before = message.offset === 0 ? [] : listing.entries;
    const entries = [...before, ...message.entries];
    const known = Math.min(message.offset + LISTING_ENTRIES, message.total);
    this.#update({ listing: { ...listing, entries, known, total: message.total } });
  }

  #say(message: FilesViewerMessage): void {
    this.#writer.say(encodeFilesViewerMessage(message));
  }

  #add(transfer: Transfer): void {
    this.#transfers.set(transfer.state.key, transfer);
    this.#transferChanged(transfer);
  }

  #transferChanged(transfer: Transfer): void {
    this.#place(transfer);
    this.#changeSoon();
  }

  /** Of many thousands, those must be found at once that matter. */
  #place(transfer: Transfer): void {
    if (transfer.id === undefined) this.#running.delete(transfer);
    else this.#running.add(transfer);
    if (transfer.state.phase === "waiting") this.#waiting.add(transfer);
    else this.#waiting.delete(transfer);
  }

  /** Progress is told once a frame at most; that of more than are shown, as often as it can be read. */
  #changeSoon(): void {
    this.#nextSoon();
    if (this.#due) return;
    this.#due = true;
    setTimeout(() => {
      this.#due = false;
      const transfers = [...this.#transfers.values()].map(({ state }) => state);
      this.#update({ transfers });
    }, this.#transfers.size > MOST_SHOWN ? 250 : 50);
  }

  /** Begins what waits for its turn, once all is told that happens now. */
  #nextSoon(): void {
    if (this.#nextDue) return;
    this.#nextDue = true;
    queueMicrotask(() => {
      this.#nextDue = false;
      this.#next();
    });
  }

  #next(): void {
    const { allowed } = this.#state;
    let load = [...this.#running].reduce((sum, transfer) => sum + loadOf(transfer), 0);
    for (const transfer of this.#waiting) {
      if (!(transfer.state.direction === "up" ? allowed?.upload : allowed?.download)) continue;
      load += loadOf(transfer);
      if (load > MOST_RUNNING) return;
      transfer.begin(++this.#lastId);
    }
  }

  #update(state: Partial<FilesState>): void {
    this.#state = { ...this.#state, ...state };
    this.#changed(this.#state);
  }
}

/** How much a transfer is of those that may run. */
function loadOf({ state }: Transfer): number {
  return state.size <= SMALL_OCTETS ? 1 / SMALL_AS_ONE : 1;
}
