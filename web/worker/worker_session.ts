/**
 * All that the worker has for one page, put together.
 *
 * @module
 */

import type { PictureSettings, VideoNews } from "../../src/protocol/control_message.ts";
import type { DebugQuery } from "../debug.ts";
import type { ConnectionState, FailureReason, FromWorker, ToWorker } from "../messages.ts";
import { Connection } from "./connection.ts";
import type { DecoderTrouble } from "./decoder_supervisor.ts";
import { FailureMemory, type TextStore } from "./failure_memory.ts";
import { PathKeeper } from "./path_keeper.ts";
import { CaretFinder } from "./caret_finder.ts";
import { PicturePlayer } from "./picture_player.ts";
import { pictureWays } from "./picture_ways.ts";
import { SoundPlayer } from "../audio/sound_player.ts";
import { WasmSoundDecoder } from "../audio/wasm_sound_decoder.ts";
import { WebCodecsSoundDecoder } from "../audio/webcodecs_sound_decoder.ts";
import { remoteSize } from "./remote_size.ts";
import { ServerClock } from "./server_clock.ts";
import { StatisticsCollector, type ViewerStatistics } from "./statistics.ts";
import { TransportLog } from "./transport_log.ts";
import { type FirstTransport, Transports } from "./transports.ts";
import { type ServerStatus, Viewer } from "./viewer.ts";
import type { ServerHello } from "./viewer_path.ts";
import type { Size } from "../input/pointer_mapping.ts";
import { wallClock } from "../wall_clock.ts";

/** How often the statistics are sent while somebody looks at them; in ms. */
const STATISTICS_INTERVAL = 500;

type Start = Extract<ToWorker, { type: "start" }>;

