/**
 * Says why this browser cannot show the desktop.
 *
 * @module
 */

import { css, html, LitElement, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { cardStyles, sharedStyles } from "./styles.ts";

/** What keeps the page from showing a desktop. */
export interface Obstacle {
  /** The names of features that the browser lacks. */
  readonly what: string;
}

/**
 * What every way to show a desktop needs. Decoders are not among it: pages that are no secure context
 * have none of the browser's, and bring their own.
 *
 * @returns Undefined if all is there.
 */
export function findObstacle(): Obstacle | undefined {
  // Names of interfaces, which are the same in every language.
  const missing = ["OffscreenCanvas", "Worker", "WebSocket"].filter((name) =>
    !(name in globalThis)
  );
  return missing.length === 0 ? undefined : { what: missing.join(", ") };
}

export class UnsupportedElement extends LitElement {
  static override properties = { obstacle: { attribute: false } };
  static override styles = [
    sharedStyles,
    cardStyles,
    css`
      :host {
        position: fixed;
        inset: 0;
        display: grid;
        place-items: center;
        padding: 1rem;
        box-sizing: border-box;
        overflow: auto;
        z-index: 3;
      }

      .card {
        max-width: 34rem;
        display: grid;
        gap: 0.875rem;
      }

      h1 {
        font-size: 1.25rem;
        line-height: 1.3;
      }
    `,
  ];

  declare obstacle: Obstacle;

  override render(): TemplateResult {
    const text = strings.unsupported;
    return html`
      <div class="card" role="alert">
        <h1>${text.heading}</h1>
        <p>${text.missing(this.obstacle.what)}</p>
      </div>
    `;
  }
}

customElements.define("skerry-unsupported", UnsupportedElement);
