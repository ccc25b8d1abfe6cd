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
import type { Transfer, TransferHost, TransferState } from "./transfer.ts";
import { UploadTransfer } from "./upload_transfer.ts";

/** Transfers at a time; others wait for their turn. */
const MOST_RUNNING = 3;

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
  readonly #host: TransferHost = {
    say: (message) => this.#say(message),
    write: (message) => this.#writer.write(encodeFilesViewerMessage(message)),
    changed: () => this.#changeSoon(),
  };
  #state = NO_FILES;
  #lastId = 0;
  #lastKey = 0;
  /** The question for the entries of a directory that was asked last. */
  #question: number | undefined;
  #due = false;

  constructor({ changed, channel }: { changed(state: FilesState): void; channel: Channel }) {
    this.#changed = changed;
    this.#writer = new ChannelWriter(channel);
    channel.onmessage = (octets) => this.#onmessage(decodeFilesServerMessage(octets));
  }

  get state(): FilesState {
    return this.#state;
  }

  /** Sends files to the server, one after the other if they are many. */
  upload(files: Iterable<File>): void {
    for (const file of files) {
      const key = ++this.#lastKey;
      this.#transfers.set(key, new UploadTransfer(this.#host, key, file));
    }
    this.#changeSoon();
  }

  /** Fetches a file of the directory that is listed. Call it in a click. */
  async download({ name, size }: FilesEntry): Promise<void> {
    const path = this.#pathOf(name);
    const key = ++this.#lastKey;
    try {
      const target = await openSaveTarget(name, size);
      const transfer = new DownloadTransfer(this.#host, key, { path, name, size, target });
      this.#transfers.set(key, transfer);
    } catch (error) {
      if (error instanceof SaveCancelledError) return;
      if (!(error instanceof SaveTooLargeError)) throw error;
      this.#update({ listing: { ...this.#state.listing!, problem: error.message } });
    }
    this.#changeSoon();
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
    const { match, path } = listing;
    this.#say({ kind: "list", id, path, offset, ...match === "" ? {} : { match } });
  }

  #onmessage(message: FilesServerMessage): void {
    if (message.kind === "hello") return this.#onhello(message);
    if (message.kind === "listing") return this.#onlisting(message);
    if (message.kind === "failed" && message.id === this.#question) {
      const { listing } = this.#state;
      const problem = message.detail;
      if (listing) this.#update({ listing: { ...listing, entries: [], total: 0, problem } });
      return;
    }
    const transfer = [...this.#transfers.values()].find(({ id }) => id === message.id);
    if (transfer === undefined) return;
    transfer.handle(message);
    // What has come is in the list.
    const { direction, phase } = transfer.state;
    if (message.kind === "done" && direction === "up" && phase === "done") this.#refresh();
  }

  #onhello(allowed: Extract<FilesServerMessage, { kind: "hello" }>): void {
    this.#writer.clear();
    for (const transfer of this.#transfers.values()) {
      if (!transfer.over) transfer.forgotten();
    }
    this.#update({ allowed });
    this.#refresh();
    this.#changeSoon();
  }

  #refresh(): void {
    if (this.#state.listing?.path === "") this.list();
  }

  #onlisting(message: Extract<FilesServerMessage, { kind: "listing" }>): void {
    const { listing } = this.#state;
    if (message.id !== this.#question || listing === undefined) return;
    const before = message.offset === 0 ? [] : listing.entries;
    const entries = [...before, ...message.entries];
    const known = Math.min(message.offset + LISTING_ENTRIES, message.total);
    this.#update({ listing: { ...listing, entries, known, total: message.total } });
  }

  #say(message: FilesViewerMessage): void {
    this.#writer.say(encodeFilesViewerMessage(message));
  }

  /** Progress is told once a frame at most. */
  #changeSoon(): void {
    this.#next();
    if (this.#due) return;
    this.#due = true;
    setTimeout(() => {
      this.#due = false;
      const transfers = [...this.#transfers.values()].map(({ state }) => state);
      this.#update({ transfers });
    }, 50);
  }

  /** Begins what waits for its turn. Each that begins says that it has changed, and so comes here, too. */
  #next(): void {
    const { allowed } = this.#state;
    const all = [...this.#transfers.values()];
    if (all.filter(({ id }) => id !== undefined).length >= MOST_RUNNING) return;
    const next = all.find(({ state: { direction, phase } }) =>
      phase === "waiting" && (direction === "up" ? allowed?.upload : allowed?.download)
    );
    next?.begin(++this.#lastId);
  }

  #update(state: Partial<FilesState>): void {
    this.#state = { ...this.#state, ...state };
    this.#changed(this.#state);
  }
}
