import type { PictureSettings } from "../protocol/control_message.ts";
import { assignKinds, type Seat } from "./rendition_assignment.ts";
import { decodes, type RenditionKind } from "./rendition_kind.ts";

/** A kind that does not work is not tried again for so long, in milliseconds; then for twice as long. */
export const HOPELESS_MS = 60_000;

/** When is chosen, and what there is room for. */
export interface Occasion {
  /** In milliseconds. */
  readonly now: number;
  /** Whether "auto" may take full colour. */
  readonly fullColour: boolean;
}

/** The kinds of pictures that can be had, as far as they work, and what was asked for. */
export class KindMenu<K extends RenditionKind> {
  /** Best first; at least one. */
  readonly all: readonly K[];
  /** Kinds that did not work, since when, and for how long they are not tried again. */
  readonly #hopeless = new Map<K, { readonly since: number; readonly wait: number }>();
  #wish: Pick<PictureSettings, "codec" | "chroma">;

  /** @param all Best first; at least one. */
  constructor(all: readonly K[], wish: Pick<PictureSettings, "codec" | "chroma"> = {}) {
    this.all = all;
    this.#wish = wish;
  }

  get wish(): Pick<PictureSettings, "codec" | "chroma"> {
    return this.#wish;
  }

  /** What is left out stays as it is. */
  ask(wish: Pick<PictureSettings, "codec" | "chroma">): void {
    this.#wish = { ...this.#wish, ...wish };
  }

  /** Nothing that makes a kind works at `now`, in milliseconds. */
  failed(kind: K, now: number): void {
    const wait = this.#hopeless.get(kind)?.wait ?? HOPELESS_MS / 2;
    this.#hopeless.set(kind, { since: now, wait: wait * 2 });
  }

  /** @returns what is given to each; undefined for those who can show nothing that can be had. */
  serve(seats: readonly Seat[], occasion: Occasion): (K | undefined)[] {
    const { fullColour, now } = occasion;
    const wish = this.#wish;
    const usable = assignKinds(seats, { kinds: this.#usable(now), wish, fullColour });
    if (!usable.includes(undefined)) return usable;
    // Who can show nothing of what works waits until that works again.
    const any = assignKinds(seats, { kinds: this.all, wish, fullColour });
    return usable.map((kind, index) => kind ?? any[index]);
  }

  /** @returns what somebody gets who has not said what it decodes. */
  first(occasion: Occasion): K {
    return this.serve([{ decoders: undefined, leads: true }], occasion)[0]!;
  }

  /** @returns what may be asked for by a page that decodes this. */
  choices(decoders: readonly string[], now: number): K[] {
    const shown = this.#usable(now).filter((kind) => decodes(decoders, kind));
    const main = shown.filter(({ resort = 0 }) => resort === 0);
    return main.length > 0 ? main : shown;
  }

  /** If nothing is known to work, all are tried. */
  #usable(now: number): readonly K[] {
    const usable = this.all.filter((kind) => {
      const { since, wait } = this.#hopeless.get(kind) ?? { since: -Infinity, wait: 0 };
      return now - since > wait;
    });
    return usable.length > 0 ? usable : this.all;
  }
}
