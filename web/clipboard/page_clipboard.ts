/**
 * The page's side of the shared clipboard.
 *
 * From here to there: what a `paste` event brings, before the key that caused it; and, if the browser
 * lets the page read by itself, whatever was copied while another window had the keyboard. From there
 * to here: what a remote program copies, as soon as the browser lets the page write; where that is
 * only within something the user does, at the next key or click, unless the user has been elsewhere.
 *
 * Nothing is offered that has come from there, nor twice in a row.
 *
 * @module
 */

import type { Channel } from "../../src/protocol/channel.ts";
import {
  ClipboardExchange,
  type ClipboardOffer,
  ClipboardRefusedError,
} from "../../src/protocol/clipboard_exchange.ts";
import type { ClipboardHello } from "../../src/protocol/clipboard_message.ts";
import type { InputGate } from "../input/input_gate.ts";
import { shortcutLetter } from "../input/us_keyboard.ts";
import type { LocalClipboard, ReadPermission } from "./local_clipboard.ts";
import { isEmpty, isSame, type LocalContent, pasted, toOffer, withType } from "./local_content.ts";

/** What is kept at most, whatever the server says; in octets. */
const LIMIT = 1024 ** 3;
/** How long a key that pastes waits for what it pastes; in ms. */
const PASTE_TIMEOUT = 3_000;
/** How long a browser on a busy machine may take to say what is pasted, in ms; mostly it takes two. */
const EVENT_TIMEOUT = 1_000;

/** What the page shows of the clipboard. */
export interface ClipboardState {
  /** What the server allows; undefined before it has said so, or if it has no clipboard. */
  readonly allowed: ClipboardHello | undefined;
  readonly permission: ReadPermission;
  /** What a remote program has copied, as far as it has come. */
  readonly remote: LocalContent;
  /** Whether more of it can be had. */
  readonly remoteImage: boolean;
  /** Whether what was copied remotely is in the local clipboard. */
  readonly written: boolean;
  /** Why something was not taken, in the server's words. */
  readonly problem: string;
}

export const NO_CLIPBOARD: ClipboardState = {
  allowed: undefined,
  permission: "unsupported",
  remote: {},
  remoteImage: false,
  written: false,
  problem: "",
};

export interface PageClipboardOptions {
  readonly channel: Channel;
  readonly local: LocalClipboard;
  readonly gate: InputGate;
  /** Where keys go, and what is pasted. */
  readonly field: HTMLElement;
  changed(state: ClipboardState): void;
  readonly signal: AbortSignal;
}

export class PageClipboard {
  readonly #options: PageClipboardOptions;
  readonly #exchange: ClipboardExchange;
  #state = NO_CLIPBOARD;
  #offer: ClipboardOffer | undefined;
  /** What both sides have had. */
  #known: LocalContent = {};
  /** Whether what is here is older than what a remote program has copied, which is not here yet. */
  #stale = false;
  /** What waits for the browser to allow it. */
  #unwritten: LocalContent | undefined;
  /** Lets go of the key that waits for its paste event. */
  #release: (() => void) | undefined;

