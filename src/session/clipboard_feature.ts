import { getLogger } from "@logtape/logtape";
import { DisplayClipboard } from "../display/clipboard.ts";
import { DisplayClosedError } from "../display/errors.ts";
import { SelectionRefusedError, SelectionTooLargeError } from "../display/selection_reader.ts";
import {
  type ClipboardContent,
  ClipboardExchange,
  type ClipboardOffer,
  ClipboardRefusedError,
} from "../protocol/clipboard_exchange.ts";
import type { ClipboardType } from "../protocol/clipboard_message.ts";
import { cachedContent, sameContent } from "./clipboard_content.ts";
import type { Desktop } from "./desktop.ts";
import type { SessionFeature } from "./feature.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session", "clipboard"]);

/** Which ways a clipboard is shared: from the viewers in, to them out. */
export type ClipboardDirection = "both" | "in" | "out" | "off";

export interface ClipboardOptions {
  readonly direction: ClipboardDirection;
  /** Whether the primary selection is shared, too. */
  readonly primary: boolean;
  /** The most octets of what is copied, in each type. */
  readonly limit: number;
}

/** What is fetched as soon as it is offered: the program or viewer that has it may soon be gone. */
const PROMPTLY: readonly ClipboardType[] = ["text/plain", "text/html"];

/**
 * Shares the desktop's clipboard with the viewers that control it. Whatever is copied last counts. What
 * one viewer has put there is not passed on to the others: only what a program copies is.
 */
export class ClipboardFeature implements SessionFeature {
  readonly #options: ClipboardOptions;
  readonly #viewers = new Map<Viewer, ClipboardExchange>();
  #opening: Promise<void> | undefined;
  #desktop: Desktop | undefined;
  #clipboard: DisplayClipboard | undefined;
  /** What a program has copied; undefined if a viewer was the last to. */
  #copied: ClipboardContent | undefined;
  /** What a viewer has put there, which programs may take over and give out again as theirs. */
  #put: ClipboardContent | undefined;

  constructor(options: ClipboardOptions) {
    this.#options = options;
  }

  ondesktop(desktop: Desktop | undefined): void {
    this.#desktop = desktop;
    this.#copied = this.#put = undefined;
    if (this.#options.direction === "off") return;
    const before = this.#opening;
    this.#opening = this.#change(before, desktop);
  }

  onjoin(viewer: Viewer): void {
    const exchange = new ClipboardExchange(viewer.channel("clipboard"), {
      limit: this.#options.limit,
      onoffer: (offer) => this.#onoffer(viewer, offer),
    });
    this.#viewers.set(viewer, exchange);
    this.onrole(viewer);
  }

  onrole(viewer: Viewer): void {
    const exchange = this.#viewers.get(viewer);
    if (exchange === undefined) return;
    const allowed = this.#allowed(viewer);
    exchange.hello({ ...allowed, limit: this.#options.limit });
    if (allowed.out && this.#copied) exchange.offer(this.#copied, { fresh: false });
  }

  onleave(viewer: Viewer): void {
    this.#viewers.get(viewer)?.close();
    this.#viewers.delete(viewer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ondesktop(undefined);
    await this.#opening;
    for (const exchange of this.#viewers.values()) exchange.close();
    this.#viewers.clear();
  }

  /** Leaves the clipboard of a display, and watches that of another, if there is one. */
  async #change(before: Promise<void> | undefined, desktop: Desktop | undefined): Promise<void> {
    await before;
    await this.#clipboard?.[Symbol.asyncDispose]();
    this.#clipboard = undefined;
    if (desktop === undefined || desktop !== this.#desktop) return;
    const { primary, limit } = this.#options;
    try {
      const clipboard = await DisplayClipboard.open(desktop.connection, {
        primary,
        limit,
        onchange: (content) =>
          this.#onchange(content).catch((error: unknown) =>
            log.debug("What was copied is not to be had: {error}", { error })
          ),
      });
      this.#clipboard = clipboard;
      const content = await clipboard.content();
      // Of before anybody was here.
      if (content && this.#copied === undefined && this.#put === undefined) {
        this.#copied = cachedContent(withinLimit(content));
        this.#offer({ fresh: false });
      }
    } catch (error) {
      if (error instanceof DisplayClosedError) return;
      log.error("The clipboard is not shared: {error}", { error });
    }
  }

  /** A program has copied something. */
  async #onchange(found: ClipboardContent): Promise<void> {
    const content = this.#copied = cachedContent(withinLimit(found));
    if (this.#listeners().length === 0) return;
    const put = this.#put;
    // Clipboard managers take over what others have copied, and give it out again.
    if (put !== undefined && await sameContent(content, put)) {
      if (content === this.#copied) this.#copied = undefined;
      return;
    }
    const refused = await Promise.all(content.types.map((type) => isRefused(content, type)));
    if (content !== this.#copied) return;
    this.#put = undefined;
    const types = content.types.filter((_, i) => !refused[i]);
    this.#copied = types.length > 0 ? { ...content, types } : undefined;
    this.#offer({ fresh: true });
  }

  #offer(options: { fresh: boolean }): void {
    const content = this.#copied;
    if (content === undefined) return;
    for (const exchange of this.#listeners()) exchange.offer(content, options);
  }

  /** Those that are to know what is copied, or are waited for. */
  #listeners(): ClipboardExchange[] {
    return [...this.#viewers].flatMap(([viewer, exchange]) =>
      this.#allowed(viewer).out ? [exchange] : []
    );
  }

  /** A viewer has copied something. */
  async #onoffer(viewer: Viewer, offer: ClipboardOffer): Promise<void> {
    const clipboard = this.#clipboard;
    if (!this.#allowed(viewer).in) {
      return offer.decline("This desktop does not take what you copy");
    }
    if (clipboard === undefined) return offer.decline("There is no display now");
    const content = cachedContent(offer.content);
    this.#put = content;
    this.#copied = undefined;
    try {
      await clipboard.put(content);
      offer.accept();
    } catch (error) {
      if (!(error instanceof DisplayClosedError)) throw error;
      offer.decline("The display is lost");
    }
    // A refusal is told whoever pastes.
    for (const type of content.types) {
      if (PROMPTLY.includes(type)) content.read(type).catch(() => {});
    }
  }

  #allowed({ role }: Viewer): { in: boolean; out: boolean } {
    const { direction } = this.#options;
    const controls = role === "control";
    return {
      in: controls && (direction === "both" || direction === "in"),
      out: controls && (direction === "both" || direction === "out"),
    };
  }
}

/** Has what is too large said so to the viewers. */
function withinLimit(content: ClipboardContent): ClipboardContent {
  return {
    ...content,
    read: (type) =>
      content.read(type).catch((error: unknown) => {
        if (!(error instanceof SelectionTooLargeError)) throw error;
        throw new ClipboardRefusedError("too-large", error.message);
      }),
  };
}

/** Whether a program does not give what it says it has. What is not fetched promptly, nobody knows of. */
async function isRefused(content: ClipboardContent, type: ClipboardType): Promise<boolean> {
  if (!PROMPTLY.includes(type)) return false;
  try {
    await content.read(type);
    return false;
  } catch (error) {
    return error instanceof SelectionRefusedError;
  }
}
