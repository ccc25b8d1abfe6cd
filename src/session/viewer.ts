import { getLogger } from "@logtape/logtape";
import { type Channel, type ChannelKind, ReplayedChannel } from "../protocol/channel.ts";
import type { Numbered, ServerMessage, ViewerMessage } from "../protocol/control_message.ts";
import type { CursorImage } from "../protocol/cursor_message.ts";
import type { Schedule } from "../protocol/deadline_timer.ts";
import { CloseCode } from "../protocol/errors.ts";
import type { Transport, TransportClose } from "../protocol/flow.ts";
import type { InputMessage } from "../protocol/input_message.ts";
import { PathWatch } from "../protocol/path_watch.ts";
import { ReplayFilter } from "../protocol/replay.ts";
import { scheduleTimeout } from "../transport/timeout.ts";
import type { FrameGate, PathReport } from "./frame_gate.ts";
import { provedAgain, UNSTEADY_MS } from "./port_change.ts";
import { NewsSender, type ViewerNews } from "./viewer_news.ts";
import { ViewerPath, type ViewerPathEvents } from "./viewer_path.ts";

const log = getLogger(["skerry", "session"]);

/** What paths are closed with when their page has said goodbye. */
const LEFT = "The page was left";

/** Whether a viewer may send input, or only look. */
export type ViewerRole = "control" | "view";

type ServerHello = Extract<ServerMessage, { type: "hello" }>;
export type { ViewerNews };

export interface PathChange {
  /** What does from now on; undefined if the viewer has no path left. */
  readonly to: Transport | undefined;
  /** How the last path ended, if it did. */
  readonly close?: TransportClose;
}

/** What a viewer tells the session that it belongs to. */
export interface ViewerEvents {
  /** What the first message of a path says. */
  hello(viewer: Viewer): Omit<ServerHello, "active" | "epoch">;
  oncontrol(viewer: Viewer, message: ViewerMessage): void;
  oninput(viewer: Viewer, message: InputMessage): void;
  /** The viewer may do something else from now on. */
  onrole?(viewer: Viewer): void;
  /** The viewer wants to see another monitor. */
  onmonitor?(viewer: Viewer): void;
  /** The viewer's path may have room again, or it has fallen silent. */
  onroom(viewer: Viewer): void;
  /** Nothing can be decoded before the next keyframe: a frame was given up, or the path is another. */
  onvideolost(viewer: Viewer): void;
  /** A frame was given up on its way. */
  ondrop?(viewer: Viewer): void;
  /** What is sent goes by another transport from now on. */
  onpath(viewer: Viewer, change: PathChange): void;
}

export interface ViewerOptions {
  readonly id: string;
  readonly role: ViewerRole;
  /** The link that it came by; without one it is of an owner. */
  readonly invitation?: string | undefined;
  /** The sign-in that it came by, if it came by one; no secret. */
  readonly signIn?: string | undefined;
  /** What it is known by to the others; undefined if it has no name. */
  readonly name?: string | undefined;
  readonly events: ViewerEvents;
  /** Default: `setTimeout`. */
  readonly schedule?: Schedule;
}

/**
 * One connected page, and what it still needs to show the picture.
 *
 * It has one or more paths to the server. One is active: all goes by that. The others are in reserve and
 * carry nothing, until the active one falls silent or the page asks for another. What comes from the
 * page is taken by whichever path it comes, once.
 */
