import { getLogger } from "@logtape/logtape";
import { describePackage } from "../../ffi/mod.ts";
import { type AudioPacket, AudioSource, missingForAudio } from "../audio/audio_source.ts";
import { SOUND_SERVER_PACKAGE, SoundServerNotFoundError } from "../audio/errors.ts";
import { pulseEnvironment, PulseServer } from "../audio/pulse_server.ts";
import { SilenceGate } from "../audio/silence_gate.ts";
import { SinkRest } from "../audio/sink_rest.ts";
import { AudioChannel, type Listener } from "./audio_channel.ts";
import { Retry } from "./retry.ts";
import { SoundHost } from "./sound_host.ts";

const log = getLogger(["skerry", "audio"]);

/** After so many milliseconds a recording was a good one: the next failure is a new one. */
const GOOD_AFTER_MS = 5_000;

/** Where the sound comes from: a server of our own, an existing one, or nowhere. */
export type SoundOrigin =
  | { readonly kind: "private" }
  | {
    readonly kind: "server";
    /** As in `PULSE_SERVER`; without it, the user's own. */
    readonly address?: string;
  }
  | { readonly kind: "off"; readonly detail?: string };

export interface SoundOptions {
  readonly origin: SoundOrigin;
  /** Of one packet, in milliseconds. */
  readonly frameMs: 5 | 10 | 20;
  /** In kbit/s. */
  readonly bitrateKbit: number;
}

export interface SoundStatus {
  readonly state: "ready" | "off" | "not-installed" | "lost";
  /** For people; of "not-installed", the packages that are missing. */
  readonly detail: string;
}

/**
 * The desktop's sound: a server for its programs to play to, and a recording of that for those viewers
 * that listen. Without a listener nothing is recorded. A server that dies is started again, and a
 * recording that breaks begins anew.
 */
export class Sound implements AsyncDisposable {
  readonly #options: SoundOptions;
  readonly #onstatus: (status: SoundStatus) => void;
  readonly #stop = new AbortController();
  readonly #channels = new Map<Listener, AudioChannel>();
  #status: SoundStatus = { state: "off", detail: "" };
  #host: SoundHost | undefined;
  #wanted = Promise.withResolvers<void>();
  #unwanted: AbortController | undefined;
  #running: Promise<unknown> = Promise.resolve();
  /** Variables that the session's programs need to be heard. */
  environment: Readonly<Record<string, string>> = {};

  private constructor(options: SoundOptions, onstatus: (status: SoundStatus) => void) {
    this.#options = options;
    this.#onstatus = onstatus;
  }

