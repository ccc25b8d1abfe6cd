/**
 * Lets a sink of our own rest while no program plays, so that silence costs nothing: nobody renders it
 * and nobody records it. A program that begins to play waits some milliseconds until it is recorded
 * again, and none of its sound is lost.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { PulseClient } from "./pulse_client.ts";
import type { PulseEnvironment } from "./pulse_server.ts";

const log = getLogger(["skerry", "audio"]);

/** How often to look, and how many looks in a row must find nothing: 4 s. */
const LOOK_MS = 1000;
const LOOKS = 4;

export class SinkRest implements AsyncDisposable {
  readonly #client: PulseClient;
  readonly #resting = new Set<number>();
  #played = Promise.withResolvers<void>();
  #idleLooks = 0;

  private constructor(client: PulseClient) {
    this.#client = client;
    client.onplaying = () => {
      this.#idleLooks = 0;
      this.#played.resolve();
    };
    client.onclose = () => this.#played.resolve();
  }

  /** @returns undefined if the server does not let us: then it never rests. */
  static async open(environment: PulseEnvironment): Promise<SinkRest | undefined> {
    try {
      const cookie = await Deno.readFile(environment.PULSE_COOKIE);
      const socket = environment.PULSE_SERVER.replace(/^unix:/, "");
      return new SinkRest(await PulseClient.connect(socket, cookie));
    } catch (error) {
      log.debug("The sound server will not rest: {error}", { error });
      return undefined;
    }
  }

  /** Resolves when nothing has played for some seconds, or once the signal is aborted. */
  async quiet(signal: AbortSignal): Promise<void> {
    this.#idleLooks = 0;
    while (!signal.aborted && this.#idleLooks < LOOKS) {
      await pause(LOOK_MS, signal);
      try {
        const { running } = await this.#client.defaultSink();
        this.#idleLooks = running ? 0 : this.#idleLooks + 1;
      } catch {
        // A sink that is gone is for the recording to notice; a server that is gone as well.
        this.#idleLooks = 0;
      }
    }
  }

  /** Puts the sink to rest. */
  async rest(): Promise<void> {
    this.#played = Promise.withResolvers();
    const { index, running } = await this.#client.defaultSink();
    // Somebody was quicker.
    if (running) return this.#played.resolve();
    this.#resting.add(index);
    await this.#client.suspendSink(index, true);
  }

  /** Resolves when a program is about to play, the server is gone, or the signal is aborted. */
  async played(signal: AbortSignal): Promise<void> {
    const stop = () => this.#played.resolve();
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    await this.#played.promise;
    signal.removeEventListener("abort", stop);
  }

  /** Lets what waits play. */
  async wake(): Promise<void> {
    for (const index of this.#resting) {
      this.#resting.delete(index);
      await this.#client.suspendSink(index, false);
    }
  }

  /** Wakes the sink, if there still is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.wake().catch(() => {});
    await this.#client[Symbol.asyncDispose]();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
