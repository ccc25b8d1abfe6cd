/**
 * Says why this browser, or this address, cannot show the desktop, and what would help.
 *
 * @module
 */

import { css, html, LitElement, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { cardStyles, sharedStyles } from "./styles.ts";

/** What is missing: the names of features, or a secure context. */
export type Obstacle =
  | { readonly kind: "insecure"; readonly host: string; readonly port: string }
  | { readonly kind: "missing"; readonly what: string };

/** @returns What keeps this page from showing a desktop; undefined if nothing does. */
export function findObstacle(): Obstacle | undefined {
  const missing = [
    ["VideoDecoder", "WebCodecs"],
    ["OffscreenCanvas", "OffscreenCanvas"],
    ["Worker", "web workers"],
    ["WebSocket", "WebSocket"],
  ].filter(([name]) => !(name! in globalThis)).map(([, words]) => words);
  if (missing.length === 0) return undefined;
  if (!isSecureContext) {
    const { hostname, port } = location;
    return { kind: "insecure", host: hostname, port: port || "80" };
  }
  return { kind: "missing", what: missing.join(", ") };
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

      ul {
        margin: 0;
        padding-left: 1.25rem;
      }

      code {
        display: block;
        margin-top: 0.25rem;
        padding: 0.5rem 0.75rem;
        background: var(--ground);
        border-radius: 0.375rem;
        font-family: var(--mono);
        font-size: 0.875em;
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];

  declare obstacle: Obstacle;

  override render(): TemplateResult {
    return html`
      <div class="card" role="alert">
        <h1>${strings.unsupported.heading}</h1>
        ${this.#body()}
      </div>
    `;
  }

  #body(): TemplateResult {
    const text = strings.unsupported;
    const { obstacle } = this;
    if (obstacle.kind === "missing") return html`<p>${text.missing(obstacle.what)}</p>`;
    const [https, localhost, tunnel] = text.insecureHelp;
    return html`
      <p>${text.insecure}</p>
      <ul>
        <li>${https}</li>
        <li>${localhost}</li>
        <li>${tunnel} <code>${text.tunnel(obstacle.host, obstacle.port)}</code></li>
      </ul>
    `;
  }
}

customElements.define("skerry-unsupported", UnsupportedElement);
