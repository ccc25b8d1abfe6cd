/**
 * What was measured of the encoders of this machine, kept over starts.
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";
import * as v from "valibot";
import { gstreamer } from "../../ffi/mod.ts";
import { encoderCatalogue } from "./encoder_catalogue.ts";
import type { EncoderDescription } from "./encoder_description.ts";
import { measureEncodeMs } from "./encoder_speed.ts";

const log = getLogger(["skerry", "media"]);

/** The file: the machine that was measured, and milliseconds for each encoder; null: it does not work. */
const CacheFile = v.object({
  machine: v.string(),
  encodeMs: v.record(v.string(), v.nullable(v.pipe(v.number(), v.minValue(0)))),
});

const MAX_OCTETS = 64 * 1024;

/** Options of {@link EncoderSpeeds.open}. */
export interface EncoderSpeedsOptions {
  /** Where what was measured is kept; undefined for nowhere. */
  readonly path: string | undefined;
  /** What measures; for tests. */
  readonly measure?: typeof measureEncodeMs;
}

/** When to measure. */
export interface MeasureOptions {
  /** Milliseconds before the first encoder, when a session has something better to do than to measure. */
  readonly delayMs?: number;
  /** Milliseconds between two encoders. */
  readonly pauseMs?: number;
  readonly signal: AbortSignal;
}

/** The speeds of encoders, read from a file, and measured where the file has none. */
export class EncoderSpeeds {
  readonly #path: string | undefined;
  readonly #measure: typeof measureEncodeMs;
  readonly #speeds = new Map<EncoderDescription, number>();
  readonly #failed = new Set<EncoderDescription>();

  private constructor({ path, measure = measureEncodeMs }: EncoderSpeedsOptions) {
    this.#path = path;
    this.#measure = measure;
  }

  /** Reads the file. One that is not there, not readable, or of another machine counts as empty. */
  static async open(options: EncoderSpeedsOptions): Promise<EncoderSpeeds> {
    const speeds = new EncoderSpeeds(options);
    if (options.path !== undefined) await speeds.#read(options.path);
    return speeds;
  }

  /** Milliseconds for a frame of 1280x720 pixels. It grows while encoders are measured. */
  get speeds(): ReadonlyMap<EncoderDescription, number> {
    return this.#speeds;
  }

  /**
   * Measures those that are not known yet, one after the other, off the event loop. What does not work is
   * not tried again before something on the machine changes.
   *
   * @returns When all are measured, or the signal is aborted.
   */
  async measure(
    encoders: readonly EncoderDescription[],
    { delayMs = 0, pauseMs = 0, signal }: MeasureOptions,
  ): Promise<void> {
    const unknown = encoders.filter((row) => !this.#speeds.has(row) && !this.#failed.has(row));
    let wait = delayMs;
    for (const encoder of unknown) {
      if (wait > 0) await sleep(wait, signal);
      if (signal.aborted) return;
      wait = pauseMs;
      try {
        this.#speeds.set(encoder, await this.#measure(encoder, { signal }));
      } catch (error) {
        if (signal.aborted) return;
        this.#failed.add(encoder);
        log.debug("Encoder {name} cannot be measured: {error}", { name: encoder.name, error });
      }
      await this.#write();
    }
  }

  async #read(path: string): Promise<void> {
    try {
      if ((await Deno.stat(path)).size > MAX_OCTETS) return;
      const file = v.parse(CacheFile, JSON.parse(await Deno.readTextFile(path)));
      if (file.machine !== await machine()) return;
      for (const encoder of encoderCatalogue) {
        const ms = file.encodeMs[keyOf(encoder)];
        if (typeof ms === "number") this.#speeds.set(encoder, ms);
        else if (ms === null) this.#failed.add(encoder);
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      log.debug("What was measured of encoders cannot be read: {error}", { error });
    }
  }

  async #write(): Promise<void> {
    if (this.#path === undefined) return;
    const encodeMs: Record<string, number | null> = {};
    for (const encoder of this.#failed) encodeMs[keyOf(encoder)] = null;
    for (const [encoder, ms] of this.#speeds) encodeMs[keyOf(encoder)] = Number(ms.toFixed(2));
    const text = JSON.stringify({ machine: await machine(), encodeMs }, undefined, 2);
    // Sessions that start together write whole files, one after the other.
    const part = `${this.#path}.${Deno.pid}`;
    try {
      await Deno.mkdir(this.#path.replace(/\/[^/]*$/, ""), { recursive: true, mode: 0o700 });
      await Deno.writeTextFile(part, `${text}\n`, { mode: 0o600 });
      await Deno.rename(part, this.#path);
    } catch (error) {
      log.debug("What was measured of encoders cannot be kept: {error}", { error });
    }
  }
}

/**
 * @returns Where speeds are kept: `$XDG_CACHE_HOME/skerry/encoders.json` (XDG Base Directory Specification);
 * undefined where there is no such folder.
 */
export function speedsPath(
  { HOME, XDG_CACHE_HOME }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const cache = XDG_CACHE_HOME?.startsWith("/") ? XDG_CACHE_HOME : HOME && `${HOME}/.cache`;
  return cache ? `${cache}/skerry/encoders.json` : undefined;
}

function keyOf({ name, chroma }: EncoderDescription): string {
  return `${name} ${chroma}`;
}

/** What speeds depend on: GStreamer's version, the processor, and how much of it there is. */
async function machine(): Promise<string> {
  let processor = "";
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    processor = /^model name\s*:\s*(.+)$/m.exec(text)?.[1] ?? "";
  } catch {
    // Not every system has it, and the rest says enough.
  }
  const { version } = gstreamer();
  return `GStreamer ${version}, ${navigator.hardwareConcurrency} × ${processor}`;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
