/**
 * The last minute in plots, and in a table that says the same.
 *
 * @module
 */

import { html, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { HISTORY_MS, type HistorySample } from "../worker/history.ts";
import { median } from "../worker/latency.ts";
import { bitrate, duration } from "./format.ts";
import { plot } from "./plot.ts";

type Quantity = Exclude<keyof HistorySample, "at">;

interface Row {
  readonly title: string;
  readonly quantity: Quantity;
  readonly format: (value: number) => string;
}

/** @param at Now, in ms since 1970. */
export function minute(history: readonly HistorySample[], at: number): TemplateResult {
  const text = strings.statistics.minute;
  const rows: readonly Row[] = [
    { title: text.queueDelay, quantity: "queueDelay", format: duration },
    { title: text.rate, quantity: "rate", format: bitrate },
    { title: text.bitrate, quantity: "bitrate", format: bitrate },
    { title: text.age, quantity: "age", format: duration },
  ];
  const [queueDelay, rate, sent, age] = rows.map((row) => ({ row, ...sumUp(history, row) }));
  const draw = (of: typeof rate, least: number, ...others: Quantity[]) =>
    plot({
      title: of!.row.title,
      label: text.describe(of!.row.title, of!.now, of!.most),
      now: of!.now,
      lines: [of!.row.quantity, ...others].map((quantity) => ({
        points: history.map((sample) => [sample.at, sample[quantity]] as const),
      })),
      until: at,
      span: HISTORY_MS,
      format: of!.row.format,
      least,
    });
  return html`
    <h3>${text.heading}</h3>
    ${draw(queueDelay, 10)} ${draw(sent, 100, "rate")} ${draw(age, 20)}
    <table class="numbers three">
      <caption class="only-read">${text.heading}</caption>
      <thead>
        <tr>
          <th scope="col">${text.quantity}</th>
          <th scope="col">${text.now}</th>
          <th scope="col">${text.median}</th>
          <th scope="col">${text.most}</th>
        </tr>
      </thead>
      <tbody>
        ${[queueDelay, rate, sent, age].map((of) =>
          html`
            <tr>
              <th scope="row">${of!.row.title}</th>
              <td>${of!.now}</td>
              <td>${of!.median}</td>
              <td>${of!.most}</td>
            </tr>
          `
        )}
      </tbody>
    </table>
  `;
}

function sumUp(history: readonly HistorySample[], { format, quantity }: Row) {
  const values = history.map((sample) => sample[quantity]).filter((value) => value !== undefined);
  const say = (value: number | undefined) =>
    value === undefined ? strings.statistics.none : format(value);
  return {
    now: say(history.at(-1)?.[quantity]),
    median: say(median(values)),
    most: say(values.length === 0 ? undefined : Math.max(...values)),
  };
}
