import { getLogger } from "@logtape/logtape";
import type { ScreenArea } from "../display/shared_screen.ts";
import { EncoderChoice } from "./encoder_choice.ts";
import { FrameLoop } from "./frame_loop.ts";
import { FramePacer } from "./frame_pacer.ts";
import { Retry } from "./retry.ts";
import type { PictureLimits, PictureSource, ScreenPicture } from "./picture_source.ts";
import type { EncodedFrame } from "./screen_encoder.ts";
import { TopOff } from "./top_off.ts";
import type { VideoBroadcast } from "./video_broadcast.ts";

const log = getLogger(["skerry", "session"]);

/** An encoder that has worked for so long, in milliseconds, is opened again at once when it fails. */
const PROVEN_MS = 10_000;

export interface RenditionOptions {
  /** The encoders to use, best first; at least one. */
  readonly sources: readonly PictureSource[];
  readonly limits: PictureLimits;
  /** Gives its viewers what they are sent. */
  readonly sink: VideoBroadcast;
  /** There is a picture, or there is none; said before anybody is given a frame. */
  onstate(): void;
  /** None of the encoders works. They are tried on and on all the same. */
  onhopeless(): void;
}

export type RenditionState = "live" | "encoder-lost";

/** An encoder at work. */
interface Work extends AsyncDisposable {
  readonly picture: ScreenPicture;
  readonly loop: FrameLoop<EncodedFrame>;
  /** Resolves with the reason when no more frames come. */
  readonly failed: Promise<Error>;
}

/**
 * One way of encoding the screen or a part of it, for all who look at it that way: an encoder, the frames that it is
 * given, and the viewers that they are sent to. An encoder that fails is replaced.
 */
export class Rendition implements AsyncDisposable {
  /** Its viewers, and the pace that they set. */
  readonly sink: VideoBroadcast;
  readonly #options: RenditionOptions;
  readonly #sources: EncoderChoice<PictureSource>;
  #limits: PictureLimits;
  #area: ScreenArea | undefined;
  #state: RenditionState = "encoder-lost";
  #detail = "";
  #failure: unknown;
  #work: Work | undefined;
  /** Ends the showing of the screen that there is. */
  #end = new AbortController();
  #showing: Promise<void> = Promise.resolve();

  constructor(options: RenditionOptions) {
    this.#options = options;
    this.sink = options.sink;
    this.#limits = options.limits;
    this.#sources = new EncoderChoice(options.sources);
  }

  get state(): RenditionState {
    return this.#state;
  }

  /** For people: why there is no picture. */
  get detail(): string {
    return this.#detail;
  }

  /** Why no encoder could be opened, the last time that it was tried. */
  get failure(): unknown {
    return this.#failure;
  }

  /** What encodes, or will. */
  get source(): PictureSource {
    return this.#sources.current;
  }

  get limits(): PictureLimits {
    return this.#limits;
  }

  /** Holds it to something else from now on. Another bitrate needs no other encoder. */
  setLimits(limits: PictureLimits): void {
    const { framesPerSecond, reduction } = this.#limits;
    this.#limits = limits;
    if (framesPerSecond === limits.framesPerSecond && reduction === limits.reduction) {
      this.#work?.picture.setBitrate(limits.bitrate);
    } else {
      this.show(this.#area);
    }
  }

  /** Looks whether a frame may be taken; call it when a viewer may want one or has room for one. */
  wake(): void {
    this.#work?.loop.wake();
  }

  /**
   * Shows a screen from now on, whatever happens to encoders, until the screen is lost; or none.
   *
   * @returns when the screen before is not used any more and an encoder for this one was opened, or could
   * not be: then the next one is tried, again and again.
   */
  async show(area: ScreenArea | undefined): Promise<void> {
    this.#area = area;
    this.#end.abort();
    const end = this.#end = new AbortController();
    await this.#showing;
    if (area === undefined || end.signal.aborted) return;
    const tried = Promise.withResolvers<void>();
    this.#showing = this.#keep(area, end.signal, tried.resolve);
    await tried.promise;
  }

  /** Shows nothing any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.show(undefined);
  }

  /** @param tried Called once an encoder was opened, or could not be. */
  async #keep(area: ScreenArea, signal: AbortSignal, tried: () => void): Promise<void> {
    const ended = new Promise<undefined>((resolve) =>
      signal.addEventListener("abort", () => resolve(undefined), { once: true })
    );
    const over = () => signal.aborted || area.isLost;
    try {
      for (let retry = new Retry(signal); await retry.next() && !over();) {
        const work = await this.#open(area, signal).catch((error) => {
          this.#failure = error;
        });
        if (work === undefined) {
          if (over()) return;
          log.error("No encoder can be opened: {error}", { error: this.#failure });
          this.#setState("encoder-lost", message(this.#failure));
          this.#options.onhopeless();
          tried();
          continue;
        }
        const openedAt = performance.now();
        this.#failure = undefined;
        this.#work = work;
        this.sink.restart();
        this.#setState("live", "");
        tried();
        work.loop.wake();
        const error = await Promise.race([work.failed, ended]);
        this.#work = undefined;
        await work[Symbol.asyncDispose]();
        // Without a screen, frames fail for want of it.
        if (error === undefined || over()) return;
        const { name } = this.source;
        log.error("Encoder {name} has failed: {error}", { name, error });
        this.#setState("encoder-lost", `The encoder ${name} has failed and is started again`);
        const now = performance.now();
        if (this.#sources.failed(now)) this.#options.onhopeless();
        if (now - openedAt > PROVEN_MS) retry = new Retry(signal);
      }
    } finally {
      tried();
    }
  }

  #setState(state: RenditionState, detail: string): void {
    this.#state = state;
    this.#detail = detail;
    this.#options.onstate();
  }

  async #open(area: ScreenArea, signal: AbortSignal): Promise<Work> {
    const limits = this.#limits;
    const picture = await this.#sources.open((source) => source.open(area, { ...limits, signal }));
    // It may have been changed meanwhile.
    if (this.#limits.bitrate !== limits.bitrate) picture.setBitrate(this.#limits.bitrate);
    const failed = Promise.withResolvers<Error>();
    const loop = new FrameLoop({
      picture,
      sink: this.sink,
      pacer: new FramePacer(limits.framesPerSecond),
      topOff: new TopOff(picture.width * picture.height),
      onerror: (error) => failed.resolve(error instanceof Error ? error : new Error(`${error}`)),
    });
    picture.failed.then(failed.resolve);
    picture.ondamage = () => loop.wake();
    return {
      picture,
      loop,
      failed: failed.promise,
      async [Symbol.asyncDispose]() {
        await loop[Symbol.asyncDispose]();
        await picture[Symbol.asyncDispose]();
      },
    };
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
