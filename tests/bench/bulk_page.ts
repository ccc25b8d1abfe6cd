/**
 * Runs in Skerry's page, before its own script: sends files both ways by the page's own channel, at the
 * page's own priorities, for as long as a bench wants.
 *
 * @module
 */
import { ChannelWriter } from "../../src/protocol/channel_writer.ts";
import {
  decodeFilesServerMessage,
  encodeFilesViewerMessage,
  FILE_PIECE_OCTETS,
  type FilesServerMessage,
  WINDOW_OCTETS,
} from "../../src/protocol/files_message.ts";
import { PageChannels } from "../../web/channels.ts";
import type { FromWorker } from "../../web/messages.ts";

/** What the bench calls by the debugger. */
export interface BulkPage {
  download(path: string): void;
  upload(name: string, size: number): void;
  /** Gives up what is under way. */
  stop(): void;
  /** Octets of files that have come, or that the server has stored. */
  octets(): number;
  /** What went wrong, if anything. */
  failure(): string | undefined;
}

/** How often the server is told what was taken, in octets. */
const TAKEN_INTERVAL = WINDOW_OCTETS / 16;

class Bulk implements BulkPage {
  readonly #writer: ChannelWriter;
  #id = 4_000_000_000; // far from the page's own
  #octets = 0;
  #settled = 0;
  #told = 0;
  #size = 0;
  #stored = 0;
  #wake: (() => void) | undefined;
  #failure: string | undefined;

  constructor(worker: Worker) {
    const channels = new PageChannels((message) => worker.postMessage(message));
    const channel = channels.open("files");
    this.#writer = new ChannelWriter(channel);
    channel.onmessage = (octets) => this.#handle(decodeFilesServerMessage(octets));
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (data.type !== "channel" && data.type !== "channel-delivered") return;
      if (data.kind === "files") channels.handle(data);
    });
  }

  download(path: string): void {
    this.#begin();
    this.#writer.say(
      encodeFilesViewerMessage({ kind: "download", id: this.#id, path, offset: 0 }),
    );
  }

  upload(name: string, size: number): void {
    this.#begin();
    this.#size = size;
    this.#writer.say(
      encodeFilesViewerMessage({ kind: "upload", id: this.#id, name, size, modified: 0 }),
    );
  }

  stop(): void {
    this.#writer.say(encodeFilesViewerMessage({ kind: "cancel", id: this.#id, discard: true }));
    this.#begin();
  }

  octets(): number {
    return this.#octets;
  }

  failure(): string | undefined {
    return this.#failure;
  }

  #begin(): void {
    this.#id++;
    this.#settled = this.#octets;
    this.#told = this.#stored = 0;
    this.#wake?.();
  }

  #handle(message: FilesServerMessage): void {
    if (message.kind === "hello" || message.kind === "listing" || message.id !== this.#id) return;
    if (message.kind === "data") this.#take(message.offset + message.octets.length);
    else if (message.kind === "begin" && this.#size > 0) this.#send(this.#id, message.size);
    else if (message.kind === "stored") {
      this.#stored = message.octets;
      this.#octets = this.#settled + message.octets;
      this.#wake?.();
    } else if (message.kind === "failed") this.#failure = `${message.reason}: ${message.detail}`;
  }

  #take(octets: number): void {
    this.#octets = this.#settled + octets;
    if (octets - this.#told < TAKEN_INTERVAL) return;
    this.#told = octets;
    this.#writer.say(encodeFilesViewerMessage({ kind: "taken", id: this.#id, octets }));
  }

  async #send(id: number, size: number): Promise<void> {
    this.#size = 0;
    const piece = crypto.getRandomValues(new Uint8Array(FILE_PIECE_OCTETS));
    for (let offset = 0; offset < size && this.#id === id;) {
      if (offset - this.#stored > WINDOW_OCTETS - FILE_PIECE_OCTETS) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        continue;
      }
      const octets = piece.subarray(0, Math.min(piece.length, size - offset));
      await this.#writer.write(encodeFilesViewerMessage({ kind: "data", id, offset, octets }));
      offset += octets.length;
    }
  }
}

const scope = globalThis as unknown as { Worker: typeof Worker; bulk?: BulkPage };
const RealWorker = Worker;
scope.Worker = class extends RealWorker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    scope.bulk ??= new Bulk(this);
  }
};
