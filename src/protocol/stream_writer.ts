/**
 * Writes to a stream of octets one write at a time; what is written meanwhile goes out together.
 *
 * @module
 */

/** What is written to: a part of WritableStreamDefaultWriter. */
export interface OctetSink {
  write(octets: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends the stream. */
  close(): Promise<void>;
  /** Ends the stream as soon as can be, its octets being of no use. */
  abort(): Promise<void>;
}

/** The most that goes out in one write, unless it was given in one. */
const WRITE_OCTETS = 256 * 1024;

export class StreamWriter {
  readonly #sink: Promise<OctetSink>;
  readonly #onfailure: (error: unknown) => void;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #unsent = 0;
  #ending: "close" | "abort" | undefined;
  #running = false;
  #failed = false;
  readonly #ended = Promise.withResolvers<void>();

  /**
   * @param sink What to write to, once it is there.
   * @param onfailure Called once if the stream fails, or could not be had.
   */
  constructor(sink: OctetSink | Promise<OctetSink>, onfailure: (error: unknown) => void) {
    this.#sink = Promise.resolve(sink);
    this.#onfailure = onfailure;
  }

  /** Octets that were written and are still held back. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Resolves when the stream has been ended, or has failed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** @param octets They are not to be changed any more. */
  write(octets: Uint8Array<ArrayBuffer>): void {
    if (this.#failed || this.#ending !== undefined) return;
    this.#queue.push(octets);
    this.#unsent += octets.length;
    this.#start();
  }

  /** Ends the stream behind what was written. */
  close(): void {
    this.#ending ??= "close";
    this.#start();
  }

  /** Ends the stream; what is held back is forgotten. */
  abort(): void {
    if (this.#ending === "abort") return;
    this.#ending = "abort";
    this.#queue = [];
    this.#unsent = 0;
    this.#start();
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      const sink = await this.#sink;
      while (this.#queue.length > 0) {
        const octets = this.#take();
        await sink.write(octets);
        this.#unsent = Math.max(this.#unsent - octets.length, 0);
      }
      if (this.#ending === undefined) return;
      await (this.#ending === "close" ? sink.close() : sink.abort());
      this.#ended.resolve();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = this.#ending !== undefined || this.#failed;
    }
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#queue = [];
    this.#unsent = 0;
    if (this.#ending !== "abort") this.#onfailure(error);
    this.#ended.resolve();
  }

  /** Takes the next octets out of the queue, joined. */
  #take(): Uint8Array<ArrayBuffer> {
    const [first] = this.#queue;
    let count = 0;
    let length = 0;
    for (const octets of this.#queue) {
      if (count > 0 && length + octets.length > WRITE_OCTETS) break;
      length += octets.length;
      count++;
    }
    const parts = this.#queue.splice(0, count);
    if (count === 1 && first !== undefined) return first;
    const joined = new Uint8Array(length);
    let offset = 0;
    for (const part of parts) {
      joined.set(part, offset);
      offset += part.length;
    }
    return joined;
  }
}
