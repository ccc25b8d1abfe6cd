/**
 * Numbers as people read them, in the page's language.
 *
 * @module
 */

import { locale } from "../strings.ts";

const UNKNOWN = "–";

/** @param digits After the decimal point. */
export function decimal(value: number, digits: number): string {
  return value.toLocaleString(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** @param value In percent. */
export function percent(value: number): string {
  return (value / 100).toLocaleString(undefined, { style: "percent" });
}

export function milliseconds(value: number | undefined): string {
  return value === undefined ? UNKNOWN : `${decimal(value, 1)} ms`;
}

/** As short as it can be read: whole milliseconds, or seconds. */
export function duration(ms: number): string {
  if (ms >= 1000) return `${decimal(ms / 1000, ms < 10_000 ? 1 : 0)} s`;
  return `${decimal(ms, ms < 10 ? 1 : 0)} ms`;
}

/** @param kilobits A second. */
export function bitrate(kilobits: number): string {
  return kilobits < 1000
    ? `${decimal(kilobits, 0)} kbit/s`
    : `${decimal(kilobits / 1000, 1)} Mbit/s`;
}

/** @param at In ms since 1970. */
export function timeOfDay(at: number | undefined): string {
  return at === undefined ? UNKNOWN : new Date(at).toLocaleTimeString(locale);
}

/** As file managers say it, in powers of 1000. */
export function octets(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  for (; unit < 4 && value >= 1000; unit++) value /= 1000;
  return `${decimal(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}
