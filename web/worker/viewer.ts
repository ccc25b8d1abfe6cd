/**
 * What the server knows this page as: a viewer of the desktop, with one or more paths to it.
 *
 * One path is active: what is sent goes by that. The others are in reserve, and one of them takes over
 * when the active one falls silent or ends. What was not delivered then is sent again there, so that no
 * key is lost or pressed twice, and the server sends a keyframe; the last picture stays meanwhile.
 *
 * @module
 */

import { type ChannelKind, ReplayedChannel } from "../../src/protocol/channel.ts";
import {
  CONTROL_VERSION,
  encodeViewerMessage,
  type ServerMessage,
  type VideoNews,
  type ViewerMessage,
} from "../../src/protocol/control_message.ts";
import type { Schedule } from "../../src/protocol/deadline_timer.ts";
import { CloseCode, QueueFullError } from "../../src/protocol/errors.ts";
import type { Transport } from "../../src/protocol/flow.ts";
import { ReplayFilter, ReplaySender } from "../../src/protocol/replay.ts";
import { videoOrder } from "../../src/protocol/video_message.ts";
import type { FailureReason, FromWorker, PageInput, PathReason, Viewport } from "../messages.ts";
import { setTimer, wallClock } from "../wall_clock.ts";
import { ActivePath } from "./active_path.ts";
import { InputSender } from "./input_sender.ts";
import type { ServerClock } from "./server_clock.ts";
import type { StatisticsCollector } from "./statistics.ts";
import { VideoSwitch } from "./video_switch.ts";
import { type ServerHello, ViewerPath, type ViewerPathEvents } from "./viewer_path.ts";

export type ServerStatus = Extract<ServerMessage, { type: "status" }>;

/** How long the server may take to introduce itself on a new path; in ms. */
const HELLO_TIMEOUT = 5_000;
/** Keyframes are asked for at most this often; in ms. */
const KEYFRAME_INTERVAL = 500;
/** After so long without a path, in ms, the server has let go of what is held; so do we. */
const STALE_AFTER = 3_000;

/** A viewer of another name has nothing in common with this one. */
const FORGOTTEN: FailureReason = { kind: "closed", detail: "The server has forgotten this page" };

export interface ViewerOptions {
  /** Plays the messages of the video flow. */
  readonly player: { play(octets: Uint8Array): void; restart(): void };
  /** Plays the messages of the audio flow. */
  readonly sound: { play(octets: Uint8Array): number; restart(): void };
  readonly statistics: StatisticsCollector;
  readonly clock: () => ServerClock;
  /** What this page decodes; known soon after it has loaded, and may change. */
  decoders(): Promise<readonly string[]>;
  viewport(): Viewport;
  post(message: FromWorker): void;
  /** The server has introduced itself on the active path. */
  hello(hello: ServerHello): void;
  status(status: ServerStatus): void;
  /** The display has another size, in pixels. */
  resized(size: { readonly width: number; readonly height: number }): void;
  /** What the server lets us do from now on. */
  role(role: ServerHello["role"]): void;
  /** How the picture is encoded from now on. */
  video(video: VideoNews): void;
  /** What is sent goes by another path from now on, or there is one more or less. */
  paths(): void;
  /** Default: `setTimeout`. */
  readonly schedule?: Schedule;
}

