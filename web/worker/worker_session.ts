/**
 * All that the worker has for one page, put together.
 *
 * @module
 */

import type { Transport } from "../../src/protocol/flow.ts";
import type { ConnectionState, FailureReason, FromWorker, ToWorker } from "../messages.ts";
import { Connection } from "./connection.ts";
import type { DecoderTrouble } from "./decoder_supervisor.ts";
import { CanvasPainter } from "./canvas_painter.ts";
import { ServerClock } from "./server_clock.ts";
import { SoftwarePainter } from "./software_painter.ts";
import { StatisticsCollector, type ViewerStatistics } from "./statistics.ts";
import { VideoPlayer } from "./video_player.ts";
import { type ServerHello, type ServerStatus, Viewer } from "./viewer.ts";
import { wallClock } from "../wall_clock.ts";
import { supportedCodecs, WebCodecsDecoder } from "./webcodecs_decoder.ts";

/** How often the statistics are sent while somebody looks at them; in ms. */
const STATISTICS_INTERVAL = 500;

type Start = Extract<ToWorker, { type: "start" }>;

export class WorkerSession {
  readonly #post: (message: FromWorker) => void;
  readonly #painter: CanvasPainter;
  readonly #connection: Connection;
  readonly #decoders: Promise<string[]>;
  readonly #player: VideoPlayer<VideoFrame>;
  #clock = new ServerClock();
  #statistics = new StatisticsCollector(() => this.#clock);
  #viewport: Start["viewport"];
  #viewer: Viewer | undefined;
  #hello: ServerHello | undefined;
  #status: ServerStatus | undefined;
  #trouble: DecoderTrouble | undefined;
  #transport = "";
  #playing = false;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(start: Start, post: (message: FromWorker) => void) {
    this.#post = post;
    this.#viewport = start.viewport;
    this.#painter = new (SoftwarePainter.suits() ? SoftwarePainter : CanvasPainter)(start.canvas);
    this.#decoders = supportedCodecs();
    this.#player = new VideoPlayer({
      painter: this.#painter,
      createDecoder: (events) => new WebCodecsDecoder(events),
      statistics: this.#statistics,
      requestKeyframe: (reason) =>
        this.#viewer?.tell({ type: "request-keyframe", reason: reason.slice(0, 256) }),
      trouble: (trouble) => this.#onTrouble(trouble),
      resized: ({ width, height }) => post({ type: "size", width, height }),
      started: () => {
        this.#playing = true;
        this.#showState();
      },
      answered: (lastInput) => this.#viewer?.input?.answered(lastInput),
    });
    this.#player.precise = start.debug;
    this.#connection = new Connection({
      base: new URL("./", location.href),
      transport: start.transport,
      token: start.token,
      state: (state) => post({ type: "state", state }),
      tokenUsed: () => post({ type: "token-used" }),
      use: (transport) => this.#use(transport),
    });
    this.#connection.run(new AbortController().signal);
  }

  handle(message: Exclude<ToWorker, Start>): void {
    switch (message.type) {
      case "input":
        this.#viewer?.sendInput(message.input);
        break;
      case "sign-in":
        this.#connection.signIn(message.token);
        break;
      case "retry":
        this.#viewer?.check();
        if (message.asked) this.#player.supervisor.retry();
        this.#connection.retry();
        break;
      case "focus":
        this.#viewer?.tell({ type: "focus", focused: message.focused });
        break;
      case "viewport":
        this.#viewport = message.viewport;
        break;
      case "watch-statistics":
        this.#watchStatistics(message.watch);
        break;
      case "query":
        this.#answer(message.id, message.what);
        break;
    }
  }

  /** Carries one connection to its end. */
  async #use(transport: Transport): Promise<FailureReason> {
    this.#clock = new ServerClock();
    this.#statistics.restart();
    this.#hello = this.#status = undefined;
    this.#playing = false;
    this.#transport = transport.kind;
    const viewer = new Viewer({
      transport,
      player: this.#player,
      statistics: this.#statistics,
      clock: this.#clock,
      decoders: this.#decoders,
      viewport: () => this.#viewport,
      post: this.#post,
      hello: (hello) => {
        this.#hello = hello;
        this.#showState();
      },
      status: (status) => {
        this.#status = status;
        this.#showState();
      },
    });
    this.#viewer = viewer;
    this.#showState();
    try {
      return await viewer.ended();
    } finally {
      this.#viewer = undefined;
    }
  }

  #onTrouble(trouble: DecoderTrouble | undefined): void {
    this.#trouble = trouble;
    if (trouble !== undefined) {
      const message = `The decoder failed: ${trouble.error.name}: ${trouble.error.message}`;
      this.#viewer?.tell({ type: "log", level: "error", message: message.slice(0, 4096) });
    }
    this.#showState();
  }

  #showState(): void {
    if (this.#viewer !== undefined) this.#post({ type: "state", state: this.#state() });
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
    const transport = this.#transport;
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
    const { supervisor } = this.#player;
    return this.#statistics.snapshot({
      transport: this.#viewer && this.#transport,
      encoder: this.#hello?.encoder.name,
      acceleration: supervisor.acceleration,
      config: supervisor.config,
      ...this.#painter.size,
      decoderFaults: supervisor.faults,
      decoderPending: supervisor.pending,
      reconnects: this.#connection.reconnects,
      now: wallClock(),
    });
  }

  async #answer(id: number, what: "statistics" | "png"): Promise<void> {
    const value = what === "statistics" ? this.#snapshot() : await this.#painter.png();
    this.#post({ type: "answer", id, value });
  }
}
