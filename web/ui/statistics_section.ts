/**
 * What the connection and the picture cost, where each millisecond goes.
 *
 * @module
 */

import { css, html, nothing, svg, type TemplateResult } from "lit";
import { strings, transportName } from "../strings.ts";
import type { SoundStatistics } from "../audio/sound_player.ts";
import type { LatencyPart, Measured, ViewerStatistics } from "../worker/statistics.ts";
import type { RouteReport } from "../worker/transport_log.ts";
import { bitrate, decimal, milliseconds, timeOfDay } from "./format.ts";
import { minute } from "./minute.ts";
import { plotStyles } from "./plot.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

const PARTS: readonly LatencyPart[] = [
  "wait",
  "grab",
  "convert",
  "encode",
  "network",
  "decode",
  "present",
];

class StatisticsSectionElement extends SectionElement {
  static override styles = [
    sectionStyles,
    plotStyles,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }

      caption {
        text-align: left;
        font-weight: 600;
        padding: 0.75rem 0 0.25rem;
      }

      th {
        text-align: left;
        font-weight: 400;
        color: var(--quiet);
        padding: 0.125rem 0.5rem 0.125rem 0;
        vertical-align: top;
        hyphens: auto;
      }

      td,
      th[scope="col"] + th {
        text-align: right;
        padding: 0.125rem 0 0.125rem 0.5rem;
      }

      td {
        overflow-wrap: anywhere;
      }

      .three :is(td, th):not(:first-child) {
        width: auto;
        padding: 0.125rem 0 0.125rem 0.5rem;
        text-align: right;
      }

      .three th[scope="row"] {
        white-space: normal;
      }

      .numbers td {
        white-space: nowrap;
        width: 4.5rem;
      }

      .total th,
      .total td {
        border-top: 1px solid var(--edge);
        padding-top: 0.375rem;
        color: var(--text);
        font-weight: 600;
      }

      .hint {
        color: var(--quiet);
        margin-top: 0.5rem;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.context.post({ type: "watch-statistics", watch: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.context.post({ type: "watch-statistics", watch: false });
    this.context.page.update({ statistics: undefined });
  }

  override render(): TemplateResult | typeof nothing {
    const { statistics } = this.context.page.value;
    if (statistics === undefined) return nothing;
    return html`${minute(statistics.history, statistics.at)} ${this.#tables(statistics)}`;
  }

  #tables(statistics: ViewerStatistics): TemplateResult {
    const text = strings.statistics;
    const { width, height, routes, transport, rtt } = statistics;
    const { acceleration, decoderReason } = statistics;
    const used = text.decoders[acceleration] ?? acceleration;
    const decoder = decoderReason === "" ? used : `${used}: ${decoderReason}`;
    const rows: readonly (readonly [string, string | undefined])[] = [
      [text.transport, transport && transportName(transport)],
      ...routes.map(routeRow),
      [text.codec, statistics.codec],
      [text.encoder, statistics.encoder],
      [text.decoder, decoder],
      [text.size, statistics.framesDrawn > 0 ? `${width} × ${height}` : undefined],
      [text.frames, `${decimal(statistics.framesPerSecond, 1)}/s`],
      [text.bitrate, bitrate(statistics.kilobitsPerSecond)],
      [text.rtt, milliseconds(rtt.median)],
    ];
    const { count } = statistics.inputToPhoton;
    return html`
      <table>
        <caption>${text.connection}</caption>
        <tbody>
          ${rows.map(([name, value]) =>
            html`
              <tr>
                <th scope="row">${name}</th>
                <td>${value ?? text.none}</td>
              </tr>
            `
          )}
        </tbody>
      </table>
      ${statistics.sound ? soundTable(statistics.sound) : nothing}
      <table class="numbers">
        <caption>${text.latency}</caption>
        <thead>
          <tr>
            <th scope="col">${text.step}</th>
            <td>${text.last}</td>
            <td>${text.median}</td>
          </tr>
        </thead>
        <tbody>
          ${row(text.uplink, statistics.uplink)} ${row(text.answer, statistics.answer)}
          ${PARTS.map((part) => row(text.parts[part], statistics.latency[part]))}
          ${row(text.inputToPhoton, statistics.inputToPhoton, "total")}
        </tbody>
      </table>
      ${count === 0 ? html`<p class="hint">${text.inputHint}</p>` : nothing}
    `;
  }
}

function soundTable(sound: SoundStatistics): TemplateResult {
  const text = strings.statistics.sound;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [text.bitrate, bitrate(sound.kilobitsPerSecond)],
    [text.buffer, text.of(milliseconds(sound.buffer), milliseconds(sound.target))],
    [text.jitter, milliseconds(sound.jitter)],
    [text.drift, `${decimal(sound.drift, 0)} ppm`],
    [text.gaps, text.count(sound.underruns, sound.losses)],
    [text.latency, milliseconds(sound.latency)],
    [text.behindPicture, milliseconds(sound.behindPicture)],
  ];
  return html`
    <table>
      <caption>${text.heading}</caption>
      <tbody>
        ${rows.map(([name, value]) =>
          html`
            <tr>
              <th scope="row">${name}</th>
              <td>${value ?? strings.statistics.none}</td>
            </tr>
          `
        )}
      </tbody>
    </table>
  `;
}

/** Why a transport is used and since when, or what has become of it. */
function routeRow({ detail, name, since, state, why }: RouteReport): readonly [string, string] {
  const text = strings.statistics;
  if (state !== "carries" || why === undefined) {
    return [text.other, text.route(name, text.states[state] ?? state, detail)];
  }
  return [text.since, text.why(timeOfDay(since), text.reasons[why.code], why.detail)];
}

function row(name: string, { last, median }: Measured, kind?: "total"): TemplateResult {
  return html`
    <tr class=${kind ?? nothing}>
      <th scope="row">${name}</th>
      <td>${milliseconds(last)}</td>
      <td>${milliseconds(median)}</td>
    </tr>
  `;
}

customElements.define("skerry-statistics-section", StatisticsSectionElement);

export const statisticsSection: PanelSection = {
  id: "statistics",
  title: strings.statistics.title,
  icon: svg`
    <path d="M4 4v16h16" />
    <path d="M7.5 15.5l4-5 3 3 5-7" />
  `,
  element: StatisticsSectionElement,
};
