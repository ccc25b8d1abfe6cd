/**
 * Says once, beside the handle, that there is sound; and that the browser waits for a click with it.
 *
 * @module
 */

import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import type { PanelContext } from "./panel_context.ts";
import { sharedStyles } from "./styles.ts";

/** Long enough to be read, then out of the picture's way; in ms. */
const SHOWN = 8_000;
/** So long it stays at least, whatever the user does meanwhile; in ms. */
const READ = 2_000;

const SOUND_OFF = svg`
  <path d="M3 9.5v5h4l5 4v-13l-5 4z" />
  <path d="M16 9.5l5 5M21 9.5l-5 5" />
`;

export class SoundHintElement extends LitElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        z-index: 3;
        right: calc(env(safe-area-inset-right) + 0.875rem);
        top: 50%;
        translate: 0 -50%;
        font-size: 0.8125rem;
        /* It must not eat clicks that are meant for what is under it. */
        pointer-events: none;
      }

      .hint {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        padding: 0.25rem 0.75rem;
        background: var(--surface);
        border: 1px solid var(--edge);
        border-radius: 1rem;
        white-space: nowrap;
        box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 25%);
        animation: appear 200ms both;
      }

      svg {
        width: 1.125rem;
        height: 1.125rem;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.75;
        stroke-linecap: round;
        stroke-linejoin: round;
      }

      @media (pointer: coarse) {
        :host {
          right: calc(env(safe-area-inset-right) + 1.625rem);
        }
      }

      @keyframes appear {
        from {
          opacity: 0;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .hint {
          animation: none;
        }
      }
    `,
  ];

  declare context: PanelContext;
  #until = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownAt = 0;
  /** Shown, and gone again: not a second time on this page. */
  #over = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#until = new AbortController();
    this.context.page.watch(() => this.requestUpdate(), this.#until.signal);
    this.context.preferences.watch(() => this.requestUpdate(), this.#until.signal);
    // Who is at work has other things to do, and it may be in the way.
    for (const type of ["keydown", "pointerdown"] as const) {
      addEventListener(type, (event) => this.#onwork(event), {
        capture: true,
        signal: this.#until.signal,
      });
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#until.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  override render(): TemplateResult {
    return html`<div role="status">${this.#hint()}</div>`;
  }

  #hint(): TemplateResult | typeof nothing {
    const text = strings.sound;
    const { connection, serverSound, sound } = this.context.page.value;
    const offered = serverSound?.state === "ready" && sound.supported && !this.#over &&
      connection?.phase === "live";
    if (!offered) return nothing;
    if (sound.state === "blocked") {
      this.#fade();
      return hint(text.blocked);
    }
    if (sound.state !== "off" || this.context.preferences.value.soundHinted) return nothing;
    this.#fade();
    return hint(text.hint);
  }

  /** Whether it says that sound can be turned on: then whoever opens the panel wants to do that. */
  get offers(): boolean {
    return this.renderRoot.querySelector(".hint") !== null;
  }

  #fade(): void {
    if (this.#timer !== undefined) return;
    this.#shownAt = performance.now();
    this.#timer = setTimeout(() => this.#end(), SHOWN);
  }

  #onwork(event: Event): void {
    if (this.#timer === undefined || this.#over) return;
    // That goes to the handle, or opens the panel by its keys.
    if (event.target === document.querySelector("skerry-shell")) return;
    if (event instanceof KeyboardEvent && (event.key.length > 1 || event.ctrlKey)) return;
    clearTimeout(this.#timer);
    const left = Math.max(0, this.#shownAt + READ - performance.now());
    this.#timer = setTimeout(() => this.#end(), left);
  }

  #end(): void {
    this.#over = true;
    this.context.preferences.update({ soundHinted: true });
    this.requestUpdate();
  }
}

function hint(text: string): TemplateResult {
  return html`
    <p class="hint"><svg viewBox="0 0 24 24" aria-hidden="true">${SOUND_OFF}</svg>${text}</p>
  `;
}

customElements.define("skerry-sound-hint", SoundHintElement);
