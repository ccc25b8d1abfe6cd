import { getLogger } from "@logtape/logtape";
import type { CursorImage } from "../protocol/cursor_message.ts";
import type { InputInjector } from "../display/input.ts";
import { ScreenResizedError } from "../display/errors.ts";
import { SharedScreen } from "../display/shared_screen.ts";
import { Desktop, type DesktopEnd, type DesktopOptions } from "./desktop.ts";
import { Retry, sleep } from "./retry.ts";

const log = getLogger(["skerry", "session"]);

export type StageState = "starting-display" | "live" | "display-lost" | "ended";

export interface StageEvents {
  /** @param detail for people; empty when there is nothing to add. */
  onstate(state: StageState, detail: string): void;
  /**
   * There is a screen to show, or that which there was is of no use any more.
   *
   * @returns when the one before is not used any more.
   */
  onscreen(screen: SharedScreen | undefined): Promise<void>;
  oncursor(image: CursorImage): void;
  /** There is a desktop, or it is about to be closed. */
  ondesktop(desktop: Desktop | undefined): void;
}

/** A dying X server breaks the capture a moment before its connection is seen to close. */
const LAST_WORDS_MS = 200;

/**
 * The desktop and the capture of its screen, kept alive: an X server that dies is started again, or waited
 * for if it is not ours; a screen of a new size is captured anew.
 */
export class Stage implements AsyncDisposable {
  readonly #options: DesktopOptions;
  readonly #events: StageEvents;
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<{ code: number }>();
  #desktop: Desktop | undefined;
  #screen: SharedScreen | undefined;
  #supervision: Promise<void> | undefined;

  private constructor(options: DesktopOptions, events: StageEvents) {
    this.#options = options;
    this.#events = events;
  }

  /**
   * Starts or joins the desktop and opens the capture of its screen.
   *
   * @throws what {@link Desktop.open} and {@link SharedScreen.open} throw: at the start, unlike
   * later, there is nobody for whom to keep trying.
   */
  static async open(
    options: DesktopOptions,
    events: StageEvents,
    signal?: AbortSignal,
  ): Promise<Stage> {
    const stage = new Stage(options, events);
    const giveUp = () => stage.#stop.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      await stage.#openAll();
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

  /** Resolves when the program that the desktop was started for has exited. */
  get ended(): Promise<{ code: number }> {
    return this.#ended.promise;
  }

  /** Stops the capture and everything that was started on the display. */
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
      const event = await Promise.race([desktop.ended, this.#screen!.lost, stopped]);
      if (this.#stop.signal.aborted || !event) return;
      const end = event instanceof Error ? await this.#reopenScreen(desktop, event) : event;
      if (this.#stop.signal.aborted) return;
      if (end?.what === "command") return await this.#finish(end);
      if (end) await this.#reopenDesktop(end);
      if (this.#stop.signal.aborted) return;
    }
  }

  async #finish({ code }: { code: number }): Promise<void> {
    await this.#closeScreen();
    this.#events.onstate("ended", `The program has ended with code ${code}`);
    this.#ended.resolve({ code });
  }

  /** @returns the desktop's end, if that is why the screen was lost. */
  async #reopenScreen(desktop: Desktop, reason: Error): Promise<DesktopEnd | undefined> {
    await this.#closeScreen();
    let error: unknown = reason instanceof ScreenResizedError ? undefined : reason;
    const retry = new Retry(this.#stop.signal);
    while (await retry.next()) {
      if (error !== undefined) {
        const lastWords = sleep(LAST_WORDS_MS, this.#stop.signal);
        const end = await Promise.race([desktop.ended, lastWords]);
        if (end) return end;
        log.error("The screen cannot be captured: {error}", { error });
        this.#events.onstate("display-lost", message(error));
      }
      try {
        await this.#openScreen();
        return undefined;
      } catch (cause) {
        error = cause;
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
        await this.#openAll();
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

  /** The screen is captured while the program on a new display starts. */
  async #openAll(): Promise<void> {
    await this.#openDesktop();
    await this.#openScreen();
    await this.#desktop!.furnished;
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
    this.#screen = await SharedScreen.open(this.#desktop!.connection);
    await this.#events.onscreen(this.#screen);
    this.#events.onstate("live", "");
  }

  async #closeScreen(): Promise<void> {
    const screen = this.#screen;
    this.#screen = undefined;
    if (!screen) return;
    await this.#events.onscreen(undefined);
    await screen[Symbol.asyncDispose]();
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
