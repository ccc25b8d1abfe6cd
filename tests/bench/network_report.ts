/**
 * The report of `deno task bench:network`.
 *
 * @module
 */
import { displayedRate } from "../support/rig_frames.ts";
import { percentile, summarize } from "../support/rig_statistics.ts";
import type { LinkName } from "./links.ts";
import type { NetworkMeasured, NetworkResult } from "./network_run.ts";
import { row } from "./report.ts";
import { type SystemName, systemTitle } from "./systems.ts";

/** A target: what one of our transports is to reach on a link, latencies beyond its RTT. */
interface Target {
  readonly link: LinkName;
  readonly p50: number;
  readonly p99?: number;
  readonly framesPerSecond?: number;
}

const TARGETS: readonly Target[] = [
  { link: "loopback", p50: 20, p99: 60 },
  { link: "10-40", p50: 20, p99: 60, framesPerSecond: 25 },
  { link: "3-80", p50: 20, p99: 60, framesPerSecond: 15 },
  { link: "1-40", p50: 80 },
];
const OURS: readonly SystemName[] = ["webtransport", "websocket"];
/** Of WebTransport's p99 to the WebSocket's at 1 % loss. */
const MOST_LOSS_RATIO = 0.7;

function ratio(
  title: string,
  a: NetworkMeasured | undefined,
  b: NetworkMeasured | undefined,
): string[] {
  if (!a?.latencies.length || !b?.latencies.length) return [];
  const first = summarize(a.latencies), second = summarize(b.latencies);
  const part = (key: "p50" | "p90" | "p99" | "worst") => (first[key] / second[key]).toFixed(2);
  const [one, other] = [displayedRate(a.frames), displayedRate(b.frames)];
  return [
    row([
      title,
      ...[
        part("p50"),
        part("p90"),
        part("p99"),
        part("worst"),
        "",
        "",
        other > 0 ? (one / other).toFixed(2) : "–",
      ],
      ...["", "", ""],
    ]),
  ];
}

function systemRow(name: SystemName, measured: NetworkMeasured, rtt: number): string {
  const { latencies, longestQueue, ms, octets, unanswered } = measured;
  if (latencies.length === 0) return row([systemTitle(name), "no answer", ...Array(9).fill("")]);
  const { p50, p90, p99, worst, count } = summarize(latencies);
  const missing = unanswered > 0 ? `, ${unanswered} unanswered` : "";
  return row([
    systemTitle(name),
    ...[p50, p90, p99, worst].map((figure) => figure.toFixed(1)),
    ...[p50, p99].map((figure) => (figure - rtt).toFixed(1)),
    displayedRate(measured.frames).toFixed(1),
    ms > 0 ? (octets * 8 / 1000 / ms).toFixed(2) : "–",
    ms > 0 ? longestQueue.toFixed(0) : "–",
    `${count}${missing}`,
  ]);
}

const STEPS = [
  "uplink",
  "answer",
  "grab",
  "convert",
  "encode",
  "network",
  "decode",
  "present",
] as const;

/** Where Skerry's milliseconds went, if it was asked. */
function splitLines(systems: NetworkResult["systems"]): string[] {
  return [...systems].flatMap(([name, { split }]) => {
    if (split === undefined) return [];
    const steps = STEPS.map((step) => `${step} ${split[step]?.toFixed(1) ?? "–"}`).join(", ");
    const sum = split.inputToPhoton?.toFixed(1) ?? "–";
    return [`${systemTitle(name)}, medians of the page: ${steps}; event to drawn ${sum} ms.`, ""];
  });
}

