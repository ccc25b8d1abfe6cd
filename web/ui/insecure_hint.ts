/**
 * Says once, at the edge, that the page came over plain HTTP: how the picture is decoded then, and what HTTPS
 * or an SSH tunnel would gain. Everything works all the same.
 *
 * @module
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import type { PanelContext } from "./panel_context.ts";
import { sharedStyles } from "./styles.ts";

/** Long enough to be read and to be copied from, then out of the picture's way; in ms. */
const SHOWN = 30_000;

export class InsecureHintElement extends LitElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        z-index: 3;
        left: calc(env(safe-area-inset-left) + 0.75rem);
        bottom: calc(env(safe-area-inset-bottom) + 0.75rem);
        max-width: min(34rem, calc(100vw - 3rem));
        font-size: 0.875rem;
        pointer-events: none;
      }

      .hint {
        display: flex;
        gap: 0.75rem;
        align-items: start;
        padding: 0.5rem 0.5rem 0.5rem 0.875rem;
        background: var(--surface);
        border: 1px solid var(--edge);
        border-radius: 0.5rem;
        box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 25%);
      }

      code {
        font-family: var(--mono);
        font-size: 0.9375em;
        overflow-wrap: anywhere;
        user-select: all;
        pointer-events: auto;
      }

      button {
        flex: none;
        pointer-events: auto;
      }
    `,
  ];

  declare context: PanelContext;
  #until = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    const { page, preferences } = this.context;
    const { connection, decoder } = page.value;
    if (isSecureContext || preferences.value.insecureHinted) return nothing;
    if (connection?.phase !== "live" || decoder === undefined) return nothing;
    this.#timer ??= setTimeout(() => this.#end(), SHOWN);
    const text = strings.insecure;
    const { hostname, port } = location;
    return html`
      <div class="hint">
        <p>
          ${text.decoding[decoder]} ${text.gain}
          <code>${text.tunnel(hostname, port || "80")}</code>
        </p>
        <button @click=${() => this.#end()}>${text.dismiss}</button>
      </div>
    `;
  }

  #end(): void {
    this.context.preferences.update({ insecureHinted: true });
  }
}

customElements.define("skerry-insecure-hint", InsecureHintElement);