export class Viewer {
  readonly #options: ViewerOptions;
  readonly #schedule: Schedule;
  readonly #paths = new Set<ViewerPath>();
  readonly #video = new VideoSwitch<ViewerPath>();
  readonly #requests = new ReplaySender();
  readonly #news = new ReplayFilter();
  readonly #inputs = new ReplaySender();
  readonly #channels = new Map<ChannelKind, ReplayedChannel>();
  readonly input = new InputSender(this.#inputs);
  readonly #pathEvents: ViewerPathEvents = {
    hello: (path, hello) => this.#onhello(path, hello),
    control: (path, message) => this.#oncontrol(path, message),
    cursor: (path, cursor) => {
      if (path === this.#active?.path) this.#options.post({ type: "cursor", cursor });
    },
    pointer: (path, position) => {
      if (path === this.#active?.path) this.#options.post({ type: "pointer", position });
    },
    video: (path, octets) => this.#onvideo(path, octets),
    // Its messages are numbered: one that comes by two paths is played once.
    audio: (path, octets) => {
      if (this.#options.sound.play(octets) > 0) path.transport.lossSeen();
    },
    channel: (kind, octets) => this.channel(kind).receive(octets),
    room: (path) => {
      if (path === this.#active?.path) this.input.room();
    },
  };
  #active: ActivePath | undefined;
  #epoch = 0;
  /** What the server lets us do; unknown before it says. */
  #role: ServerHello["role"] | undefined;
  /** The server's names for itself and this viewer. */
  #identity = "";
  /** When the last path was lost, in ms since 1970. */
  #lostAt = 0;
  /** When a keyframe was asked for, in ms since 1970. */
  #askedAt = 0;
  #ended = Promise.withResolvers<FailureReason>();
  #changed = Promise.withResolvers<void>();

  constructor(options: ViewerOptions) {
    this.#options = options;
    this.#schedule = options.schedule ?? setTimer;
  }

  get paths(): ReadonlySet<ViewerPath> {
    return this.#paths;
  }

  get active(): ActivePath | undefined {
    return this.#active;
  }

  /** Resolves when next there is another active path, or one more or less. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Resolves when no path is left, with why the last one ended. */
  get ended(): Promise<FailureReason> {
    return this.#ended.promise;
  }

  /** Adds a path: the active one if there is none, or else one in reserve. */
  attach(transport: Transport, why: PathReason): ViewerPath {
    const path = new ViewerPath(transport, this.#pathEvents);
    this.#paths.add(path);
    if (this.#active === undefined) {
      this.#ended = Promise.withResolvers();
      this.#video.reset();
      this.#options.player.restart();
      this.#use(path, why);
    }
    path.ended.then((reason) => this.#detach(path, reason));
    const cancel = this.#schedule(HELLO_TIMEOUT, () => {
      if (path.hello === undefined) this.drop(path, { kind: "silent", detail: "" });
    });
    path.transport.closed.then(cancel);
    this.#changePaths();
    return path;
  }

  /** Goes on by a path that was in reserve. */
  activate(path: ViewerPath, why: PathReason): void {
    if (path === this.#active?.path || !this.#paths.has(path)) return;
    this.#epoch++;
    this.#use(path, why);
    this.#claim(path);
    this.#changePaths();
  }

  /** Tells the server something that it must not miss. */
  tell(message: Exclude<ViewerMessage, { type: "hello" | "activate" | "ping" }>): void {
    try {
      this.#requests.send((number) => encodeViewerMessage({ ...message, number }));
      this.#active?.sent();
    } catch (error) {
      // It is away, and will have forgotten this viewer when it is back.
      if (!(error instanceof QueueFullError)) throw error;
    }
  }

  /** Tells the server something that is worth nothing later. */
  mention(message: ViewerMessage): void {
    this.#active?.path.say(message);
  }

  /** The channel of a kind. */
  channel(kind: ChannelKind): ReplayedChannel {
    const known = this.#channels.get(kind);
    if (known !== undefined) return known;
    const channel = new ReplayedChannel(kind, {
      onsent: () => this.#active?.sent(),
      onforgotten: (octets, messages) =>
        this.#options.post({ type: "channel-delivered", kind, octets, messages }),
    });
    channel.onmessage = (octets) =>
      this.#options.post({ type: "channel", kind, octets: octets.slice() });
    this.#channels.set(kind, channel);
    const path = this.#active?.path;
    if (path?.hello !== undefined) channel.attach(path.transport);
    return channel;
  }

  sendInput(input: PageInput): void {
    if (this.#active === undefined && wallClock() - this.#lostAt > STALE_AFTER) return;
    if (this.#role === "view") return;
    try {
      this.input.send(input);
    } catch (error) {
      // As above.
      if (!(error instanceof QueueFullError)) throw error;
    }
    this.#active?.used();
  }

  /** Makes sure that the other side is there, sooner than by itself. */
  check(): void {
    this.#active?.check();
  }

  /** Ends a path, without waiting for the network to agree. */
  drop(path: ViewerPath, reason: FailureReason): void {
    // The news may come through after all, and must not be taken for a goodbye.
    path.close(reason, reason.kind === "silent" ? CloseCode.Silent : CloseCode.Normal);
    this.#detach(path, reason);
  }

  /** The page is being left: ends all paths. */
  leave(): void {
    const reason: FailureReason = { kind: "closed", detail: "The page was left" };
    for (const path of this.#reserves()) this.drop(path, reason);
    if (this.#active !== undefined) this.drop(this.#active.path, reason);
  }

  #detach(path: ViewerPath, reason: FailureReason): void {
    if (!this.#paths.delete(path)) return;
    if (path === this.#active?.path) {
      const next = this.#reserves()[0];
      const why: PathReason = { code: "closed", detail: reason.detail };
      if (next !== undefined) return this.activate(next, why);
      this.#active[Symbol.dispose]();
      this.#active = undefined;
      this.#lostAt = wallClock();
      this.#requests.attach(undefined);
      this.#inputs.attach(undefined);
      for (const channel of this.#channels.values()) channel.attach(undefined);
      // Without a hello they cannot take over.
      for (const rest of this.#paths) this.drop(rest, reason);
      this.#ended.resolve(reason);
    }
    this.#changePaths();
  }

  #changePaths(): void {
    this.#options.paths();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #use(path: ViewerPath, why: PathReason): void {
    this.#active?.[Symbol.dispose]();
    this.#options.statistics.restart();
    this.#active = new ActivePath({
      path,
      why,
      schedule: this.#schedule,
      reserves: () => this.#reserves(),
      observe: (sent, received, serverTime) => {
        this.#options.clock().observe(sent, received, serverTime);
        this.#options.statistics.ponged(received - sent);
      },
      silent: (reserve, silence) =>
        this.activate(reserve, { code: "silent", detail: `${Math.round(silence)} ms` }),
      gone: () => this.drop(path, { kind: "silent", detail: "" }),
    });
    if (path.hello !== undefined) this.#start(this.#active, path.hello);
  }

  /** The active path and the server are ready for each other. */
  #start(active: ActivePath, hello: ServerHello): void {
    this.#requests.attach(active.path.control);
    // Since a path in reserve has said hello, much may have changed.
    const role = this.#role ?? hello.role;
    this.#inputs.attach(role === "control" ? active.path.input : undefined);
    for (const channel of this.#channels.values()) channel.attach(active.path.transport);
    active.start();
  }

  #reserves(): ViewerPath[] {
    return [...this.#paths].filter((path) =>
      path !== this.#active?.path && path.hello !== undefined
    );
  }

  /** Asks the server to send by this path. */
  #claim(path: ViewerPath): void {
    const { code, detail } = this.#active!.why;
    const reason = (detail === "" ? code : `${code}: ${detail}`).slice(0, 256);
    path.say({ type: "activate", epoch: this.#epoch, reason });
  }

  #onhello(path: ViewerPath, hello: ServerHello): void {
    this.#introduce(path);
    const identity = identityOf(hello);
    const known = identity === this.#identity;
    if (path !== this.#active?.path) {
      if (!known && this.#active?.path.hello !== undefined) this.drop(path, FORGOTTEN);
      return this.#changePaths();
    }
    for (const other of this.#reserves()) {
      if (identityOf(other.hello) !== identity) this.drop(other, FORGOTTEN);
    }
    if (!known) this.#meet(identity);
    else if (wallClock() - this.#lostAt > STALE_AFTER) this.#inputs.discard();
    this.#role = hello.role;
    this.#start(this.#active, hello);
    // The page takes it that nothing is held after it was away.
    if (known) this.sendInput({ type: "releaseAll", at: wallClock() });
    this.#epoch = Math.max(this.#epoch, hello.epoch);
    if (!hello.active) {
      this.#epoch++;
      this.#claim(path);
    }
    this.#options.hello(hello);
  }

  /** The control was handed over, or taken. What is held then, the server has let go. */
  #onrole(role: ServerHello["role"]): void {
    this.#role = role;
    const path = this.#active?.path;
    this.#inputs.discard();
    this.#inputs.attach(role === "control" ? path?.input : undefined);
    this.#options.role(role);
  }

  /** Another server, or one that has forgotten us: nothing said before means anything there. */
  #meet(identity: string): void {
    const first = this.#identity === "";
    this.#identity = identity;
    if (first) return;
    this.#epoch = 0;
    this.#news.reset();
    this.#options.sound.restart();
    this.#requests.discard();
    this.#inputs.discard();
    for (const channel of this.#channels.values()) channel.reset();
  }

  /** What this page decodes has changed. */
  introduceAgain(): void {
    for (const path of this.#paths) if (path.hello !== undefined) this.#introduce(path);
  }

  async #introduce(path: ViewerPath): Promise<void> {
    const decoders = [...await this.#options.decoders()];
    const { devicePixelRatio, width, height } = this.#options.viewport();
    path.say({
      type: "hello",
      protocol: CONTROL_VERSION,
      decoders,
      devicePixelRatio,
      width: Math.round(width),
      height: Math.round(height),
    });
  }

  #onvideo(path: ViewerPath, octets: Uint8Array): void {
    const place = this.#video.place(path, videoOrder(octets));
    if (place === "next") return this.#options.player.play(octets);
    if (place === "old" || path !== this.#active?.path) return;
    const now = wallClock();
    if (now - this.#askedAt < KEYFRAME_INTERVAL) return;
    this.#askedAt = now;
    this.mention({ type: "request-keyframe", reason: "The path has changed" });
  }

  #oncontrol(
    path: ViewerPath,
    message: Parameters<ViewerPathEvents["control"]>[1],
  ): void {
    if (message.number !== undefined && !this.#news.accept(message.number)) return;
    switch (message.type) {
      case "activate":
        if (message.epoch <= this.#epoch) return;
        this.#epoch = message.epoch;
        if (path === this.#active?.path) return;
        this.#use(path, { code: "server", detail: message.reason });
        return this.#changePaths();
      case "status":
        return this.#options.status(message);
      case "audio": {
        const { state, detail } = message;
        return this.#options.post({ type: "audio", sound: { state, detail } });
      }
      case "pong":
        if (path !== this.#active?.path) return;
        return this.#active.pong(message.id, message.clientTime, message.serverTime);
      case "size":
        return this.#options.resized(message);
      case "monitors": {
        const { number: _, ...monitors } = message;
        return this.#options.post({ type: "monitors", monitors });
      }
      case "sizing":
        return this.#options.post({ type: "sizing", sizing: message.sizing });
      case "gamepads": {
        const { number: _, ...gamepads } = message;
        return this.#options.post({ type: "gamepads", gamepads });
      }
      case "role":
        return this.#onrole(message.role);
      case "sharing": {
        const { number: _, ...sharing } = message;
        return this.#options.post({ type: "sharing", sharing });
      }
      case "video": {
        const { number: _, ...video } = message;
        return this.#options.video(video);
      }
      case "statistics":
        this.#options.statistics.server = message;
        return;
    }
  }
}

function identityOf(hello: ServerHello | undefined): string {
  return `${hello?.session} ${hello?.viewer}`;
}
