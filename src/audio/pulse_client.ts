/**
 * A client of a PulseAudio server that asks what its sink is doing and tells it to rest. It speaks the
 * native protocol (PulseAudio's source, PROTOCOL and pulsecore/native-common.h), as old a version as
 * has what is needed.
 *
 * @module
 */
import { PulseProtocolError, TagReader, TagWriter } from "./pulse_tagstruct.ts";

/** The version that knows the state of a sink; of 2009. */
const VERSION = 15;
/** Octets in front of each packet: length, channel, offset, flags. */
const HEADER = 20;
/** The channel of commands; the others carry samples. */
const COMMANDS = 0xffff_ffff;
/** Answers are small; a list of hundreds of properties would fit. */
const MOST_OCTETS = 1 << 20;
/** A server that does not answer for so long is stuck; in milliseconds. */
const PATIENCE_MS = 5_000;

const COMMAND = {
  error: 0,
  reply: 2,
  auth: 8,
  setClientName: 9,
  getSinkInfo: 21,
  subscribe: 35,
  subscribeEvent: 66,
  suspendSink: 70,
} as const;

/** `PA_SUBSCRIPTION_MASK_SINK_INPUT`; an event's facility is the mask's bit. */
const SUBSCRIBE_SINK_INPUT = 1 << 2;
const EVENT_FACILITY = 0x0f;
const EVENT_SINK_INPUT = 2;
/** `PA_SINK_RUNNING`. */
const SINK_RUNNING = 0;
/** Any sink, by its index: `PA_INVALID_INDEX`. */
const NO_INDEX = 0xffff_ffff;

/** What a sink is doing. */
export interface SinkState {
  readonly index: number;
  /** Whether a program plays to it. */
  readonly running: boolean;
}

/** The connection is over, or the server refuses. */
export class PulseClientError extends Error {
  override name = "PulseClientError";
}

export class PulseClient implements AsyncDisposable {
  readonly #connection: Deno.Conn;
  readonly #waiting = new Map<number, PromiseWithResolvers<TagReader>>();
  #tag = 0;
  #failure: Error | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  readonly #reading: Promise<void>;
  /** A program has begun to play, or has stopped, or something about that has changed. */
  onplaying: (() => void) | undefined;
  /** The connection is over. */
  onclose: ((error: Error) => void) | undefined;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
    this.#reading = this.#read();
  }

  /**
   * @param socket Path of the server's.
   * @param cookie What lets us in.
   * @throws {PulseClientError} if the server refuses.
   * @throws {Deno.errors.NotFound} and the like if there is none.
   */
  static async connect(socket: string, cookie: Uint8Array): Promise<PulseClient> {
    const client = new PulseClient(await Deno.connect({ transport: "unix", path: socket }));
    try {
      await client.#ask(COMMAND.auth, (message) => message.u32(VERSION).octets(cookie));
      await client.#ask(
        COMMAND.setClientName,
        (message) => message.properties({ "application.name": "Skerry" }),
      );
      await client.#ask(COMMAND.subscribe, (message) => message.u32(SUBSCRIBE_SINK_INPUT));
      return client;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Looks what the default sink is doing. */
  async defaultSink(): Promise<SinkState> {
    const info = await this.#ask(
      COMMAND.getSinkInfo,
      (message) => message.u32(NO_INDEX).string("@DEFAULT_SINK@"),
    );
    const index = info.u32();
    info.string();
    info.string();
    info.skipSampleSpec();
    info.skipChannelMap();
    info.u32();
    info.skipVolumes();
    info.boolean();
    info.u32();
    info.string();
    info.skipMicroseconds();
    info.string();
    info.u32();
    info.skipProperties();
    info.skipMicroseconds();
    info.skipVolume();
    return { index, running: info.u32() === SINK_RUNNING };
  }

  /** Lets a sink rest: what plays to it waits until it goes on. */
  async suspendSink(index: number, suspend: boolean): Promise<void> {
    await this.#ask(
      COMMAND.suspendSink,
      (message) => message.u32(index).string(undefined).boolean(suspend),
    );
  }

  async #ask(command: number, write: (message: TagWriter) => void): Promise<TagReader> {
    if (this.#failure) throw this.#failure;
    const tag = this.#tag++;
    const message = new TagWriter().u32(command).u32(tag);
    write(message);
    const answer = Promise.withResolvers<TagReader>();
    this.#waiting.set(tag, answer);
    const timer = setTimeout(
      () => this.#fail(new PulseClientError("The sound server does not answer")),
      PATIENCE_MS,
    );
    try {
      this.#send(message.finish());
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(tag);
    }
  }

  /** What is not sent is not answered either: a connection that is lost fails all that waits. */
  #send(message: Uint8Array): void {
    const packet = new Uint8Array(HEADER + message.length);
    const view = new DataView(packet.buffer);
    view.setUint32(0, message.length);
    view.setUint32(4, COMMANDS);
    packet.set(message, HEADER);
    const write = async () => {
      for (let at = 0; at < packet.length && !this.#failure;) {
        at += await this.#connection.write(packet.subarray(at));
      }
    };
    this.#writing = this.#writing.then(write).catch((error) => this.#fail(lost(error)));
  }

  async #read(): Promise<void> {
    try {
      const header = new Uint8Array(HEADER);
      while (await this.#fill(header)) {
        const view = new DataView(header.buffer);
        const length = view.getUint32(0);
        if (length > MOST_OCTETS) throw new PulseProtocolError(`A packet has ${length} octets`);
        const packet = new Uint8Array(length);
        if (!await this.#fill(packet)) break;
        if (view.getUint32(4) === COMMANDS) this.#onmessage(new TagReader(packet));
      }
      this.#fail(new PulseClientError("The sound server closed the connection"));
    } catch (error) {
      this.#fail(error instanceof PulseProtocolError ? error : lost(error));
    }
  }

  /** @returns false at the end of the stream. */
  async #fill(octets: Uint8Array): Promise<boolean> {
    for (let at = 0; at < octets.length;) {
      const read = await this.#connection.read(octets.subarray(at));
      if (read === null) return false;
      at += read;
    }
    return true;
  }

  #onmessage(message: TagReader): void {
    const command = message.u32();
    const tag = message.u32();
    if (command === COMMAND.subscribeEvent) {
      if ((message.u32() & EVENT_FACILITY) === EVENT_SINK_INPUT) this.onplaying?.();
      return;
    }
    const waiting = this.#waiting.get(tag);
    if (command === COMMAND.reply) waiting?.resolve(message);
    else if (command === COMMAND.error) {
      waiting?.reject(new PulseClientError(`The sound server refuses with code ${message.u32()}`));
    }
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    try {
      this.#connection.close();
    } catch {
      // It is closed.
    }
    for (const { reject } of this.#waiting.values()) reject(error);
    this.onclose?.(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.onclose = undefined;
    this.#fail(new PulseClientError("The connection to the sound server was closed"));
    await this.#reading;
    await this.#writing;
  }
}

function lost(cause: unknown): PulseClientError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PulseClientError(`The connection to the sound server was lost: ${reason}`, { cause });
}
