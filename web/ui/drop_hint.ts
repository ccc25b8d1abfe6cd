/**
 * Says that files may be dropped, while some are held over the page.
 *
 * @module
 */

import { css, html, LitElement, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { sharedStyles } from "./styles.ts";

export class DropHintElement extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        inset: 0.75rem;
        z-index: 10;
        display: grid;
        place-items: center;
        border: 3px dashed var(--accent);
        border-radius: 1rem;
        background: color-mix(in srgb, var(--surface) 75%, transparent);
        font-size: 1.25rem;
        pointer-events: none;
      }

      :host([hidden]) {
        display: none;
      }
    `,
  ];

  override render(): TemplateResult {
    return html`<p role="status">${strings.files.drop}</p>`;
  }
}

customElements.define("skerry-drop-hint", DropHintElement);
