/**
 * What a Prometheus server is told (https://prometheus.io/docs/instrumenting/exposition_formats/). All of
 * it is looked up when it is asked for, so that frames and keys pay nothing for it.
 *
 * @module
 */
import { Counter, Gauge, Registry } from "prom-client";
import type { TransportKind } from "./protocol/flow.ts";
import type { SessionCounts } from "./session/session_counters.ts";
import type { Viewer } from "./session/viewer.ts";
import type { Traffic, TrafficCounter } from "./traffic_counter.ts";
import { VERSION } from "./version.ts";

/** What is looked at. */
export interface Measured {
  readonly session: {
    readonly state: string;
    readonly viewers: ReadonlySet<Viewer>;
    readonly counts: SessionCounts;
  };
  /** Whether somebody who comes now would see the picture. */
  readonly ready: () => boolean;
  readonly signIns: { readonly size: number };
  readonly traffic: TrafficCounter;
}

const KINDS = ["webtransport", "websocket"] as const satisfies readonly TransportKind[];

export class Metrics {
  readonly #registry = new Registry();

  constructor(measured: Measured) {
    this.#describeSession(measured);
    this.#describeViewers(measured);
    this.#describeTransports(measured);
    this.#describeProcess();
  }

  /** What there is to tell now, and its type as the answer's header has it. */
  async read(): Promise<{ text: string; contentType: string }> {
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #describeSession({ ready, session, signIns }: Measured): void {
    const { counts } = session;
    this.#gauge("skerry_info", "Version of Skerry.", ["version"], (set) => set(1, VERSION));
    this.#gauge(
      "skerry_ready",
      "Whether a new viewer would see the picture.",
      [],
      (set) => set(ready() ? 1 : 0),
    );
    this.#gauge(
      "skerry_session_live",
      "Whether the session has a picture.",
      [],
      (set) => set(session.state === "live" ? 1 : 0),
    );
    this.#gauge("skerry_sign_ins", "Sign-ins that have not ended.", [], (set) => set(signIns.size));
    const totals: readonly [string, string, () => number][] = [
      ["skerry_frames_encoded_total", "Frames encoded.", () => counts.framesEncoded],
      ["skerry_encode_seconds_total", "Time that encoding took.", () => counts.encodeMs / 1000],
      ["skerry_video_bytes_total", "Octets of encoded video.", () => counts.videoOctets],
      [
        "skerry_frames_dropped_total",
        "Frames that were given up on the way to a viewer.",
        () => counts.framesDropped,
      ],
      [
        "skerry_failovers_total",
        "Times that a viewer went on by another connection.",
        () => counts.failovers,
      ],
      ["skerry_viewers_total", "Viewers that were let in.", () => counts.viewers],
    ];
    for (const [name, help, read] of totals) this.#counter(name, help, [], (set) => set(read()));
  }

  #describeViewers({ session }: Measured): void {
    this.#gauge(
      "skerry_viewers",
      "Viewers that are here.",
      ["transport", "role"],
      (set) => {
        for (const kind of KINDS) {
          for (const role of ["control", "view"] as const) {
            const here = [...session.viewers].filter((viewer) =>
              viewer.transport?.kind === kind && viewer.role === role
            );
            set(here.length, kind, role);
          }
        }
      },
    );
    const each = (name: string, help: string, read: (viewer: Viewer) => number | undefined) =>
      this.#gauge(name, help, ["viewer", "transport"], (set) => {
        for (const viewer of session.viewers) {
          const value = read(viewer);
          if (value !== undefined && viewer.transport !== undefined) {
            set(value, viewer.id, viewer.transport.kind);
          }
        }
      });
    const seconds = (ms: number | undefined) => ms === undefined ? undefined : ms / 1000;
    each(
      "skerry_viewer_rtt_seconds",
      "Latest round trip to a viewer.",
      ({ transport }) => seconds(transport?.statistics.rtt),
    );
    each(
      "skerry_viewer_queue_delay_seconds",
      "What queues add to a viewer's round trip.",
      ({ pathReport, transport }) =>
        seconds(pathReport?.queueMs ?? transport?.statistics.queueDelay),
    );
    each(
      "skerry_viewer_path_bits_per_second",
      "What a viewer's path is believed to carry.",
      ({ pathReport }) => pathReport && pathReport.pathKbit * 1000,
    );
    each(
      "skerry_viewer_target_bits_per_second",
      "Video bit rate aimed at for a viewer.",
      ({ pathReport }) => pathReport && pathReport.targetKbit * 1000,
    );
  }

  #describeTransports({ traffic }: Measured): void {
    const each = (name: string, help: string, read: (carried: Traffic) => number) =>
      this.#counter(name, help, ["transport"], (set) => {
        for (const kind of KINDS) set(read(traffic.of(kind)), kind);
      });
    each("skerry_connections_total", "Connections let in.", ({ connections }) => connections);
    each("skerry_sent_bytes_total", "Octets sent to viewers.", ({ sent }) => sent);
    each(
      "skerry_received_bytes_total",
      "Octets received from viewers.",
      ({ received }) => received,
    );
  }

  /** Under the names that all Prometheus clients have for these. */
  #describeProcess(): void {
    const startedAt = (Date.now() - performance.now()) / 1000;
    this.#gauge("process_start_time_seconds", "When it was started.", [], (set) => set(startedAt));
    this.#gauge(
      "process_resident_memory_bytes",
      "Resident memory.",
      [],
      (set) => set(Deno.memoryUsage().rss),
    );
  }

  #gauge(name: string, help: string, labelNames: string[], read: (set: SetValue) => void): void {
    const gauge: Gauge<string> = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        // Viewers that have left are not to stay.
        gauge.reset();
        read((value, ...labels) =>
          labels.length === 0 ? gauge.set(value) : gauge.labels(...labels).set(value)
        );
      },
    });
  }

  /** A counter that is kept elsewhere. */
  #counter(name: string, help: string, labelNames: string[], read: (set: SetValue) => void): void {
    const counter: Counter<string> = new Counter({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        counter.reset();
        read((value, ...labels) =>
          labels.length === 0 ? counter.inc(value) : counter.labels(...labels).inc(value)
        );
      },
    });
  }
}

/** Gives a value, and its labels in the order of their names. */
type SetValue = (value: number, ...labels: string[]) => void;
