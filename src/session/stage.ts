import { getLogger } from "@logtape/logtape";
import type { CursorImage } from "../display/cursor.ts";
import type { InputInjector } from "../display/input.ts";
import type { EncoderDescription } from "../media/encoder_catalogue.ts";
import { Desktop, type DesktopEnd, type DesktopOptions } from "./desktop.ts";
import { EncoderChoice } from "./encoder_choice.ts";
import { FrameLoop, type FrameSink } from "./frame_loop.ts";
import { FramePacer } from "./frame_pacer.ts";
import { Retry, sleep } from "./retry.ts";
import { type EncodedFrame, ScreenEncoder } from "./screen_encoder.ts";
import { TopOff } from "./top_off.ts";

const log = getLogger(["skerry", "session"]);

/** What to show and how to encode it. */
export interface StageOptions extends DesktopOptions {
  /** The encoders that work on this machine, best first; at least one. */
  readonly encoders: readonly EncoderDescription[];
  readonly framesPerSecond: number;
  /** In kbit/s. */
  readonly bitrate: number;
}

export type StageState = "starting-display" | "live" | "display-lost" | "encoder-lost" | "ended";

export interface StageEvents {
  /** @param detail for people; empty when there is nothing to add. */
  onstate(state: StageState, detail: string): void;
  /** Capture and encoder were opened, at this size in pixels: the next frame is a keyframe. */
  onopen(size: { width: number; height: number }): void;
  oncursor(image: CursorImage): void;
  /** There is a desktop, or it is about to be closed. */
  ondesktop(desktop: Desktop | undefined): void;
}

/** Why capture and encoder must be opened again. */
type ScreenFault = { readonly what: "resized" } | {
  readonly what: "failed";
  readonly error: Error;
};

/** A dying X server breaks the capture a moment before its connection is seen to close. */
const LAST_WORDS_MS = 200;

/**
 * The desktop and the way of its picture to the encoder's output, kept alive: an X server that dies
 * is started again, or waited for if it is not ours; an encoder that fails is replaced; a screen of
 * a new size is captured anew.
 */
export class Stage implements AsyncDisposable {
  readonly #options: StageOptions;
  readonly #sink: FrameSink<EncodedFrame>;
  readonly #events: StageEvents;
  readonly #encoders: EncoderChoice<EncoderDescription>;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<{ code: number }>();
  #desktop: Desktop | undefined;
  #screen: ScreenEncoder | undefined;
  #loop: FrameLoop<EncodedFrame> | undefined;
  #fault = Promise.withResolvers<ScreenFault>();
  #supervision: Promise<void> | undefined;

  private constructor(
    options: StageOptions,
    sink: FrameSink<EncodedFrame>,
    events: StageEvents,
  ) {
    this.#options = options;
    this.#sink = sink;
    this.#events = events;
    this.#encoders = new EncoderChoice(options.encoders);
  }

  /**
   * Starts or joins the desktop and opens its capture and encoder.
   *
   * @throws what {@link Desktop.open} and {@link ScreenEncoder.open} throw: at the start, unlike
   * later, there is nobody for whom to keep trying.
   */
  static async open(
    options: StageOptions,
    sink: FrameSink<EncodedFrame>,
    events: StageEvents,
    signal?: AbortSignal,
  ): Promise<Stage> {
    const stage = new Stage(options, sink, events);
    const giveUp = () => stage.#stop.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      await stage.#openDesktop();
      await stage.#openScreen();
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
    stage.#supervision = stage.#supervise();
    return stage;
  }

  /** Keyboard and pointer; undefined while there is no display. */
  get input(): InputInjector | undefined {
    return this.#desktop?.input;
  }

  /** What kind of X server shows the desktop. */
  get server(): Desktop["server"] {
    return this.#desktop?.server ?? "external";
  }

  get encoder(): EncoderDescription {
    return this.#encoders.current;
  }

  /** Resolves when the program that the desktop was started for has exited. */
  get ended(): Promise<{ code: number }> {
    return this.#ended.promise;
  }

  /** Looks whether a frame may be taken; call it when a viewer may want one or has room for one. */
  wake(): void {
    this.#loop?.wake();
  }