  /**
   * Starts the sound server, if it is to be our own. Never throws for want of sound: a desktop without
   * it is still a desktop.
   */
  static async open(
    options: SoundOptions,
    onstatus: (status: SoundStatus) => void,
    signal?: AbortSignal,
  ): Promise<Sound> {
    const sound = new Sound(options, onstatus);
    const giveUp = () => sound.#stop.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      await sound.#start();
      signal?.throwIfAborted();
    } catch (error) {
      await sound[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
    return sound;
  }

  get status(): SoundStatus {
    return this.#status;
  }

  /** Whether anybody listens. */
  get wanted(): boolean {
    return this.#channels.size > 0;
  }

  /**
   * Sends the sound to a viewer from now on.
   *
   * @param repeats With how many that follow to send each packet again, where packets get lost.
   */
  listen(listener: Listener, repeats = 0): void {
    if (this.#stop.signal.aborted) return;
    const channel = this.#channels.get(listener) ?? new AudioChannel(listener);
    channel.repeats = repeats;
    this.#channels.set(listener, channel);
    this.#wanted.resolve();
  }

  /** Sends a viewer no more. Does nothing if it did not listen. */
  leave(listener: Listener): void {
    const channel = this.#channels.get(listener);
    if (channel === undefined) return;
    this.#channels.delete(listener);
    channel[Symbol.dispose]();
    if (this.wanted) return;
    this.#wanted = Promise.withResolvers();
    this.#unwanted?.abort();
  }

  /** Stops recording, and the sound server if it is our own. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#unwanted?.abort();
    this.#wanted.resolve();
    await this.#running;
    for (const channel of this.#channels.values()) channel[Symbol.dispose]();
    this.#channels.clear();
    await this.#host?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const { origin } = this.#options;
    if (origin.kind === "off") {
      return this.#tell({ state: "off", detail: origin.detail ?? "" });
    }
    const missing = missingForAudio();
    if (missing !== undefined) return this.#lack(missing);
    const tasks: Promise<void>[] = [];
    if (origin.kind === "private") {
      const host = this.#host = SoundHost.create();
      this.environment = pulseEnvironment(host);
      try {
        tasks.push(this.#keepServer(await PulseServer.start(host, this.#stop.signal)));
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (error instanceof SoundServerNotFoundError) {
          this.environment = {};
          return this.#lack(describePackage(SOUND_SERVER_PACKAGE));
        }
        log.error("There is no sound: {error}", { error: message(error) });
        this.#tell({ state: "lost", detail: message(error) });
        tasks.push(this.#keepServer(undefined));
      }
    } else if (origin.address !== undefined) {
      this.environment = { PULSE_SERVER: origin.address };
    }
    if (this.#status.state === "off") this.#tell({ state: "ready", detail: "" });
    tasks.push(this.#record());
    this.#running = Promise.all(tasks);
  }

  #lack(packages: string): void {
    log.warn("There is no sound. To have it, install {packages}", { packages });
    this.#tell({ state: "not-installed", detail: packages });
  }

  #tell(status: SoundStatus): void {
    if (status.state === this.#status.state && status.detail === this.#status.detail) return;
    this.#status = status;
    this.#onstatus(status);
  }

  /** Starts the server again whenever it has ended. */
  async #keepServer(server: PulseServer | undefined): Promise<void> {
    const { signal } = this.#stop;
    const stopped = aborted(signal);
    let retry = new Retry(signal);
    for (;;) {
      if (server !== undefined) {
        const since = performance.now();
        const code = await Promise.race([server.ended, stopped]);
        if (signal.aborted) return await server[Symbol.asyncDispose]();
        log.error("The sound server ended with code {code}", { code });
        this.#tell({ state: "lost", detail: "The sound server has stopped and is started again" });
        if (performance.now() - since > GOOD_AFTER_MS) retry = new Retry(signal);
      }
      if (!await retry.next()) return;
      try {
        server = await PulseServer.start(this.#host!, signal);
        // Whether it can be heard is for the recording to say, if there is one.
        if (!this.wanted) this.#tell({ state: "ready", detail: "" });
      } catch (error) {
        server = undefined;
        if (signal.aborted) return;
        log.error("The sound is still lost: {error}", { error: message(error) });
        this.#tell({ state: "lost", detail: message(error) });
      }
    }
  }

  /** Records for as long as anybody listens, and again whenever that breaks. */
  async #record(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#wanted.promise;
      const unwanted = this.#unwanted = new AbortController();
      if (signal.aborted) return;
      if (!this.wanted) continue;
      let retry = new Retry(unwanted.signal);
      while (await retry.next()) {
        const since = performance.now();
        try {
          await this.#forward(unwanted.signal);
        } catch (error) {
          if (unwanted.signal.aborted) break;
          log.warn("{error}", { error: message(error) });
          this.#tell({ state: "lost", detail: message(error) });
          if (performance.now() - since > GOOD_AFTER_MS) retry = new Retry(unwanted.signal);
        }
      }
    }
  }

  /**
   * Records until the signal is aborted, with a rest whenever no program plays.
   *
   * @throws {AudioSourceFailedError} when the recording breaks.
   */
  async #forward(signal: AbortSignal): Promise<void> {
    // Of a server of somebody else's we put nothing to rest.
    await using rest = this.#host && await SinkRest.open(pulseEnvironment(this.#host));
    while (!signal.aborted) {
      const quiet = new AbortController();
      const stop = AbortSignal.any([signal, quiet.signal]);
      const watching = rest?.quiet(stop).then(() => quiet.abort());
      try {
        await this.#recordUntil(stop, rest);
      } finally {
        quiet.abort();
        await watching;
      }
      if (signal.aborted) return;
      await rest?.rest();
      await rest?.played(signal);
    }
  }

  /** @throws {AudioSourceFailedError} when the recording breaks. */
  async #recordUntil(stop: AbortSignal, rest: SinkRest | undefined): Promise<void> {
    const { origin, frameMs, bitrateKbit } = this.#options;
    const address = origin.kind === "server" ? origin.address : this.environment.PULSE_SERVER;
    await using source = await AudioSource.open({
      frameMs,
      bitrateKbit,
      signal: stop,
      ...(address === undefined ? {} : { server: address }),
    });
    await rest?.wake();
    this.#tell({ state: "ready", detail: "" });
    const gate = new SilenceGate();
    while (!stop.aborted) {
      let packet: AudioPacket;
      try {
        packet = await source.read();
      } catch (error) {
        if (stop.aborted) return;
        throw error;
      }
      const verdict = gate.pass(packet.data.length);
      for (const channel of this.#channels.values()) {
        try {
          channel.send(packet, verdict);
        } catch (error) {
          // Its transport is closing or full: no reason to keep the sound from the others.
          log.debug("A packet was not sent: {error}", { error: message(error) });
        }
      }
    }
  }
}

/** Resolves once the signal is aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1024);
}
