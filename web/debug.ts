/**
 * What tests and the curious may look at, if the address has `?debug`: `globalThis.skerry`.
 *
 * @module
 */

import type { PageSound } from "./audio/page_sound.ts";
import type { SoundState } from "./audio/sound_output.ts";
import { recordSound, type SoundRecording } from "./audio/sound_recording.ts";
import type { Placement } from "./input/pointer_mapping.ts";
import type { ConnectionState, FromWorker, ToWorker } from "./messages.ts";
import type { ViewerStatistics } from "./worker/statistics.ts";

/** Reads only. */
export interface DebugInterface {
  /** What the page says of the connection now. */
  state(): ConnectionState | undefined;
  /** Where the picture lies, in CSS pixels; undefined before there is one. */
  placement(): Placement | undefined;
  statistics(): Promise<ViewerStatistics>;
  /** @returns The canvas as it is now, as a `data:` URL of a PNG file. */
  capturePng(): Promise<string>;
  sound(): SoundState;
  /** Lets every decoder of the kind that is in use fail from now on. */
  breakDecoder(): Promise<void>;
  /** @returns What is heard in the next so many milliseconds. */
  recordSound(ms: number): Promise<SoundRecording>;
}

/** What the worker can be asked. */
export type DebugQuery = "statistics" | "png" | "break-decoder";

/** Asks the worker, and hands its answers to whoever asked. */
export class WorkerQueries {
  readonly #post: (message: ToWorker) => void;
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #id = 0;

  constructor(post: (message: ToWorker) => void) {
    this.#post = post;
  }

  ask(what: DebugQuery): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const id = ++this.#id;
    this.#waiting.set(id, resolve);
    this.#post({ type: "query", id, what });
    return promise;
  }

  answer({ id, value }: Extract<FromWorker, { type: "answer" }>): void {
    this.#waiting.get(id)?.(value);
    this.#waiting.delete(id);
  }
}

/** Puts {@link DebugInterface} where tests find it. */
export function exposeDebug(
  queries: WorkerQueries,
  page: Pick<DebugInterface, "state" | "placement"> & { readonly sound: PageSound },
): void {
  const { placement, sound, state } = page;
  const debug: DebugInterface = {
    state,
    placement,
    sound: () => sound.output.state,
    recordSound: (ms) => recordSound(sound.output.node, ms),
    statistics: async () => await queries.ask("statistics") as ViewerStatistics,
    breakDecoder: async () => void await queries.ask("break-decoder"),
    capturePng: async () => await dataUrl(await queries.ask("png") as Blob),
  };
  Object.defineProperty(globalThis, "skerry", { value: Object.freeze(debug) });
}

function dataUrl(blob: Blob): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const reader = new FileReader();
  reader.onload = () => resolve(String(reader.result));
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
  return promise;
}
