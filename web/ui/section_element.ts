/**
 * What the sections of the panel have in common: each is a lit element that gets the context, and
 * is rendered again whenever what the page knows, or what the user has chosen, changes.
 *
 * @module
 */

import { css, LitElement, type SVGTemplateResult } from "lit";
import type { PanelContext } from "./panel_context.ts";
import { sharedStyles } from "./styles.ts";

/** A section as the panel lists it. */
export interface PanelSection {
  /** Part of the address of nothing; kept in the preferences. */
  readonly id: string;
  readonly title: string;
  /** The inside of an SVG of 24 by 24 units; lines are drawn in the colour of the text. */
  readonly icon: SVGTemplateResult;
  readonly element: new () => SectionElement;
  /** Whether there is anything in it; without this, always. */
  available?(context: PanelContext): boolean;
}

export abstract class SectionElement extends LitElement {
  declare context: PanelContext;
  #until = new AbortController();

  /** Aborted when the section is left. */
  get signal(): AbortSignal {
    return this.#until.signal;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#until = new AbortController();
    const { page, preferences } = this.context;
    const update = () => this.requestUpdate();
    page.watch(update, this.signal);
    preferences.watch(update, this.signal);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#until.abort();
  }
}

export const sectionStyles = [
  sharedStyles,
  css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 1rem;
      align-content: start;
    }

    h3 {
      font-size: inherit;
    }

    .hint {
      color: var(--quiet);
      font-size: 0.875rem;
      overflow-wrap: anywhere;
    }

    .group {
      display: grid;
      gap: 0.5rem;
      border: 0;
      margin: 0;
      padding: 0;
      min-width: 0;
    }

    .group > legend {
      font-weight: 600;
      padding: 0 0 0.375rem;
    }

    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
    }
  `,
];
