/**
 * The path that the viewer uses: since when and why, and whether the server is still there.
 *
 * @module
 */

import type { Schedule } from "../../src/protocol/deadline_timer.ts";
import { PathWatch } from "../../src/protocol/path_watch.ts";
import type { PathReason } from "../messages.ts";
import { wallClock } from "../wall_clock.ts";
import { Pinger } from "./pinger.ts";
import type { ViewerPath } from "./viewer_path.ts";

export interface ActivePathOptions {
  readonly path: ViewerPath;
  readonly why: PathReason;
  readonly schedule: Schedule;
  /** The paths in reserve. */
  reserves(): readonly ViewerPath[];
  /** A ping was answered; times in ms since 1970, the server's in µs of its own clock. */
  observe(sent: number, received: number, serverTime: number): void;
  /** Nobody answers by this path, but by the other. */
  silent(reserve: ViewerPath, milliseconds: number): void;
  /** Nobody answers at all. */
  gone(): void;
}

export class ActivePath implements Disposable {
  readonly path: ViewerPath;
  readonly why: PathReason;
  /** In ms since 1970. */
  readonly since = wallClock();
  readonly #pinger: Pinger;
  readonly #watch: PathWatch;

  constructor(options: ActivePathOptions) {
    const { path, reserves, schedule, why } = options;
    this.path = path;
    this.why = why;
    this.#watch = new PathWatch({
      transport: path.transport,
      now: () => path.transport.now(),
      schedule,
      reserves: () => reserves().map(({ transport }) => transport),
      onsilent: (transport, silence) => {
        const reserve = reserves().find((other) => other.transport === transport);
        if (reserve !== undefined) options.silent(reserve, silence);
      },
    });
    this.#pinger = new Pinger({
      send: (id, clientTime) => {
        path.say({ type: "ping", id, clientTime });
        this.#watch.sent();
      },
      observe: options.observe,
      silent: options.gone,
      now: wallClock,
      schedule,
    });
  }

  /** The server has introduced itself: from now on it is to be there. */
  start(): void {
    this.#pinger.start();
    // Whatever has silenced the path before may have silenced this one.
    if (this.why.code === "silent" || this.why.code === "closed") this.check();
    this.#watch.sent();
  }

  /** Something was sent. */
  sent(): void {
    this.#watch.sent();
  }

  /** Something was sent that the user waits for the answer to. */
  used(): void {
    this.#watch.sent();
    this.#pinger.used();
  }

  /** Makes sure that the server is there, sooner than by itself. */
  check(): void {
    this.#pinger.check();
  }

  pong(id: number, clientTime: number, serverTime: number): void {
    this.#pinger.pong(id, clientTime, serverTime);
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
    this.#pinger[Symbol.dispose]();
  }
}
