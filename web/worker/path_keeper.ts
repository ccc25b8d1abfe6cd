/**
 * Keeps a path in reserve beside the active one, and moves the session back to WebTransport when that is
 * to be had again.
 *
 * @module
 */

import type { Schedule } from "../../src/protocol/deadline_timer.ts";
import type { Transport } from "../../src/protocol/flow.ts";
import { setTimer } from "../wall_clock.ts";
import { Backoff } from "./backoff.ts";
import { PathProof } from "./path_proof.ts";
import type { TransportName } from "./transport_race.ts";
import type { Viewer } from "./viewer.ts";
import type { ViewerPath } from "./viewer_path.ts";

/** The first picture is not to wait for a path that nobody needs yet; in ms. */
const FIRST_DELAY = 1_000;
/**
 * Pauses between attempts, at first, at most, and at most where none has ever succeeded; in ms. The last
 * bounds what a network that blocks UDP for good costs.
 */
const PAUSE = { first: 500, most: 4_000, hopeless: 60_000 } as const;
/** A path in reserve is asked for a sign of life this often: idle connections are cut by some; in ms. */
const KEEP_ALIVE = 15_000;
/** How long it may take to give one; in ms. */
const ANSWER_TIMEOUT = 1_000;
/** After so many that did not come, the path is given up. */
const MOST_MISSED = 3;
/** While a path proves itself it is asked this often; in ms. */
const PROOF_INTERVAL = 250;
/** How many answers in a row prove it, at first, and at most after it has failed again and again. */
const PROOF = { least: 5, most: 20 } as const;
/** A path that was found too slow so many times is asked less often. */
const MOST_FAILURES = 5;
/** A path that has been in use for so long has proved itself for good; in ms. */
const GOOD_AFTER = 60_000;

export interface PathKeeperOptions {
  readonly viewer: Viewer;
  /** Whether paths of a kind are worth opening. */
  worthwhile(name: TransportName): boolean;
  /** Opens a transport for this viewer. */
  open(name: TransportName, signal: AbortSignal): Promise<Transport>;
  /** What has become of an attempt: undefined while it goes on, "" if it succeeded. */
  report(name: TransportName, failure: string | undefined): void;
  /** Default: `setTimeout`. */
  readonly schedule?: Schedule;
  /** Default: `performance.now`. */
  readonly now?: () => number;
}

export class PathKeeper {
  readonly #options: PathKeeperOptions;
  readonly #schedule: Schedule;
  readonly #now: () => number;
  /** Ends the pauses that attempts wait for. */
  readonly #pauses = new Set<() => void>();
  /** How often a path was left that had proved itself. */
  #relapses = 0;
  #proven: { readonly path: ViewerPath; readonly at: number } | undefined;

  constructor(options: PathKeeperOptions) {
    this.#options = options;
    this.#schedule = options.schedule ?? setTimer;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Keeps the paths until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#keep("webtransport", signal), this.#keep("websocket", signal)]);
  }

