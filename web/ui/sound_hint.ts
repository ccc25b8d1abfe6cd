/**
 * Says once, beside the handle, that there is sound; and that the browser waits for a click with it.
 *
 * @module
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import type { PanelContext } from "./panel_context.ts";
import { sharedStyles } from "./styles.ts";

/** Long enough to be read, then out of the picture's way; in ms. */
const SHOWN = 10_000;

export class SoundHintElement extends LitElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        z-index: 3;
        right: calc(env(safe-area-inset-right) + 1.5rem);
        top: 50%;
        translate: 0 -50%;
        max-width: 16rem;
        font-size: 0.875rem;
        /* It must not eat clicks that are meant for what is under it. */
        pointer-events: none;
      }

      .hint {
        padding: 0.5rem 0.875rem;
        background: var(--surface);
        border: 1px solid var(--edge);
        border-radius: 0.5rem;
        box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 25%);
        animation: appear 200ms both;
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
  /** Shown, and gone again: not a second time on this page. */
  #over = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#until = new AbortController();
    this.context.page.watch(() => this.requestUpdate(), this.#until.signal);
    this.context.preferences.watch(() => this.requestUpdate(), this.#until.signal);
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
      return html`<p class="hint">${text.blocked}</p>`;
    }
    if (sound.state !== "off" || this.context.preferences.value.soundHinted) return nothing;
    this.#fade();
    return html`<p class="hint">${text.hint}</p>`;
  }

  /** Whether it says that sound can be turned on: then whoever opens the panel wants to do that. */
  get offers(): boolean {
    return this.renderRoot.querySelector(".hint") !== null;
  }

  #fade(): void {
    this.#timer ??= setTimeout(() => this.#end(), SHOWN);
  }

  #end(): void {
    this.#over = true;
    this.context.preferences.update({ soundHinted: true });
    this.requestUpdate();
  }
}

customElements.define("skerry-sound-hint", SoundHintElement);