  constructor(options: PageClipboardOptions) {
    this.#options = options;
    const { channel, field, local, signal } = options;
    this.#exchange = new ClipboardExchange(channel, {
      limit: LIMIT,
      onhello: (allowed) => {
        this.#offer = undefined;
        this.#update({ allowed, remote: {}, remoteImage: false, written: false, problem: "" });
        this.look();
      },
      onoffer: (offer) => this.#onoffer(offer),
    });
    local.watchPermission((permission) => {
      this.#update({ permission });
      this.look();
    }, signal);
    field.addEventListener("paste", (event) => this.#onpaste(event), { signal });
    addEventListener("focus", () => this.look(), { signal });
    addEventListener("blur", () => this.#leave(), { signal });
    for (const type of ["copy", "cut"]) {
      document.addEventListener(type, () => this.#leave(), { signal });
    }
    for (const type of ["keydown", "keyup", "pointerdown", "pointerup"]) {
      addEventListener(type, () => this.#retry(), { capture: true, signal });
    }
  }

  get state(): ClipboardState {
    return this.#state;
  }

  /**
   * Holds the key back if it pastes, until what it pastes is there.
   *
   * @returns Whether the browser is to paste, here.
   */
  pastes(event: KeyboardEvent): boolean {
    const { altKey, code, ctrlKey, metaKey, repeat, shiftKey } = event;
    const paste = (shortcutLetter(event) === "v" && (ctrlKey || metaKey) && !altKey) ||
      (code === "Insert" && shiftKey && !ctrlKey && !altKey && !metaKey);
    if (!paste || !this.#state.allowed?.in) return false;
    if (repeat) return true;
    this.#release?.();
    const release = this.#release = this.#options.gate.hold();
    setTimeout(() => {
      if (this.#release === release) this.#release = undefined;
      else return;
      release();
    }, EVENT_TIMEOUT);
    return true;
  }

  /** Looks at what was copied here, if the browser lets the page without a question. */
  async look(): Promise<void> {
    const { allowed, permission } = this.#state;
    if (!allowed?.in || permission !== "granted" || !document.hasFocus()) return;
    try {
      await this.#take(await this.#options.local.read());
    } catch {
      // It has changed its mind, or the keyboard is elsewhere again.
    }
  }

  /** Asks the user, by the browser, whether the page may read by itself. Call it in a click. */
  async allow(): Promise<void> {
    try {
      await this.#take(await this.#options.local.read());
    } catch {
      // No: the permission's state says so.
    }
  }

  /** Puts text into the remote clipboard. @returns Whether it is there. */
  async send(text: string): Promise<boolean> {
    this.#known = { text };
    this.#stale = false;
    return await this.#give(this.#known);
  }

  /** Puts what was copied remotely into the local clipboard. Call it in a click. */
  async write(): Promise<void> {
    await this.#write(this.#state.remote);
  }

  /** Fetches the image that was copied remotely, so that it can be shown. */
  async fetchImage(): Promise<void> {
    if (this.#offer !== undefined) await this.#fetch(this.#offer, ["image/png"]);
  }

  async #onoffer(offer: ClipboardOffer): Promise<void> {
    const { types } = offer.content;
    this.#offer = offer;
    this.#unwritten = undefined;
    offer.accept();
    if (offer.fresh) this.#stale = true;
    const remoteImage = types.includes("image/png");
    this.#update({ remote: {}, remoteImage, written: false, problem: "" });
    await this.#fetch(offer, offer.fresh ? types : types.filter((type) => type !== "image/png"));
    // What was there before the page came is not to overwrite what the user has here.
    if (offer === this.#offer && offer.fresh && document.hasFocus()) {
      await this.#write(this.#state.remote);
    }
  }

  async #fetch(
    offer: ClipboardOffer,
    types: ClipboardOffer["content"]["types"],
  ): Promise<void> {
    for (const type of types) {
      try {
        const octets = await offer.content.read(type);
        if (offer !== this.#offer) return;
        this.#update({ remote: withType(this.#state.remote, type, octets) });
      } catch (error) {
        if (!(error instanceof ClipboardRefusedError)) throw error;
        if (offer === this.#offer && error.reason !== "gone") {
          this.#update({ problem: error.message });
        }
      }
    }
  }

  async #write(content: LocalContent): Promise<void> {
    if (isEmpty(content)) return;
    this.#unwritten = undefined;
    const written = await this.#options.local.write(content);
    if (content !== this.#state.remote) return;
    if (written === undefined) {
      this.#unwritten = content;
      return;
    }
    this.#known = written;
    this.#stale = false;
    this.#update({ written: true });
    // Browsers encode images anew: what is read back is not what was written, but is no news.
    if (written.image === undefined || this.#state.permission !== "granted") return;
    const back = await this.#options.local.read().catch(() => written);
    if (this.#known === written) this.#known = { ...written, image: back.image };
  }

  /** The user does something, which may be what the browser waits for. */
  #retry(): void {
    const content = this.#unwritten;
    if (content !== undefined) this.#write(content);
  }

  /** What the user copies elsewhere is newer than what waits here. */
  #leave(): void {
    this.#stale = false;
    this.#unwritten = undefined;
  }

  #onpaste(event: ClipboardEvent): void {
    event.preventDefault();
    const release = this.#release;
    this.#release = undefined;
    if (event.clipboardData === null || !this.#state.allowed?.in) return release?.();
    const timer = setTimeout(() => release?.(), PASTE_TIMEOUT);
    pasted(event.clipboardData).then((content) => this.#take(content)).finally(() => {
      clearTimeout(timer);
      release?.();
    });
  }

  /** Offers what is in the local clipboard, if it is news. */
  async #take(content: LocalContent): Promise<void> {
    if (isEmpty(content) || this.#stale || isSame(content, this.#known)) return;
    this.#known = content;
    await this.#give(content);
  }

  async #give(content: LocalContent): Promise<boolean> {
    const problem = await this.#exchange.offer(toOffer(content)) ?? "";
    this.#update({ problem });
    return problem === "";
  }

  #update(state: Partial<ClipboardState>): void {
    this.#state = { ...this.#state, ...state };
    this.#options.changed(this.#state);
  }
}