  /** Tries at once what it would try later: the network may be another. */
  retry(): void {
    for (const end of this.#pauses) end();
  }

  /** Sees to it that there is one path of a kind. */
  async #keep(name: TransportName, signal: AbortSignal): Promise<void> {
    const { viewer } = this.#options;
    const hope = new Backoff({ ...PAUSE, jitter: 0.2 });
    const despair = new Backoff({ first: PAUSE.first, most: PAUSE.hopeless });
    let backoff = this.#path(name) === undefined ? despair : hope;
    if (this.#path(name) === undefined) await this.#pause(FIRST_DELAY, signal);
    while (!signal.aborted) {
      const path = this.#path(name);
      if (path !== undefined) {
        const since = this.#now();
        await this.#attend(path, name, signal);
        // One that was refused as soon as it stood was none.
        if (path.hello !== undefined) backoff = hope;
        if (this.#now() - since > PAUSE.most) backoff.reset();
      } else if (this.#options.worthwhile(name) && viewer.active !== undefined) {
        await this.#open(name, signal);
        if (this.#path(name) !== undefined) continue;
      }
      await this.#pause(backoff.next(), signal);
    }
  }

  async #open(name: TransportName, signal: AbortSignal): Promise<void> {
    const { open, report, viewer } = this.#options;
    report(name, undefined);
    try {
      const transport = await open(name, signal);
      if (signal.aborted) return transport.close();
      viewer.attach(transport, { code: "standby", detail: "" });
      report(name, "");
    } catch (error) {
      if (!signal.aborted) report(name, error instanceof Error ? error.message : String(error));
    }
  }

  /** Looks after a path while it exists: in reserve it is asked, and if it is the better one, taken. */
  async #attend(path: ViewerPath, name: TransportName, signal: AbortSignal): Promise<void> {
    const { viewer } = this.#options;
    let proof = this.#newProof();
    let missed = 0;
    while (!signal.aborted && viewer.paths.has(path)) {
      if (path === viewer.active?.path) {
        await changed(viewer, signal);
        this.#noteRelapse(path);
        proof = this.#newProof();
        missed = 0;
        continue;
      }
      // Whatever happens while the answers are awaited counts, too.
      const happening = viewer.changed;
      // The WebSocket is there for the time that WebTransport is not.
      const wanted = name === "webtransport" && path.hello !== undefined;
      const [own, other] = await Promise.all([
        this.#ask(path.transport),
        wanted ? this.#ask(viewer.active?.path.transport) : undefined,
      ]);
      if (signal.aborted || !viewer.paths.has(path)) return;
      missed = own === undefined ? missed + 1 : 0;
      if (missed >= MOST_MISSED) return viewer.drop(path, { kind: "silent", detail: "" });
      if (wanted && proof.add(own, other)) {
        this.#proven = { path, at: this.#now() };
        viewer.activate(path, { code: "better", detail: `${Math.round(proof.rtt ?? 0)} ms` });
      } else if (missed > 0 || (wanted && proof.failures < MOST_FAILURES)) {
        await this.#pause(PROOF_INTERVAL, signal);
      } else {
        await this.#pause(KEEP_ALIVE, signal, happening);
      }
    }
  }

  #newProof(): PathProof {
    return new PathProof(Math.min(PROOF.least * (1 + this.#relapses), PROOF.most));
  }

  /** A path that had proved itself was left again: the next proof is to be a better one. */
  #noteRelapse(path: ViewerPath): void {
    if (path !== this.#proven?.path || path === this.#options.viewer.active?.path) return;
    this.#relapses = this.#now() - this.#proven.at > GOOD_AFTER ? 0 : this.#relapses + 1;
    this.#proven = undefined;
  }

  /** @returns The round-trip time in ms; undefined if it is too long, or the transport has ended. */
  async #ask(transport: Transport | undefined): Promise<number | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#schedule(ANSWER_TIMEOUT, () => resolve(undefined));
    try {
      return await Promise.race([transport?.ping(), late]);
    } catch {
      return undefined;
    } finally {
      cancel();
    }
  }

  #path(name: TransportName): ViewerPath | undefined {
    return [...this.#options.viewer.paths].find(({ transport }) => transport.kind === name);
  }

  /** Waits, or less if the signal aborts, somebody wants a retry, or something happens. */
  async #pause(ms: number, signal: AbortSignal, happening?: Promise<void>): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#schedule(ms, resolve);
    const end = () => resolve();
    signal.addEventListener("abort", end, { once: true });
    this.#pauses.add(end);
    happening?.then(end);
    await promise;
    this.#pauses.delete(end);
    signal.removeEventListener("abort", end);
    cancel();
  }
}

/** Resolves when the viewer's paths have changed, or the signal aborts. */
async function changed(viewer: Viewer, signal: AbortSignal): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onabort = () => resolve();
  signal.addEventListener("abort", onabort, { once: true });
  await Promise.race([viewer.changed, aborted]);
  signal.removeEventListener("abort", onabort);
}
