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
        box-sizing: border-box;
        padding: 1rem;
        border: 3px dashed var(--accent);
        border-radius: 1rem;
        background: color-mix(in srgb, var(--surface) 60%, transparent);
        font-size: 1.125rem;
        pointer-events: none;
      }

      p {
        padding: 0.75rem 1.25rem;
        border-radius: 0.75rem;
        background: var(--surface);
        box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 25%);
        text-align: center;
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
