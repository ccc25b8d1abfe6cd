import { getLogger } from "@logtape/logtape";
import { MonitorSet } from "../display/monitors.ts";
import type { SharedScreen } from "../display/shared_screen.ts";
import type { PictureSettings } from "../protocol/control_message.ts";
import { KindMenu } from "./kind_menu.ts";
import type { PictureSource } from "./picture_source.ts";
import { decodes } from "./rendition_kind.ts";
import { type PooledRendition, RenditionPool } from "./rendition_pool.ts";
import { describeVideo } from "./video_news.ts";
import { type OfferedKind, offeredKinds } from "./video_offer.ts";
import type { VideoEvents, VideoOptions, VideoStatus } from "./video_options.ts";
import { ViewerWatch } from "./viewer_watch.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session"]);

/** What is known of a viewer, also while it is away. */
interface Guest {
  /** Undefined before it has said. */
  decoders: readonly string[] | undefined;
  /** Whose frames it gets. */
  current?: PooledRendition | undefined;
  /** Whose frames it will get. */
  next?: PooledRendition | undefined;
  /** How its picture is encoded, as it was told last. */
  told?: string;
}

/**
 * Sees to it that each viewer gets the picture in a way that it can show and keep up with, and that as few
 * encoders as possible are at work for that.
 */
export class VideoDirector implements AsyncDisposable {
  readonly #options: VideoOptions;
  readonly #events: VideoEvents;
  readonly #menu: KindMenu<OfferedKind>;
  readonly #pool: RenditionPool;
  readonly #viewers = new Set<Viewer>();
  readonly #guests = new WeakMap<Viewer, Guest>();
  readonly #watch: ViewerWatch;
  /** Whom the picture is to suit first. */
  #leader: Viewer | undefined;
  /** Of the last screen that there was. */
  #monitors = new MonitorSet([]);

