/**
 * Says what the connection is doing, over the last picture or in place of one.
 *
 * @module
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { ConnectionState, FailureReason } from "../messages.ts";
import { strings } from "../strings.ts";
import { wallClock } from "../wall_clock.ts";
import { cardStyles, sharedStyles } from "./styles.ts";

export class StatusElement extends LitElement {
  static override properties = { state: { attribute: false }, picture: { type: Boolean } };
  static override styles = [
    sharedStyles,
    cardStyles,
    css`
      :host {
        position: fixed;
        inset: 0;
        display: grid;
        justify-items: center;
        align-items: center;
        padding: 1rem;
        box-sizing: border-box;
        pointer-events: none;
        z-index: 2;
      }

      :host([picture]) {
        align-items: start;
      }

      .card {
        max-width: 34rem;
        display: grid;
        gap: 0.5rem;
        /* What passes within the blink of an eye need not be read. */
        animation: appear 200ms 150ms both;
      }

      :host([picture]) .card {
        padding: 0.75rem 1.125rem;
      }

      .title {
        font-weight: 600;
      }

      /* Says what has changed, and goes. */
      :host([picture]) .news {
        padding: 0.375rem 1rem;
        border-radius: 1.25rem;
        animation: appear 200ms both, leave 400ms 5s forwards;
      }

      .detail,
      .next {
        color: var(--quiet);
        overflow-wrap: anywhere;
      }

      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: center;
      }

      /* What a program says of it, after what to do about it. */
      .detail + .detail {
        font-size: 0.8125rem;
      }

      button {
        pointer-events: auto;
      }

      @keyframes appear {
        from {
          opacity: 0;
        }
      }

      @keyframes leave {
        to {
          opacity: 0;
          visibility: hidden;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .card,
        :host([picture]) .news {
          animation-duration: 1ms;
        }
      }
    `,
  ];

  declare state: ConnectionState | undefined;
  /** Whether there is a picture underneath. */
  declare picture: boolean;
  /** What the viewer may do, and whether it had to look on before. */
  #role: "control" | "view" | undefined;
  #watched = false;
  #ticking: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.picture = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#tick(false);
  }

  override updated(): void {
    this.#tick(this.state?.phase === "waiting");
    // After an outage it is no news.
    if (this.state?.phase !== "live" && this.#role === "control") this.#watched = false;
  }

  override render(): TemplateResult {
    // The live region stays, and its text changes: that is what screen readers announce.
    return html`<div role="status" aria-live="polite">${this.#card()}</div>`;
  }

  #card(): TemplateResult | typeof nothing {
    const { state } = this;
    switch (state?.phase) {
      case "connecting":
        return card(state.again ? strings.status.reconnecting : strings.status.connecting);
      case "connected":
        return card(strings.status.connected(state.transport));
      case "live": {
        const news = this.#news(state.role);
        return html`
          <span class="only-read">${strings.status.live(state.transport)}</span>
          ${news === undefined ? nothing : keyed(news, html`<p class="card news">${news}</p>`)}
        `;
      }
      case "no-picture":
        return card(strings.noPicture[state.state] ?? state.state, [state.detail]);
      case "waiting":
        return card(
          strings.failure[state.reason.kind],
          [strings.help[state.reason.kind], detailOf(state.reason)],
          html`
            <span class="next" aria-hidden="true">${this.#countdown(state.retryAt)}</span>
            ${this.#retryButton(strings.status.retryNow)}
          `,
        );
      case "stopped":
        return card(
          strings.failure[state.reason.kind],
          [strings.help[state.reason.kind], detailOf(state.reason)],
          this.#remedy(state.reason.kind),
        );
      default:
        return nothing;
    }
  }

  /** What somebody must know of what may be done from now on. */
  #news(role: "control" | "view"): string | undefined {
    this.#role = role;
    if (role === "view") this.#watched = true;
    if (!this.#watched) return undefined;
    return role === "view" ? strings.status.viewOnly : strings.status.control;
  }

  #countdown(retryAt: number): string {
    return strings.status.waiting(Math.ceil((retryAt - wallClock()) / 1000));
  }

  /** What can be done about what does not mend itself. */
  #remedy(kind: FailureReason["kind"]): TemplateResult {
    const text = strings.status;
    if (kind === "decoder") return this.#retryButton(text.retryNow);
    if (kind === "transport-not-offered") {
      return html`<button @click=${useAnyTransport}>${text.anyTransport}</button>`;
    }
    return html`<button @click=${() => location.reload()}>${text.reload}</button>`;
  }

  #retryButton(text: string): TemplateResult {
    return html`<button @click=${() => this.dispatchEvent(new Event("retry"))}>${text}</button>`;
  }

  /** Counts down twice a second while there is something to count. */
  #tick(on: boolean): void {
    if (on === (this.#ticking !== undefined)) return;
    clearInterval(this.#ticking);
    this.#ticking = on ? setInterval(() => this.requestUpdate(), 500) : undefined;
  }
}

/** Opens the page again without asking for a transport. */
function useAnyTransport(): void {
  const address = new URL(location.href);
  address.searchParams.delete("transport");
  location.assign(address);
}

/** @param details More of it, a sentence each; empty ones are left out. */
function card(
  title: string,
  details: readonly string[] = [],
  row?: TemplateResult,
): TemplateResult {
  return html`
    <div class="card">
      <p class="title">${title}</p>
      ${details.filter((detail) => detail !== "").map((detail) =>
        html`<p class="detail">${detail}</p>`
      )}
      ${row ? html`<div class="row">${row}</div>` : nothing}
    </div>
  `;
}

/** What a browser says of a failed fetch ("Failed to fetch") helps nobody. */
function detailOf({ kind, detail }: FailureReason): string {
  const silent = ["unreachable", "refused", "transport-not-offered"];
  return silent.includes(kind) ? "" : detail;
}

customElements.define("skerry-status", StatusElement);
