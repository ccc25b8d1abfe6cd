/**
 * The panel at the side, at the bottom of small screens: its sections behind a row of tabs.
 *
 * @module
 */

import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { goRound } from "./focus.ts";
import type { PanelContext } from "./panel_context.ts";
import type { PanelSection, SectionElement } from "./section_element.ts";
import { SECTIONS } from "./sections.ts";
import { sharedStyles } from "./styles.ts";

const CLOSE = svg`<path d="M6 6l12 12M18 6L6 18" />`;

export class PanelElement extends LitElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        z-index: 4;
        top: max(0.75rem, env(safe-area-inset-top));
        right: max(0.75rem, env(safe-area-inset-right));
        width: min(24rem, 100vw - 1.5rem);
        font-size: 0.875rem;
      }

      [role="dialog"] {
        display: grid;
        grid-template-rows: auto auto minmax(0, 1fr);
        max-height: calc(100dvh - 1.5rem);
        box-sizing: border-box;
        background: var(--surface);
        border: 1px solid var(--edge);
        border-radius: 0.75rem;
        box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 25%);
        overflow: hidden;
        animation: slide-in 160ms ease-out;
      }

      /* It takes the focus so that Escape reaches it; what is inside shows its own. */
      [role="dialog"]:focus-visible {
        outline: none;
      }

      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding: 0.5rem 0.5rem 0.5rem 1rem;
      }

      h2 {
        font-size: 1rem;
      }

      svg {
        width: 1.375rem;
        height: 1.375rem;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.75;
        stroke-linecap: round;
        stroke-linejoin: round;
      }

      .close,
      [role="tab"] {
        display: grid;
        place-items: center;
        padding: 0;
        border-color: transparent;
        background: none;
      }

      .close {
        width: 2.25rem;
      }

      [role="tablist"] {
        display: flex;
        gap: 0.125rem;
        padding: 0 0.5rem;
        border-bottom: 1px solid var(--edge);
      }

      [role="tab"] {
        flex: 1;
        min-height: 2.5rem;
        border-width: 0 0 3px;
        border-radius: 0.375rem 0.375rem 0 0;
        color: var(--quiet);
      }

      @media (hover: hover) {
        [role="tab"]:hover {
          color: var(--text);
          background: var(--ground);
        }
      }

      [role="tab"][aria-selected="true"] {
        color: var(--accent);
        border-bottom-color: var(--accent);
      }

      [role="tab"]:focus-visible {
        outline-offset: -2px;
      }

      [role="tabpanel"] {
        overflow: hidden auto;
        scrollbar-width: thin;
        /* Firefox paints a white track otherwise, whatever the colour scheme. */
        scrollbar-color: var(--quiet) var(--surface);
        overscroll-behavior: contain;
        padding: 0.875rem 1rem 1rem;
      }

      [role="tabpanel"]:focus-visible {
        outline-offset: -2px;
      }

      @media (pointer: coarse) {
        .close {
          width: 2.75rem;
        }
      }

      @media (max-width: 40rem) {
        :host {
          top: auto;
          right: 0;
          bottom: 0;
          width: 100%;
        }

        [role="dialog"] {
          max-height: 65dvh;
          border-width: 1px 0 0;
          border-radius: 1rem 1rem 0 0;
          padding-bottom: env(safe-area-inset-bottom);
          animation-name: slide-up;
        }
      }

      @keyframes slide-in {
        from {
          opacity: 0;
          translate: 1rem 0;
        }
      }

      @keyframes slide-up {
        from {
          translate: 0 100%;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        [role="dialog"] {
          animation: none;
        }
      }
    `,
  ];

  declare context: PanelContext;
  #until = new AbortController();
  #shown: { readonly id: string; readonly element: SectionElement } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#until = new AbortController();
    const update = () => this.requestUpdate();
    this.context.preferences.watch(update, this.#until.signal);
    this.context.page.watch(update, this.#until.signal);
    const observer = new ResizeObserver(() => this.#tellCover());
    observer.observe(this);
    this.#until.signal.addEventListener("abort", () => {
      observer.disconnect();
      this.context.covers(0);
    }, { once: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#until.abort();
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('[role="dialog"]')?.focus();
  }

  override render(): TemplateResult {
    const sections = this.#sections();
    const selected = this.#selected(sections);
    return html`
      <div
        role="dialog"
        aria-labelledby="heading"
        tabindex="-1"
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      >
        <header>
          <h2 id="heading">${selected.title}</h2>
          <button
            class="close"
            aria-label=${strings.panel.close}
            aria-keyshortcuts="Control+Alt+Shift+S Escape"
            title="${strings.panel.close} (${strings.panel.shortcut})"
            @click=${() => this.context.close()}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">${CLOSE}</svg>
          </button>
        </header>
        <div role="tablist" aria-label=${strings.panel.sections}>
          ${sections.map((section) => this.#tab(section, section === selected))}
        </div>
        <div role="tabpanel" id="section" aria-labelledby="tab-${selected.id}" tabindex="0">
          ${this.#element(selected)}
        </div>
      </div>
    `;
  }

  #tab({ icon, id, title }: PanelSection, selected: boolean): TemplateResult {
    return html`
      <button
        role="tab"
        id="tab-${id}"
        data-section=${id}
        aria-controls=${selected ? "section" : nothing}
        aria-selected=${selected ? "true" : "false"}
        aria-label=${title}
        title=${title}
        tabindex=${selected ? "0" : "-1"}
        @click=${() => this.#select(id)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">${icon}</svg>
      </button>
    `;
  }

  #sections(): readonly PanelSection[] {
    return SECTIONS.filter(({ available }) => available?.(this.context) ?? true);
  }

  #selected(sections: readonly PanelSection[]): PanelSection {
    const { section } = this.context.preferences.value;
    return sections.find(({ id }) => id === section) ?? sections[0]!;
  }

  /** A section is made when it is looked at, and gone when it is left. */
  #element({ element, id }: PanelSection): SectionElement {
    if (this.#shown?.id !== id) {
      const shown = new element();
      shown.context = this.context;
      this.#shown = { id, element: shown };
    }
    return this.#shown.element;
  }

  /** On small screens it lies over the lower part of the page, all across. */
  #tellCover(): void {
    const { height, width } = this.getBoundingClientRect();
    this.context.covers(width >= innerWidth ? height : 0);
  }

  #select(id: string): void {
    this.context.preferences.update({ section: id });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.stopPropagation();
      return this.context.close();
    }
    goRound(event, this.renderRoot);
    if ((event.target as Element).role === "tab") this.#onTabKey(event);
  }

  async #onTabKey(event: KeyboardEvent): Promise<void> {
    const sections = this.#sections();
    const at = sections.indexOf(this.#selected(sections));
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: sections.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#select(sections.at(to % sections.length)!.id);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }
}

customElements.define("skerry-panel", PanelElement);
