/**
 * A file on its way, up or down, as the page shows it.
 *
 * @module
 */

import type {
  FileData,
  FilesFailure,
  FilesServerMessage,
  FilesViewerMessage,
} from "../../src/protocol/files_message.ts";

/** Why a transfer has failed: in the server's words, or the browser's. */
export interface TransferProblem {
  readonly reason: FilesFailure | "too-large" | "unreadable" | "unwritable";
  readonly detail: string;
}

export interface TransferState {
  /** Stays the same for as long as the page knows the transfer. */
  readonly key: number;
  readonly direction: "up" | "down";
  readonly name: string;
  /** In octets. */
  readonly size: number;
  /** What the other end has stored; in octets. */
  readonly stored: number;
  readonly phase: "waiting" | "running" | "paused" | "done" | "failed";
  readonly problem: TransferProblem | undefined;
  /** Whether it can be tried again. */
  readonly repeatable: boolean;
}

/** What transfers use of the page's end of the channel. */
export interface TransferHost {
  say(message: FilesViewerMessage): void;
  /** @returns Resolves when there is room for more. */
  write(message: FileData): Promise<void>;
  changed(transfer: Transfer): void;
}

export abstract class Transfer {
  protected readonly host: TransferHost;
  #state: TransferState;
  /** The server's number for it; undefined while it does not know of it. */
  #id: number | undefined;
  #wake: (() => void) | undefined;

  constructor(
    host: TransferHost,
    state: Pick<TransferState, "key" | "direction" | "name" | "size">,
  ) {
    this.host = host;
    this.#state = {
      ...state,
      stored: 0,
      phase: "waiting",
      problem: undefined,
      repeatable: state.direction === "up",
    };
  }

  get state(): TransferState {
    return this.#state;
  }

  get id(): number | undefined {
    return this.#id;
  }

  get over(): boolean {
    return this.#state.phase === "done" || this.#state.phase === "failed";
  }

  /** Asks the server to begin, or to go on. */
  begin(id: number): void {
    this.#id = id;
    this.update({ phase: "running" });
    this.request(id);
  }

  /** The server does not know of it any more: it is to be begun anew. */
  forgotten(): void {
    this.#id = undefined;
    if (this.#state.phase === "running") this.update({ phase: "waiting" });
    this.wake();
  }

  pause(): void {
    if (this.#state.phase === "running" || this.#state.phase === "waiting") {
      this.update({ phase: "paused" });
    }
  }

  /** Goes on after a pause. */
  resume(): void {
    if (this.#state.phase !== "paused") return;
    this.update({ phase: this.#id === undefined ? "waiting" : "running" });
    this.wake();
  }

  /** Gives it up for good. */
  cancel(): void {
    if (this.over) return;
    if (this.#id !== undefined) this.host.say({ kind: "cancel", id: this.#id, discard: true });
    this.end({ phase: "failed" });
  }

  /** Tries again after it has failed. */
  retry(): void {
    if (this.#state.phase !== "failed" || !this.#state.repeatable) return;
    this.update({ phase: "waiting", problem: undefined });
  }

  abstract handle(message: FilesServerMessage): void;
  /** Asks the server for it. */
  protected abstract request(id: number): void;
  /** Lets go of everything. */
  protected abstract release(): void;

  protected fail(problem: TransferProblem): void {
    if (this.over) return;
    this.end({ phase: "failed", problem });
  }

  /** It is over, as the state says. */
  protected end(state: Partial<TransferState>): void {
    this.#id = undefined;
    this.update(state);
    this.wake();
    this.release();
  }

  protected update(state: Partial<TransferState>): void {
    this.#state = { ...this.#state, ...state };
    this.host.changed(this);
  }

  /** Waits until something has happened. */
  protected async change(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake = resolve);
  }

  protected wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