  constructor(options: VideoOptions, events: VideoEvents) {
    this.#options = options;
    this.#events = events;
    this.#menu = new KindMenu(offeredKinds(options.encoders, options), options.wish);
    this.#pool = new RenditionPool({
      limits: options,
      onstate: (rendition) => this.#onstate(rendition),
      onhopeless: ({ kind }) => {
        this.#menu.failed(kind, performance.now());
        this.#assign();
      },
      onframe: (rendition, { encode }, octets) => this.#onframe(rendition, encode, octets),
    });
    this.#watch = new ViewerWatch(this.#pool, options.tiers ?? 1);
  }

  /** Those that are here. */
  get viewers(): ReadonlySet<Viewer> {
    return this.#viewers;
  }

  /** Of what a viewer would get that comes now. */
  get status(): VideoStatus {
    const { state, detail } = this.#standing().rendition;
    return { state, detail };
  }

  /** Why there is no picture, the last time that it was tried. */
  get failure(): unknown {
    return this.#standing().rendition.failure;
  }

  statusOf(viewer: Viewer): VideoStatus {
    const guest = this.#guest(viewer);
    const shown = guest.current ?? guest.next;
    if (shown) return { state: shown.rendition.state, detail: shown.rendition.detail };
    if (!this.#viewers.has(viewer)) return this.status;
    const list = (names: readonly string[]) => names.join(", ") || "nothing";
    return {
      state: "no-decoder",
      detail: `The page decodes ${list(guest.decoders ?? [])}; ` +
        `the server encodes ${list(this.#menu.all.map(({ name }) => name))}`,
    };
  }

  /** What encodes the picture of a viewer, or would. */
  encoderOf(viewer: Viewer): Pick<PictureSource, "name" | "codec"> {
    const { current, next } = this.#guest(viewer);
    const { name, codec } = (current ?? next ?? this.#standing()).rendition.source;
    return { name, codec };
  }

  /**
   * Shows this screen from now on, or none.
   *
   * @returns when the one before is not used any more, and this one is shown or cannot be.
   */
  async show(screen: SharedScreen | undefined): Promise<void> {
    const shown = this.#pool.show(screen);
    if (screen !== undefined) this.#setMonitors(screen.monitors);
    await shown;
    if (screen === undefined) return;
    // What does not work gives way to what may.
    let standing: PooledRendition | undefined;
    while (standing !== this.#standing()) await (standing = this.#standing()).ready;
  }

  /** A viewer can be sent the picture from now on. */
  join(viewer: Viewer): void {
    if (this.#viewers.has(viewer)) return;
    this.#viewers.add(viewer);
    this.#assign();
  }

  /** A viewer can be sent nothing any more. */
  leave(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    const guest = this.#guest(viewer);
    const { current } = guest;
    guest.current = guest.next = undefined;
    delete guest.told;
    if (this.#leader === viewer) this.#leader = undefined;
    current?.sink.remove(viewer);
    this.#assign();
    current?.rendition.wake();
  }

  /** A viewer has said what its page decodes. */
  introduce(viewer: Viewer, decoders: readonly string[]): void {
    this.#guest(viewer).decoders = decoders;
    this.#assign();
  }

  /** A viewer wants to see another monitor. */
  move(viewer: Viewer): void {
    if (this.#viewers.has(viewer)) this.#assign();
  }

  /** The monitor that a viewer sees, or will. */
  monitorOf(viewer: Viewer): number {
    return this.#monitors.resolve(viewer.monitor);
  }

  /** A viewer wants the picture to be encoded in another way. */
  configure(viewer: Viewer, settings: PictureSettings): void {
    if (viewer.role !== "control") return;
    const { framesPerSecond, bitrate, ...wish } = settings;
    this.#menu.ask(wish);
    const { limits } = this.#pool;
    const { framesPerSecond: mostFrames, bitrate: most } = this.#options;
    // What the server was started with is not to be exceeded.
    this.#pool.setLimits({
      framesPerSecond: Math.min(framesPerSecond ?? limits.framesPerSecond, mostFrames),
      bitrate: Math.min(bitrate ?? limits.bitrate, most),
    });
    this.#assign();
  }

  /** Looks whether a frame may be taken; call it when a viewer may want one or has room for one. */
  wake(viewer: Viewer): void {
    this.#guest(viewer).current?.rendition.wake();
  }

  /** A viewer uses the desktop: the picture keeps step with it, and suits it, from now on. */
  follow(viewer: Viewer): void {
    this.#guest(viewer).current?.sink.setPacing(viewer);
    if (this.#leader === viewer) return;
    this.#leader = viewer;
    this.#assign();
  }

  /** An input event of a viewer has reached the X server. */
  answered(viewer: Viewer, sequence: number): void {
    const sink = this.#guest(viewer).current?.sink;
    if (sink) sink.lastInput = { viewer, sequence, at: performance.now() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }

  #setMonitors(monitors: MonitorSet): void {
    const seen = () => [...this.#viewers].map((viewer) => this.monitorOf(viewer)).join();
    const before = seen();
    this.#monitors = monitors;
    if (seen() !== before) this.#assign();
  }

  #guest(viewer: Viewer): Guest {
    let guest = this.#guests.get(viewer);
    if (guest) return guest;
    guest = { decoders: undefined };
    this.#guests.set(viewer, guest);
    return guest;
  }

  /** Who sets the pace, or else who came first of those who may. */
  get #leading(): Viewer | undefined {
    if (this.#leader) return this.#leader;
    const here = [...this.#viewers];
    return here.find(({ role }) => role === "control") ?? here[0];
  }

  get #occasion() {
    return { now: performance.now(), fullColour: this.#watch.fullColour };
  }

  /** What who leads gets, or who comes next; it is open even if nobody is here. */
  #standing(): PooledRendition {
    const leading = this.#leading;
    const current = leading && this.#guest(leading).next?.kind;
    const monitor = this.#monitors.resolve(leading?.monitor);
    return this.#pool.get(monitor, current ?? this.#menu.first(this.#occasion), 0);
  }

  /** Gives each viewer what it is to have now. */
  #assign(): void {
    const groups = Map.groupBy(this.#viewers, (viewer) => this.monitorOf(viewer));
    for (const [monitor, viewers] of groups) this.#assignMonitor(monitor, viewers);
    this.#pool.tidy(this.#standing());
    for (const viewer of this.#viewers) this.#describe(viewer);
  }

  /** @param viewers All who see that monitor: they share what they can. */
  #assignMonitor(monitor: number, viewers: readonly Viewer[]): void {
    const leading = this.#leading;
    const seats = viewers.map((viewer) => ({
      decoders: this.#guest(viewer).decoders,
      leads: viewer === leading,
    }));
    const kinds = this.#menu.serve(seats, this.#occasion);
    for (const [index, viewer] of viewers.entries()) {
      const kind = kinds[index];
      if (kind === undefined) {
        this.#exclude(viewer);
        continue;
      }
      // Nobody is spared for whom there is nobody else.
      const sharing = viewers.filter((_, other) => kinds[other] === kind);
      const best = Math.min(...sharing.map((other) => this.#watch.tier(other)));
      this.#send(viewer, this.#pool.get(monitor, kind, this.#watch.tier(viewer) - best));
    }
  }

  /** The server has nothing that the viewer can show. */
  #exclude(viewer: Viewer): void {
    const guest = this.#guest(viewer);
    guest.current?.sink.remove(viewer);
    guest.current?.rendition.wake();
    guest.current = guest.next = undefined;
    log.warn("Viewer {id} gets no picture: {detail}", {
      id: viewer.id,
      detail: this.statusOf(viewer).detail,
    });
    this.#events.onstatus([viewer]);
  }

  /** Lets a viewer go to a rendition: at once, or, if it has a picture, when that has one too. */
  #send(viewer: Viewer, next: PooledRendition): void {
    const guest = this.#guest(viewer);
    if (guest.next === next) return;
    guest.next = next;
    const { current } = guest;
    const shows = current?.rendition.state === "live" &&
      (guest.decoders === undefined || decodes(guest.decoders, current.kind));
    if (!shows || next.rendition.state === "live") this.#switch(viewer, guest);
  }

  #onstate(rendition: PooledRendition): void {
    if (rendition.rendition.state === "live") {
      for (const viewer of this.#viewers) {
        const guest = this.#guest(viewer);
        if (guest.next === rendition) this.#switch(viewer, guest);
      }
    }
    for (const viewer of rendition.sink.viewers) this.#describe(viewer);
    this.#events.onstatus(rendition.sink.viewers);
  }

  #switch(viewer: Viewer, guest: Guest): void {
    const { current, next } = guest;
    if (next === undefined || next === current) return;
    current?.sink.remove(viewer);
    guest.current = next;
    const { kind, tier, rendition, sink } = next;
    if (current !== undefined) {
      log.info("Viewer {id} goes on with {kind}, tier {tier}", {
        id: viewer.id,
        kind: kind.name,
        tier,
      });
      current.rendition.wake();
      // What is still on its way would only keep it waiting.
      if (!viewer.hasRoom) viewer.abandonVideo();
    }
    sink.add(viewer, current !== undefined);
    const { pacer } = sink;
    const better = viewer === this.#leader || pacer?.role === "view" && viewer.role === "control";
    if (better) sink.setPacing(viewer);
    this.#pool.tidy(this.#standing());
    this.#describe(viewer);
    this.#events.onstatus([viewer]);
    rendition.wake();
  }

  /** Tells a viewer how its picture is encoded, if that is news. */
  #describe(viewer: Viewer): void {
    const guest = this.#guest(viewer);
    const { current, decoders = [] } = guest;
    if (current?.rendition.state !== "live") return;
    const choices = this.#menu.choices(decoders, performance.now());
    const message = describeVideo(current, this.#menu.wish, choices);
    const text = JSON.stringify(message);
    if (text === guest.told) return;
    guest.told = text;
    viewer.tell(message);
  }

  #onframe(rendition: PooledRendition, encodeUs: number, octets: number): void {
    const now = performance.now();
    const { viewers } = rendition.sink;
    this.#events.onframe?.(encodeUs / 1000, octets);
    const report = rendition.statistics.add(encodeUs / 1000, octets, now);
    if (report) {
      for (const viewer of viewers) {
        const viewers = this.#viewers.size;
        viewer.mention({ type: "statistics", ...report, viewers, ...viewer.pathReport });
      }
    }
    const beside = [...this.#viewers].filter((viewer) =>
      this.monitorOf(viewer) === rendition.monitor
    );
    const alone = beside.length < 2;
    if (this.#watch.look(rendition, now, { leading: this.#leading, alone })) this.#assign();
  }
}
