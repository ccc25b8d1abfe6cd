/**
 * A viewer of the server's and the page that it stands for, as both are in the product, with paths in
 * memory between them on a clock of their own.
 *
 * @module
 */
import type { ViewerMessage } from "../../src/protocol/control_message.ts";
import type { TransportKind } from "../../src/protocol/flow.ts";
import type { InputMessage } from "../../src/protocol/input_message.ts";
import { encodeVideoHeaderInto, videoHeaderLength } from "../../src/protocol/video_message.ts";
import { Viewer } from "../../src/session/viewer.ts";
import { type MemoryTransport, memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import type { PathReason } from "../../web/messages.ts";
import { ServerClock } from "../../web/worker/server_clock.ts";
import { StatisticsCollector } from "../../web/worker/statistics.ts";
import { type ServerStatus, Viewer as Page } from "../../web/worker/viewer.ts";
import type { ViewerPath as PagePath } from "../../web/worker/viewer_path.ts";

export const STANDBY: PathReason = { code: "standby", detail: "" };
const OPEN = 1_000_000;
/** In ms. */
const STEP = 10;

/** Both ends of one path. */
export class Path {
  readonly server: MemoryTransport;
  readonly client: MemoryTransport;

  /** @param options.delay One way, in ms. */
  constructor(
    clock: VirtualClock,
    { delay = 10, kind }: { delay?: number; kind?: TransportKind } = {},
  ) {
    const link = { delay, rate: OPEN };
    [this.server, this.client] = memoryTransportPair({ clock, links: [link, link] });
    if (kind === undefined) return;
    for (const end of [this.server, this.client]) {
      Object.defineProperty(end, "kind", { value: kind });
    }
  }

  block(): void {
    this.server.link!.rate = this.client.link!.rate = 0;
  }

  unblock(): void {
    this.server.link!.rate = this.client.link!.rate = OPEN;
  }
}

export class ViewerBench {
  readonly clock = new VirtualClock();
  readonly inputs: InputMessage[] = [];
  readonly requests: ViewerMessage[] = [];
  readonly statuses: string[] = [];
  readonly frames: number[] = [];
  readonly server: Viewer;
  readonly page: Page;
  restarts = 0;
  away = 0;
  #frame = 0;

  constructor() {
    const schedule = (ms: number, callback: () => void) => this.clock.schedule(ms, callback);
    this.server = this.viewer("1");
    const serverClock = new ServerClock();
    this.page = new Page({
      player: {
        play: (octets) =>
          this.frames.push(new DataView(octets.buffer, octets.byteOffset).getUint32(2)),
        restart: () => this.restarts++,
      },
      sound: { play: () => 0, restart() {} },
      statistics: new StatisticsCollector(() => serverClock),
      clock: () => serverClock,
      decoders: () => Promise.resolve(["vp8"]),
      viewport: () => ({ devicePixelRatio: 1, width: 100, height: 100 }),
      post() {},
      hello() {},
      resized: () => {},
      status: ({ detail }: ServerStatus) => this.statuses.push(detail),
      video: () => {},
      role: () => {},
      paths() {},
      schedule,
    });
  }

  /** A viewer of a server that does not know any other. */
  viewer(id: string): Viewer {
    return new Viewer({
      id,
      role: "control",
      schedule: (ms, callback) => this.clock.schedule(ms, callback),
      events: {
        hello: (viewer) => ({
          type: "hello",
          protocol: 1,
          session: "session",
          viewer: viewer.id,
          role: viewer.role,
          display: { width: 16, height: 16, server: "xvnc", resizable: true },
          encoder: { name: "vp8enc", codec: "vp8" },
          startedAt: 0,
        }),
        oncontrol: (_viewer, message) => this.requests.push(message),
        oninput: (_viewer, message) => this.inputs.push(message),
        onroom() {},
        onvideolost() {},
        onpath: (_viewer, { to }) => {
          if (to === undefined) this.away++;
        },
      },
    });
  }

  /** Gives both ends one more path, and time to get to know each other. */
  async join(why: PathReason = STANDBY, { server = this.server, delay = 10 } = {}): Promise<Path> {
    const path = new Path(this.clock, { delay });
    server.attach(path.server);
    this.page.attach(path.client, why);
    await this.pass(200);
    return path;
  }

  /**
   * Lets time pass, in steps after which all promises have had their turn: chains of them are longer
   * than the clock alone waits for.
   */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= STEP) {
      await this.clock.advance(Math.min(left, STEP));
      for (let turn = 0; turn < 20; turn++) await undefined;
    }
  }

  type(keysym: number): void {
    this.page.sendInput({ type: "key", keysym, down: true, at: 0 });
  }

  /** Sends a frame, a keyframe if the viewer needs one. */
  show(server = this.server): void {
    const keyframe = server.awaitsKeyframe;
    const length = videoHeaderLength({ changed: [] });
    const octets = new Uint8Array(length + 100);
    encodeVideoHeaderInto(octets, 0, {
      sequence: ++this.#frame,
      keyframe,
      topOff: false,
      captureTime: 0,
      damageToGrab: 0,
      grab: 0,
      convert: 0,
      encode: 0,
      lastInput: 0,
      inputToGrab: 0,
      changed: [],
    });
    server.sendVideo(octets, keyframe);
  }

  get keys(): number[] {
    return this.inputs.flatMap((input) => input.type === "key" ? [input.keysym] : []);
  }

  get pagePath(): PagePath | undefined {
    return this.page.active?.path;
  }
}