export class WorkerSession {
  readonly #post: (message: FromWorker, transfer?: Transferable[]) => void;
  readonly #connection: Connection;
  readonly #player: PicturePlayer;
  readonly #transports: Transports;
  readonly #viewer: Viewer;
  readonly #log: TransportLog;
  readonly #sound: SoundPlayer;
  #clock = new ServerClock();
  readonly #caret = new CaretFinder((caret) => this.#post({ type: "caret", caret }));
  #statistics = new StatisticsCollector(() => this.#clock);
  #viewport: Start["viewport"];
  #keeper: PathKeeper | undefined;
  #hello: ServerHello | undefined;
  #display: Size | undefined;
  #picture: Size | undefined;
  #video: VideoNews | undefined;
  /** What the user wants of the picture; undefined while that is nothing. */
  #settings: PictureSettings | undefined;
  /** What of the screen is to be seen; undefined for what suits. */
  #monitor: Start["monitor"];
  #status: ServerStatus | undefined;
  #trouble: DecoderTrouble | undefined;
  /** Why the decoder is another than the first; empty if it is not. */
  #decoderReason = "";
  #playing = false;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(start: Start, post: (message: FromWorker, transfer?: Transferable[]) => void) {
    this.#post = post;
    this.#viewport = start.viewport;
    this.#monitor = start.monitor;
    const base = new URL("./", location.href);
    this.#player = this.#createPlayer(start, base);
    this.#player.precise = start.debug;
    this.#sound = new SoundPlayer({
      createDecoder: (events) =>
        WebCodecsSoundDecoder.present
          ? new WebCodecsSoundDecoder(events)
          : new WasmSoundDecoder(new URL("opus.js", base), events),
      toViewer: (microseconds) => this.#clock.toViewer(microseconds),
      pictureAge: () => this.#statistics.pictureAge(wallClock()),
      now: wallClock,
      repeatsChanged: () => this.#askForSound(),
    });
    this.#viewer = this.#createViewer();
    this.#transports = new Transports({
      base,
      forced: start.transport,
      memory: new FailureMemory({ store: new PageStore(start.memory, post) }),
      named: (secret) => post({ type: "viewer", secret }),
    });
    this.#log = new TransportLog(this.#viewer, this.#transports);
    this.#connection = new Connection({
      base,
      transports: this.#transports,
      token: start.token,
      state: (state) => post({ type: "state", state }),
      tokenUsed: () => post({ type: "token-used" }),
      use: (first) => this.#use(first),
    });
    this.#connection.run(new AbortController().signal);
  }

  handle(message: Exclude<ToWorker, Start>): void {
    switch (message.type) {
      case "input":
        this.#viewer.sendInput(message.input);
        this.#caret.sent(message.input, this.#viewer.input.sequence);
        break;
      case "sign-in":
        this.#connection.signIn(message.credentials);
        break;
      case "retry":
        this.#viewer.check();
        if (message.asked) this.#player.retry();
        this.#connection.retry();
        this.#keeper?.retry();
        break;
      case "leave":
        this.#connection.rest();
        this.#transports.forgetViewer();
        this.#viewer.leave();
        break;
      case "focus":
        this.#viewer.tell({ type: "focus", focused: message.focused });
        break;
      case "viewport":
        this.#viewport = message.viewport;
        break;
      case "audio":
        this.#sound.connect(message.port);
        this.#askForSound();
        break;
      case "resize":
        this.#viewer.tell(message);
        break;
      case "monitor":
        this.#monitor = message.monitor;
        if (this.#hello !== undefined) this.#askForMonitor();
        break;
      case "share":
        this.#viewer.tell({ type: "share", ask: message.ask });
        break;
      case "settings":
        this.#settings = message.picture;
        // Before it has said hello, it is told then.
        if (this.#hello !== undefined) this.#askForPicture();
        break;
      case "audio-clock":
        this.#sound.outputClock = message.clock;
        break;
      case "channel":
        this.#viewer.channel(message.kind).send(message.octets);
        break;
      case "watch-statistics":
        this.#watchStatistics(message.watch);
        break;
      case "query":
        this.#answer(message.id, message.what);
        break;
    }
  }

  #createPlayer({ canvas, decoder, mse }: Start, base: URL): PicturePlayer {
    const connect = (port: MessagePort | undefined) =>
      this.#post({ type: "screen", port }, port === undefined ? [] : [port]);
    return new PicturePlayer({
      ways: pictureWays({ canvas, decoder, base, connect, mse }),
      statistics: this.#statistics,
      requestKeyframe: (reason) => this.#requestKeyframe(reason),
      trouble: (trouble) => this.#onTrouble(trouble),
      resized: ({ width, height }) => {
        this.#picture = { width, height };
        this.#showSize();
      },
      started: () => {
        this.#playing = true;
        this.#showState();
      },
      answered: (header) => {
        this.#caret.shown(header, wallClock());
        return this.#viewer.input.answered(header.lastInput);
      },
      changed: ({ name }, reason) => {
        this.#decoderReason = reason;
        this.#post({ type: "decoder", decoder: name });
        // The first is there before anything was said.
        if (reason === "") return;
        this.#viewer.introduceAgain();
        this.#requestKeyframe(`Another decoder is used: ${reason}`);
      },
      now: () => performance.now(),
    });
  }

  #showSize(): void {
    if (this.#picture === undefined) return;
    const { width, height } = remoteSize(this.#picture, this.#display);
    this.#post({ type: "size", width, height });
  }

  #requestKeyframe(reason: string): void {
    this.#viewer.mention({ type: "request-keyframe", reason: reason.slice(0, 256) });
  }

  #createViewer(): Viewer {
    return new Viewer({
      player: this.#player,
      sound: this.#sound,
      statistics: this.#statistics,
      clock: () => this.#clock,
      decoders: () => this.#player.decoders(),
      viewport: () => this.#viewport,
      post: this.#post,
      hello: (hello) => {
        // Of another server, clocks differ.
        if (hello.session !== this.#hello?.session) this.#clock = new ServerClock();
        // Another server, or one that has forgotten us: it knows nothing of what was wanted.
        if (hello.session !== this.#hello?.session || hello.viewer !== this.#hello.viewer) {
          this.#askForMonitor();
          this.#askForPicture();
        }
        this.#hello = hello;
        this.#display = hello.display;
        if (this.#sound.enabled) this.#askForSound();
        this.#showState();
      },
      role: (role) => {
        if (this.#hello !== undefined) this.#hello = { ...this.#hello, role };
        this.#showState();
      },
      video: (video) => {
        this.#video = video;
        this.#post({ type: "video", video });
      },
      resized: ({ width, height }) => {
        this.#display = { width, height };
        this.#showSize();
      },
      status: (status) => {
        this.#status = status;
        if (status.state === "no-decoder") this.#player.starve();
        this.#showState();
      },
      paths: () => this.#showState(),
    });
  }

  /** Carries a viewer from its first transport to the end of its last. */
  async #use({ contender, transport, why }: FirstTransport): Promise<FailureReason> {
    this.#playing = false;
    this.#viewer.attach(transport, why);
    const ended = new AbortController();
    let contending = true;
    contender.then((late) => {
      contending = false;
      if (late === undefined) return;
      if (ended.signal.aborted) late.close();
      else this.#viewer.attach(late, { code: "standby", detail: "" });
    });
    const keeper = this.#keeper = new PathKeeper({
      viewer: this.#viewer,
      worthwhile: (name) =>
        this.#transports.worthwhile(name) && !(contending && name === "webtransport"),
      open: (name, signal) => this.#transports.another(name, signal),
      report: (name, failure) => this.#log.attempted(name, failure),
    });
    const keeping = keeper.run(ended.signal);
    try {
      const reason = await this.#viewer.ended;
      if (this.#status?.state !== "ended") return reason;
      const { detail } = this.#status;
      this.#status = undefined;
      return { kind: "ended", detail };
    } finally {
      ended.abort();
      this.#keeper = undefined;
      await keeping;
    }
  }

  #askForMonitor(): void {
    if (this.#monitor !== undefined) this.#viewer.tell({ type: "monitor", ...this.#monitor });
  }

  #askForPicture(): void {
    if (this.#settings === undefined) return;
    this.#viewer.tell({ type: "settings", picture: this.#settings });
  }

  #askForSound(): void {
    const { enabled, repeats } = this.#sound;
    this.#viewer.tell({ type: "audio", enabled, repeats });
  }

  #onTrouble(trouble: DecoderTrouble | undefined): void {
    this.#trouble = trouble;
    if (trouble !== undefined) {
      const message = `The decoder failed: ${trouble.error.name}: ${trouble.error.message}`;
      this.#viewer.mention({ type: "log", level: "error", message: message.slice(0, 4096) });
    }
    this.#showState();
  }

  #showState(): void {
    if (this.#viewer.active !== undefined) this.#post({ type: "state", state: this.#state() });
  }

  #state(): ConnectionState {
    if (this.#trouble !== undefined) {
      const { error, retryIn } = this.#trouble;
      const reason: FailureReason = { kind: "decoder", detail: error.message };
      return retryIn === undefined
        ? { phase: "stopped", reason }
        : { phase: "waiting", reason, retryAt: wallClock() + retryIn };
    }
    const status = this.#status;
    if (status !== undefined && status.state !== "live") {
      return { phase: "no-picture", state: status.state, detail: status.detail };
    }
    const transport = this.#viewer.active?.path.transport.kind ?? "";
    if (!this.#playing || this.#hello === undefined) return { phase: "connected", transport };
    return { phase: "live", transport, role: this.#hello.role };
  }

  #watchStatistics(watch: boolean): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    if (!watch) return;
    this.#player.precise = true;
    const send = () => this.#post({ type: "statistics", statistics: this.#snapshot() });
    this.#watch = setInterval(send, STATISTICS_INTERVAL);
    send();
  }

  #snapshot(): ViewerStatistics {
    const { size, supervisor, way } = this.#player;
    const decoder = way?.name === "webcodecs" ? supervisor?.acceleration : way?.name;
    return this.#statistics.snapshot({
      transport: this.#viewer.active?.path.transport.kind,
      routes: this.#log.routes(),
      encoder: this.#video?.encoder ?? this.#hello?.encoder.name,
      acceleration: [decoder, way?.drawing].filter(Boolean).join("-"),
      decoderReason: this.#decoderReason,
      config: supervisor?.config,
      ...size,
      decoderFaults: this.#player.faults,
      decoderPending: supervisor?.pending ?? 0,
      reconnects: this.#connection.reconnects,
      sound: this.#sound.statistics(),
      now: wallClock(),
    });
  }

  async #answer(id: number, what: DebugQuery): Promise<void> {
    this.#post({ type: "answer", id, value: await this.#look(what) });
  }

  #look(what: DebugQuery): unknown {
    switch (what) {
      case "statistics":
        return this.#snapshot();
      case "png":
        return this.#player.png();
      case "break-decoder":
        this.#player.breakDecoder();
        return this.#requestKeyframe("The decoder is to fail");
    }
  }
}

/** The page's storage, seen from its worker. */
class PageStore implements TextStore {
  #text: string | null;
  readonly #post: (message: FromWorker, transfer?: Transferable[]) => void;

  constructor(text: string | null, post: (message: FromWorker, transfer?: Transferable[]) => void) {
    this.#text = text;
    this.#post = post;
  }

  load(): string | null {
    return this.#text;
  }

  save(text: string): void {
    this.#text = text;
    this.#post({ type: "remember", memory: text });
  }
}
