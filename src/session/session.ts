import { getLogger } from "@logtape/logtape";
import { CONTROL_VERSION, type ViewerMessage } from "../protocol/control_message.ts";
import type { CursorImage } from "../protocol/cursor_message.ts";
import { CloseCode } from "../protocol/errors.ts";
import type { Transport } from "../protocol/flow.ts";
import { MonitorSet } from "../display/monitors.ts";
import type { SharedScreen } from "../display/shared_screen.ts";
import type { GamepadGoneInput, GamepadInput, InputMessage } from "../protocol/input_message.ts";
import type { DesktopOptions } from "./desktop.ts";
import { openTogether } from "../open_together.ts";
import { MonitorReport } from "./monitor_report.ts";
import type { SessionFeature } from "./feature.ts";
import { HeldInput } from "./held_input.ts";
import { dispatchInput } from "./input_dispatch.ts";
import { SessionCounters, type SessionCounts } from "./session_counters.ts";
import { Sound, type SoundOptions, type SoundStatus } from "./sound.ts";
import { Stage, type StageEvents, type StageState } from "./stage.ts";
import { VideoDirector } from "./video_director.ts";
import type { VideoEncoders, VideoOptions, VideoStatus } from "./video_options.ts";
import {
  type PathChange,
  Viewer,
  type ViewerEvents,
  type ViewerNews,
  type ViewerRole,
} from "./viewer.ts";
import { ViewerRoster } from "./viewer_roster.ts";

const log = getLogger(["skerry", "session"]);

/** WebSocket close code 1001: the server is going away (RFC 6455 §7.4.1). */
const GOING_AWAY = 1001;

/** RFC 6455 §7.4.1: what pages close with that do not want to come back. */
const LEAVING: readonly number[] = [CloseCode.Normal, GOING_AWAY];

/** What a transport was let in for. */
export interface ViewerPass {
  /** Known to the viewer alone: its transports belong together by it. Without one, it has but this. */
  readonly key?: string;
  /** Of a new viewer. Default: control. */
  readonly role?: ViewerRole;
  /** The link that it came by; without one it is of an owner. */
  readonly invitation?: string | undefined;
  /** The sign-in that it came by, if it came by one; no secret. */
  readonly signIn?: string | undefined;
  /** What a new viewer is known by to the others; undefined if it has no name. */
  readonly name?: string | undefined;
  /** Whether it is of no use but to a viewer that is here already. */
  readonly standby?: boolean;
}

/** Whether there is a picture, and if not, why. */
export type SessionState = StageState | VideoStatus["state"];

/** What a session is opened with. */
export interface SessionOptions extends DesktopOptions, Omit<VideoOptions, keyof VideoEncoders> {
  /** The display is started before this is known. */
  readonly encoding: VideoEncoders | Promise<VideoEncoders>;
  readonly sound: SoundOptions;
  /** What else it does; disposed of with the session. */
  readonly features?: readonly SessionFeature[];
}