export class Viewer {
  readonly id: string;
  readonly invitation: string | undefined;
  readonly signIn: string | undefined;
  readonly name: string | undefined;
  #role: ViewerRole;
  /** Whether nothing can be decoded before the next keyframe. */
  awaitsKeyframe = true;
  #monitor: number | undefined;
  readonly #events: ViewerEvents;
  readonly #schedule: Schedule;
  readonly #paths = new Set<ViewerPath>();
  readonly #news = new NewsSender({
    onsent: () => this.#watch?.sent(),
    onfull: (error) => {
      // What it has missed cannot be made up for: it has to start anew.
      log.warn("Viewer {id} leaves too much unread: {error}", { id: this.id, error });
      this.close(CloseCode.LimitExceeded, error.message);
    },
  });
  readonly #told = new ReplayFilter();
  readonly #inputs = new ReplayFilter();
  readonly #channels = new Map<ChannelKind, ReplayedChannel>();
  readonly #pathEvents: ViewerPathEvents = {
    oncontrol: (path, message) => this.#oncontrol(path, message),
    oninput: (message) => {
      if (this.#inputs.accept(message.sequence)) this.#events.oninput(this, message);
    },
    onchannel: (kind) => {
      const channel = this.#channels.get(kind);
      return channel && ((octets) => channel.receive(octets));
    },
    onroom: (path) => {
      if (path !== this.#active) return;
      path.considerPadding();
      this.#events.onroom(this);
    },
    onmoved: (path) => {
      const now = path.transport.now();
      const steady = now - this.#movedAt > UNSTEADY_MS;
      this.#movedAt = now;
      if (path === this.#active) void this.#bypass(path, steady);
    },
    onvideolost: (path) => {
      if (path !== this.#active) return;
      this.#events.ondrop?.(this);
      this.#loseVideo();
    },
  };
  #active: ViewerPath | undefined;
  #watch: PathWatch | undefined;
  #epoch = 0;
  /** When the page's port has changed last. */
  #movedAt = -Infinity;
  /** What the last path carried, in octets a second. */
  #rate: number | undefined;
  #cursor: CursorImage | undefined;

  constructor(options: ViewerOptions) {
    this.id = options.id;
    this.invitation = options.invitation;
    this.signIn = options.signIn;
    this.name = options.name;
    this.#role = options.role;
    this.#events = options.events;
    this.#schedule = options.schedule ?? scheduleTimeout;
  }

  get role(): ViewerRole {
    return this.#role;
  }

  /** Gives the viewer the control, or takes it; it is told, and what it holds down is let go. */
  set role(role: ViewerRole) {
    if (role === this.#role) return;
    this.#role = role;
    this.#events.onrole?.(this);
    this.tell({ type: "role", role });
  }

  /** The monitor that it wants to see, as `MonitorSet.resolve()` takes it. */
  get monitor(): number | undefined {
    return this.#monitor;
  }

  set monitor(monitor: number | undefined) {
    if (monitor === this.#monitor) return;
    this.#monitor = monitor;
    this.#events.onmonitor?.(this);
  }

  /** What everything is sent by; undefined while the viewer is away. */
  get transport(): Transport | undefined {
    return this.#active?.transport;
  }

  /** How many paths there are, the active one included. */
  get paths(): number {
    return this.#paths.size;
  }

  /** Whether the path takes another frame without making a queue. */
  get hasRoom(): boolean {
    return this.#active?.gate.hasRoom ?? false;
  }

  /** When frames may be taken for the path that is in use, and what they may be. */
  get gate(): FrameGate | undefined {
    return this.#active?.gate;
  }

  /** What is known of the path that is in use, for the viewer's statistics. */
  get pathReport(): PathReport | undefined {
    return this.#active?.report;
  }

  /** Whether the viewer has given no sign of life for longer than it should take. */
  get isSilent(): boolean {
    return this.#watch?.doubtful ?? false;
  }

  /** Whether frames pile up on our side: what is added now would be shown much too late. */
  get isBehind(): boolean {
    return this.#active?.isBehind ?? false;
  }

  /** How many octets of frames may wait on our side before that is so. */
  get mostQueuedBytes(): number {
    return this.#active?.mostQueuedBytes ?? 0;
  }

  /** Gives the viewer one more path: the active one if there is none, or else one in reserve. */
  attach(transport: Transport): void {
    const path = new ViewerPath(transport, {
      viewer: this.id,
      events: this.#pathEvents,
      schedule: this.#schedule,
    });
    this.#paths.add(path);
    const active = this.#active === undefined;
    path.sendControl({ ...this.#events.hello(this), active, epoch: this.#epoch });
    if (active) this.#use(path);
    transport.closed.then((close) => this.#detach(path, close));
  }

  /** Tells the viewer something that it must not miss, unless there is something newer of the same type. */
  tell(message: ViewerNews): void {
    this.#news.tell(message);
  }

  /** Tells the viewer something that is worth nothing later, if it is there. */
  mention(message: ServerMessage): void {
    this.#active?.sendControl(message);
  }

  /** @param image the pointer as it is from now on; the same object for the same image. */
  sendCursor(image: CursorImage): void {
    this.#cursor = image;
    this.#active?.cursor.image(image);
    this.#watch?.sent();
  }

  /** Says where the pointer is, in pixels of the screen; only the last place counts. */
  sendPointer(x: number, y: number): void {
    this.#active?.cursor.position(x, y);
  }

  /** @param octets an encoded video message, which must not change afterwards. */
  sendVideo(octets: Uint8Array, keyframe: boolean): void {
    if (!this.#active?.sendVideo(octets, keyframe)) return;
    if (keyframe) this.awaitsKeyframe = false;
    this.#watch?.sent();
  }

  /** Gives up the frames that are on their way: it is to get others. */
  abandonVideo(): void {
    this.#active?.abandonVideo();
  }

  /** The channel of a kind, to which only its one feature listens. Without a feature there is none. */
  channel(kind: ChannelKind): Channel {
    const known = this.#channels.get(kind);
    if (known) return known;
    const channel = new ReplayedChannel(kind, {
      onsent: () => this.#watch?.sent(),
      onrefused: ({ reason }) =>
        log.warn("Viewer {id} takes no {kind}: {reason}", { id: this.id, kind, reason }),
    });
    this.#channels.set(kind, channel);
    channel.attach(this.transport);
    return channel;
  }

  /** Says goodbye and closes all paths. */
  close(code: number, reason: string): void {
    for (const path of this.#paths) path.close(code, reason);
  }

  /** The page is gone: closes all paths, and waits for no answer. */
  leave(): void {
    const paths = [...this.#paths];
    // None is to take over from another.
    this.#paths.clear();
    for (const path of paths) path.transport.close(CloseCode.Normal, LEFT);
    if (this.#active !== undefined) {
      this.#end({ clean: true, code: CloseCode.Normal, reason: LEFT });
    }
  }

  #detach(path: ViewerPath, close: TransportClose): void {
    this.#paths.delete(path);
    if (path !== this.#active) return;
    // The newest is the likeliest to be alive.
    const next = [...this.#paths].at(-1);
    if (next !== undefined) {
      return this.#activate(next, `The path before was closed: ${close.reason || close.code}`);
    }
    this.#end(close);
  }

  /** No path is left. */
  #end(close: TransportClose): void {
    this.#rest();
    this.#news.attach(undefined);
    for (const channel of this.#channels.values()) channel.attach(undefined);
    this.#events.onpath(this, { to: undefined, close });
  }

  /** Has everything go by another path, and tells the viewer so. */
  #activate(path: ViewerPath, reason: string): void {
    this.#epoch++;
    log.info("Viewer {id} goes on by {kind}: {reason}", {
      id: this.id,
      kind: path.transport.kind,
      reason,
    });
    path.sendControl({ type: "activate", epoch: this.#epoch, reason: reason.slice(0, 256) });
    this.#use(path);
  }

  #use(path: ViewerPath): void {
    this.#rest();
    // Another way to the same viewer is as fast until it shows otherwise.
    if (this.#rate !== undefined) path.gate.believe(this.#rate);
    this.#active = path;
    this.#watch = new PathWatch({
      transport: path.transport,
      now: () => path.transport.now(),
      schedule: this.#schedule,
      reserves: () => this.#reserves(),
      ondoubt: () => this.#events.onroom(this),
      onsilent: (reserve, silence) => this.#onsilent(reserve, silence),
    });
    this.#news.attach(path.control);
    for (const channel of this.#channels.values()) channel.attach(path.transport);
    if (this.#cursor) path.cursor.image(this.#cursor);
    this.#watch.sent();
    this.awaitsKeyframe = true;
    this.#events.onpath(this, { to: path.transport });
    this.#events.onvideolost(this);
  }

  /** Leaves the active path to itself. */
  #rest(): void {
    this.#watch?.[Symbol.dispose]();
    this.#rate = this.#active?.gate.measuredRate ?? this.#rate;
    this.#active?.stopPadding();
    this.#active?.abandonVideo();
    this.#watch = this.#active = undefined;
  }

  #reserves(): Transport[] {
    return [...this.#paths].filter((path) => path !== this.#active).map((path) => path.transport);
  }

  #onsilent(reserve: Transport, silence: number): void {
    const path = [...this.#paths].find(({ transport }) => transport === reserve);
    const reason = `Nothing came by the path before for ${Math.round(silence)} ms`;
    if (path !== undefined) this.#activate(path, reason);
  }

  /**
   * Goes on by a path in reserve at once, and back when this one may carry the picture again.
   *
   * @param steady Whether the port has not changed just before, too.
   */
  async #bypass(path: ViewerPath, steady: boolean): Promise<void> {
    const reserve = [...this.#paths].findLast((other) => other !== path);
    if (reserve === undefined) return;
    const proved = provedAgain(path.transport, reserve.transport, this.#schedule);
    this.#activate(reserve, "The page's port has changed");
    const why = await proved;
    if (this.#active !== reserve || !this.#paths.has(path)) return;
    if (why === "silent") this.#activate(path, "The other path is silent");
    if (why === "proved" && steady) this.#activate(path, "The page's new port is proved");
  }

  #loseVideo(): void {
    this.awaitsKeyframe = true;
    this.#events.onvideolost(this);
  }

  #oncontrol(path: ViewerPath, { number, ...message }: Numbered<ViewerMessage>): void {
    if (number !== undefined && !this.#told.accept(number)) return;
    switch (message.type) {
      case "activate":
        // Of two switches at the same time the viewer's holds: it knows what it can hear.
        if (message.epoch < this.#epoch) return;
        this.#epoch = message.epoch;
        if (path === this.#active) return;
        log.info("Viewer {id} wants to go on by {kind}: {reason}", {
          id: this.id,
          kind: path.transport.kind,
          reason: message.reason,
        });
        return this.#use(path);
      case "ping":
        return path.sendControl({
          type: "pong",
          id: message.id,
          clientTime: message.clientTime,
          serverTime: performance.now() * 1000,
        });
      default:
        this.#events.oncontrol(this, message);
    }
  }
}