function linkTable({ late, link, load, systems }: NetworkResult): string[] {
  const columns = ["p50", "p90", "p99", "worst", "p50 − RTT", "p99 − RTT"];
  const [webtransport, websocket, novnc, floor] = [
    systems.get("webtransport"),
    systems.get("websocket"),
    systems.get("novnc"),
    systems.get("floor"),
  ];
  return [
    `### ${link.title}`,
    "",
    row(["click to photon, ms", ...columns, "frames/s", "Mbit/s", "queue, ms", "presses"]),
    row(["---", ...Array(10).fill("--:")]),
    ...[...systems].map(([name, measured]) => systemRow(name, measured, link.rtt)),
    ...ratio("WebTransport / WebSocket", webtransport, websocket),
    ...ratio("WebTransport / noVNC", webtransport, novnc),
    ...ratio("WebSocket / noVNC", websocket, novnc),
    ...ratio("WebSocket / floor", websocket, floor),
    "",
    ...splitLines(systems),
    `Load average ${load.toFixed(2)}.` +
    (late
      ? ` The link handed packets over ${late.p99.toFixed(2)} ms late at p99, ` +
        `${late.worst.toFixed(1)} at worst.`
      : ""),
    "",
  ];
}

const verdict = (met: boolean) => met ? "met" : "**missed**";

/** The better of both is what counts: the page takes it. */
function best(
  systems: NetworkResult["systems"],
  figure: (measured: NetworkMeasured) => number,
): { name: SystemName; value: number } | undefined {
  return OURS.flatMap((name) => {
    const measured = systems.get(name);
    return measured && measured.latencies.length > 1 ? [{ name, value: figure(measured) }] : [];
  }).toSorted((a, b) => a.value - b.value)[0];
}

function verdicts(results: readonly NetworkResult[]): string[] {
  const rows: string[] = [];
  const quantile = (p: number) => ({ latencies }: NetworkMeasured) =>
    percentile(latencies.toSorted((a, b) => a - b), p);
  for (const { link, systems } of results) {
    const target = TARGETS.find((candidate) => candidate.link === link.name);
    for (const p of [50, 99] as const) {
      const spare = target?.[`p${p}`];
      const found = best(systems, quantile(p));
      if (spare === undefined || !found) continue;
      rows.push(row([
        link.title,
        `p${p} ≤ ${link.rtt + spare} ms`,
        `${found.value.toFixed(1)} ms (${systemTitle(found.name)})`,
        verdict(found.value <= link.rtt + spare),
      ]));
    }
    const least = target?.framesPerSecond;
    const slowest = best(systems, ({ frames }) => -displayedRate(frames));
    if (least !== undefined && slowest) {
      rows.push(row([
        link.title,
        `frames/s ≥ ${least}`,
        `${(-slowest.value).toFixed(1)} (${systemTitle(slowest.name)})`,
        verdict(-slowest.value >= least),
      ]));
    }
    const [webtransport, websocket] = OURS.map((name) => systems.get(name));
    if (
      link.name !== "10-40-1%" || !webtransport?.latencies.length || !websocket?.latencies.length
    ) {
      continue;
    }
    const share = quantile(99)(webtransport) / quantile(99)(websocket);
    rows.push(row([
      link.title,
      `p99, WebTransport / WebSocket ≤ ${MOST_LOSS_RATIO}`,
      share.toFixed(2),
      verdict(share <= MOST_LOSS_RATIO),
    ]));
  }
  if (rows.length === 0) return [];
  return [
    "## Targets",
    "",
    row(["link", "target", "reached", ""]),
    row(Array(4).fill("---")),
    ...rows,
  ];
}

/** @param plot the plot's file name, beside the report */
export function networkReport(
  results: readonly NetworkResult[],
  plot: string,
  congestionControl: string,
): string[] {
  return [
    "# Click to photon on slow links, 1280x720",
    "",
    "From a press by XTEST on the browser's display to the flipped pixel on it, beside a picture of " +
    `640x360 that moves at 30 frames a second. Systems take turns. 200 ms of queue; TCP with ` +
    `${congestionControl}.`,
    "",
    "The floor is the same click's way through browser, link, server, program and screen, with nothing " +
    "captured, encoded or decoded: on this machine no remote desktop can be faster.",
    "",
    `![Distribution of the latencies](${plot})`,
    "",
    ...results.flatMap(linkTable),
    ...verdicts(results),
  ];
}