/** One desktop and everybody who looks at it. */
export class Session implements AsyncDisposable {
  readonly id: string = crypto.randomUUID();
  readonly #startedAt = Date.now();
  #video!: VideoDirector;
  readonly #roster = new ViewerRoster({
    onrelease: (viewer) => this.#release(viewer),
    onforget: (viewer) => {
      this.#held.delete(viewer);
      this.#sound?.leave(viewer);
      for (const feature of this.#features) feature.onleave?.(viewer);
      log.info("Viewer {id} is not waited for any more", { id: viewer.id });
    },
  });
  readonly #held = new Map<Viewer, HeldInput>();
  readonly #events: ViewerEvents = {
    hello: (viewer) => this.#hello(viewer),
    oncontrol: (viewer, message) => this.#oncontrol(viewer, message),
    onrole: (viewer) => {
      this.#release(viewer);
      for (const feature of this.#features) feature.onrole?.(viewer);
    },
    onmonitor: (viewer) => {
      this.#video.move(viewer);
      this.#seen.tell(viewer);
    },
    oninput: (viewer, message) => this.#oninput(viewer, message),
    onroom: (viewer) => this.#video.wake(viewer),
    onvideolost: (viewer) => this.#video.wake(viewer),
    ondrop: () => this.#counters.framesDropped++,
    onpath: (viewer, change) => {
      this.#onpath(viewer, change);
      for (const feature of this.#features) feature.onpath?.(viewer);
    },
  };
  readonly #features: readonly SessionFeature[];
  #stage: Stage | undefined;
  #sound: Sound | undefined;
  #stageState: StageState = "starting-display";
  #stageDetail = "";
  /** What each viewer was told last of whether there is a picture. */
  readonly #told = new WeakMap<Viewer, string>();
  readonly #seen: MonitorReport;
  #cursor: CursorImage | undefined;
  readonly #counters = new SessionCounters();

  private constructor(options: SessionOptions) {
    this.#seen = new MonitorReport({ ...options.size, monitors: new MonitorSet([]) });
    this.#features = options.features ?? [];
  }

  /**
   * Starts or joins the desktop and opens its capture and encoder, and starts its sound server.
   *
   * @param signal gives the start up.
   * @throws what {@link Stage.open} throws, and what opening the last of the encoders threw.
   */
  static async open(options: SessionOptions, signal?: AbortSignal): Promise<Session> {
    const session = new Session(options);
    try {
      await session.#start(options, signal);
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(options: SessionOptions, signal: AbortSignal | undefined): Promise<void> {
    const video = this.#direct(options);
    video.catch(() => {}); // it is the last opener's to tell
    const sound = Promise.withResolvers<Sound>();
    sound.promise.catch(() => {}); // likewise
    // Programs have to be told where to play, but the X server can start before that is known.
    const environment = sound.promise.then(async ({ environment }) => ({
      ...await options.environment,
      ...environment,
    }));
    environment.catch(() => {});
    const events: StageEvents = {
      onstate: (state, detail) => this.#onstate(state, detail),
      onscreen: async (screen) => this.#onscreen(screen, await video),
      ondesktop: (desktop) => {
        for (const feature of this.#features) feature.ondesktop?.(desktop);
      },
      oncursor: (image) => {
        this.#cursor = image;
        for (const viewer of this.#roster.viewers) viewer.sendCursor(image);
      },
    };
    // The X server first: it starts while the rest is computed here.
    [this.#stage, this.#sound, this.#video] = await openTogether<[Stage, Sound, VideoDirector]>([
      (signal) => Stage.open({ ...options, environment }, events, signal),
      async (signal) => {
        const opening = Sound.open(options.sound, (status) => this.#onsound(status), signal);
        sound.resolve(opening);
        return await opening;
      },
      () => video,
    ], signal);
    // At the start, unlike later, there is nobody for whom to keep trying.
    if (this.#video.status.state !== "live") throw this.#video.failure;
  }

  async #direct(options: SessionOptions): Promise<VideoDirector> {
    return new VideoDirector({ ...options, ...await options.encoding }, {
      onstatus: (viewers) => this.#tellStatus(viewers),
      onframe: (encodeMs, octets) => this.#counters.frame(encodeMs, octets),
    });
  }

  /** Without regard to what single viewers can show. */
  get state(): SessionState {
    return this.#stageState === "live" ? this.#video.status.state : this.#stageState;
  }

  /** What has been counted since the start. */
  get counts(): SessionCounts {
    return this.#counters;
  }

  get viewers(): ReadonlySet<Viewer> {
    return this.#video.viewers;
  }

  /** Resolves when the program that the session was started for has exited, with its code. */
  get ended(): Promise<{ code: number }> {
    return this.#stage!.ended;
  }

  /**
   * Shows the desktop to a viewer, for as long as it has transports, and a while longer.
   *
   * @returns undefined if the transport is for nobody: it is closed then.
   */
  addViewer(transport: Transport, pass: ViewerPass = {}): Viewer | undefined {
    const { key = crypto.randomUUID(), role = "control", standby = false } = pass;
    const { invitation, name, signIn } = pass;
    const known = this.#roster.find(key);
    if (known === undefined && (standby || this.#roster.hasLeft(key))) {
      transport.close(CloseCode.Normal, "The viewer that this is a path of is gone");
      return undefined;
    }
    const viewer = known ??
      new Viewer({
        id: `${++this.#counters.viewers}`,
        role,
        invitation,
        signIn,
        name,
        events: this.#events,
      });
    const { id } = viewer;
    log.info(`Viewer {id} ${known ? "has another path" : "joined"}: {kind}`, {
      id,
      kind: transport.kind,
    });
    viewer.attach(transport);
    if (known !== undefined) return viewer;
    this.#roster.add(key, viewer);
    for (const feature of this.#features) feature.onjoin?.(viewer);
    this.#tellStatus([viewer]);
    this.#seen.tell(viewer);
    if (this.#sound) viewer.tell({ type: "audio", ...this.#sound.status });
    if (this.#cursor) viewer.sendCursor(this.#cursor);
    return viewer;
  }

  /**
   * The page of a viewer says goodbye: it is not waited for. Browsers do not close every transport of a
   * page that they close, and such a one seems to be there until it has been silent for long.
   *
   * @param key Of its {@link ViewerPass}.
   */
  dismissViewer(key: string): void {
    this.#roster.find(key)?.leave();
    this.#roster.leave(key);
  }

  /** The page of a viewer may be about to be left: if its last path ends soon, it is not waited for. */
  expectGoodbye(key: string): void {
    this.#roster.mayLeave(key);
  }

  /** Stops everything that the session started; the viewers are told. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const viewer of this.#roster.viewers) {
      viewer.close(GOING_AWAY, "The server is shutting down");
    }
    this.#roster[Symbol.dispose]();
    for (const held of this.#held.values()) held[Symbol.dispose]();
    await this.#stage?.[Symbol.asyncDispose]();
    await this.#video?.[Symbol.asyncDispose]();
    for (const feature of this.#features) await feature[Symbol.asyncDispose]?.();
    // After the programs, which may have something to play at the end.
    await this.#sound?.[Symbol.asyncDispose]();
  }

  #onsound(status: SoundStatus): void {
    this.#tell({ type: "audio", ...status });
  }

  #onstate(state: StageState, detail: string): void {
    // Nothing is held down on a new display.
    if (state === "starting-display") { for (const held of this.#held.values()) held.forget(); }
    this.#stageState = state;
    this.#stageDetail = detail;
    this.#tellStatus(this.#roster.viewers);
  }

  /** With a screen, what there is to see depends on the encoder, and on what the viewer can show. */
  #tellStatus(viewers: Iterable<Viewer>): void {
    for (const viewer of viewers) {
      const status = this.#stageState === "live"
        ? this.#video.statusOf(viewer)
        : { state: this.#stageState, detail: this.#stageDetail };
      const told = `${status.state} ${status.detail}`;
      if (told === this.#told.get(viewer)) continue;
      this.#told.set(viewer, told);
      viewer.tell({ type: "status", ...status });
    }
  }

  #heldBy(viewer: Viewer): HeldInput {
    let held = this.#held.get(viewer);
    if (held) return held;
    held = new HeldInput({
      hands: () => this.#stage?.input,
      transport: () => viewer.transport,
      onsilent: () => {
        for (const feature of this.#features) feature.onrelease?.(viewer);
        log.warn("Viewer {id} gives no sign of life: what it held down is let go", {
          id: viewer.id,
        });
      },
    });
    this.#held.set(viewer, held);
    return held;
  }

  /** Lets go what a viewer holds down, and nothing that others do. */
  #release(viewer: Viewer): void {
    this.#held.get(viewer)?.release();
    for (const feature of this.#features) feature.onrelease?.(viewer);
  }

  async #onscreen(screen: SharedScreen | undefined, video: VideoDirector): Promise<void> {
    await video.show(screen);
    if (screen === undefined) return;
    this.#seen.screen = screen;
    for (const viewer of this.#roster.viewers) this.#seen.tell(viewer);
  }

  #tell(news: ViewerNews): void {
    for (const viewer of this.#roster.viewers) viewer.tell(news);
  }

  #hello(viewer: Viewer): ReturnType<ViewerEvents["hello"]> {
    const { server } = this.#stage!;
    return {
      type: "hello",
      protocol: CONTROL_VERSION,
      session: this.id,
      viewer: viewer.id,
      role: viewer.role,
      display: { ...this.#seen.sizeOf(viewer), server, resizable: server === "xvnc" },
      encoder: this.#video.encoderOf(viewer),
      startedAt: this.#startedAt,
    };
  }

  #onpath(viewer: Viewer, { to, close }: PathChange): void {
    if (to !== undefined) {
      this.#roster.back(viewer);
      this.#counters.path(viewer);
      this.#held.get(viewer)?.moved();
      // One that has but changed its path needs a keyframe, and not what it has had already.
      this.#video.join(viewer);
      return;
    }
    // The page takes it that nothing is held once it is back, and until then the X server would repeat it.
    this.#release(viewer);
    this.#video.leave(viewer);
    log.info("Viewer {id} has left: {code} {reason}", { id: viewer.id, ...close });
    if (close?.clean && LEAVING.includes(close.code)) this.#roster.forget(viewer);
    else this.#roster.away(viewer);
  }

  #oncontrol(viewer: Viewer, message: ViewerMessage): void {
    if (this.#features.some((feature) => feature.oncontrol?.(viewer, message))) return;
    switch (message.type) {
      case "hello":
        this.#video.introduce(viewer, message.decoders);
        break;
      case "request-keyframe":
        log.debug("Viewer {id} wants a keyframe: {reason}", {
          id: viewer.id,
          reason: message.reason,
        });
        viewer.awaitsKeyframe = true;
        this.#video.wake(viewer);
        break;
      case "focus":
        if (!message.focused) this.#release(viewer);
        break;
      case "audio":
        if (message.enabled) this.#sound?.listen(viewer, message.repeats);
        else this.#sound?.leave(viewer);
        break;
      case "settings":
        if (message.picture) this.#video.configure(viewer, message.picture);
        break;
      case "log":
        log.debug("Viewer {id} says: {message}", { id: viewer.id, message: message.message });
        break;
    }
  }

  #oninput(viewer: Viewer, message: InputMessage): void {
    const input = this.#stage?.input;
    if (viewer.role !== "control" || !input) return;
    this.#video.follow(viewer);
    // What others hold down is not this viewer's to let go.
    if (message.type === "releaseAll") this.#release(viewer);
    else if (!isOfGamepad(message)) dispatchInput(input, message);
    for (const feature of this.#features) feature.oninput?.(viewer, message);
    this.#heldBy(viewer).note(message);
    this.#video.answered(viewer, message.sequence);
  }
}

function isOfGamepad(message: InputMessage): message is GamepadInput | GamepadGoneInput {
  return message.type === "gamepad" || message.type === "gamepadGone";
}