  /** Stops the capture, the encoder and everything that was started on the display. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#supervision;
    await this.#closeScreen();
    await this.#closeDesktop();
  }

  async #supervise(): Promise<void> {
    const stopped = new Promise<undefined>((resolve) =>
      this.#stop.signal.addEventListener("abort", () => resolve(undefined), { once: true })
    );
    for (;;) {
      const desktop = this.#desktop!;
      const event = await Promise.race([desktop.ended, this.#fault.promise, stopped]);
      if (this.#stop.signal.aborted || !event) return;
      const end = event.what === "failed" || event.what === "resized"
        ? await this.#reopenScreen(desktop, event)
        : event;
      if (end?.what === "command") return await this.#finish(end);
      if (end) await this.#reopenDesktop(end);
    }
  }

  async #finish({ code }: { code: number }): Promise<void> {
    await this.#closeScreen();
    this.#events.onstate("ended", `The program has ended with code ${code}`);
    this.#ended.resolve({ code });
  }

  /** @returns the desktop's end, if that is what was behind the fault. */
  async #reopenScreen(desktop: Desktop, fault: ScreenFault): Promise<DesktopEnd | undefined> {
    await this.#closeScreen();
    if (fault.what === "failed") {
      const lastWords = sleep(LAST_WORDS_MS, this.#stop.signal);
      const end = await Promise.race([desktop.ended, lastWords]);
      if (end) return end;
      const { name } = this.encoder;
      log.error("Encoder {name} has failed: {error}", { name, error: fault.error });
      this.#events.onstate("encoder-lost", `The encoder ${name} has failed and is started again`);
      this.#encoders.failed(performance.now());
    }
    const retry = new Retry(this.#stop.signal);
    while (await retry.next()) {
      try {
        await this.#openScreen();
        return undefined;
      } catch (error) {
        const lastWords = sleep(LAST_WORDS_MS, this.#stop.signal);
        const end = await Promise.race([desktop.ended, lastWords]);
        if (end) return end;
        log.error("No encoder can be opened: {error}", { error });
        this.#events.onstate("encoder-lost", message(error));
      }
    }
    return undefined;
  }

  async #reopenDesktop(end: DesktopEnd & { what: "display" }): Promise<void> {
    log.error("The display is lost: {detail}", { detail: end.detail });
    this.#events.onstate("display-lost", end.detail);
    await this.#closeScreen();
    await this.#closeDesktop();
    const retry = new Retry(this.#stop.signal);
    while (await retry.next()) {
      try {
        await this.#openDesktop();
        await this.#openScreen();
        return;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        log.warn("The display is still lost: {error}", { error });
        this.#events.onstate("display-lost", message(error));
        await this.#closeScreen();
        await this.#closeDesktop();
      }
    }
  }

  async #openDesktop(): Promise<void> {
    this.#events.onstate("starting-display", "");
    this.#desktop = await Desktop.open(this.#options, {
      oncursor: (image) => this.#events.oncursor(image),
      signal: this.#stop.signal,
    });
    this.#events.ondesktop(this.#desktop);
  }

  async #openScreen(): Promise<void> {
    const { framesPerSecond, bitrate } = this.#options;
    const { connection } = this.#desktop!;
    const screen = this.#screen = await this.#encoders.open((encoder) =>
      ScreenEncoder.open(connection, {
        encoder,
        framesPerSecond,
        bitrate,
        signal: this.#stop.signal,
      })
    );
    const { width, height } = screen;
    const fault = this.#fault = Promise.withResolvers();
    const onerror = (error: unknown) =>
      fault.resolve({ what: "failed", error: error instanceof Error ? error : Error(`${error}`) });
    const loop = this.#loop = new FrameLoop({
      picture: screen,
      sink: this.#sink,
      pacer: new FramePacer(framesPerSecond),
      topOff: new TopOff(width * height),
      onerror,
    });
    screen.failed.then(onerror);
    screen.ondamage = () => loop.wake();
    screen.onresize = () => fault.resolve({ what: "resized" });
    this.#events.onopen({ width, height });
    this.#events.onstate("live", "");
    loop.wake();
  }

  async #closeScreen(): Promise<void> {
    const [loop, screen] = [this.#loop, this.#screen];
    this.#loop = this.#screen = undefined;
    await loop?.[Symbol.asyncDispose]();
    await screen?.[Symbol.asyncDispose]();
  }

  async #closeDesktop(): Promise<void> {
    const desktop = this.#desktop;
    this.#desktop = undefined;
    if (desktop) this.#events.ondesktop(undefined);
    await desktop?.[Symbol.asyncDispose]();
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
