/**
 * Gamepads: which there are, and what keeps them from the desktop's programs.
 *
 * @module
 */

import { html, nothing, svg, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

class GamepadsSectionElement extends SectionElement {
  static override styles = [sectionStyles];

  override render(): TemplateResult {
    const { plugged } = this.context.page.value.gamepads;
    return html`
      <p role="status">${this.#explanation()}</p>
      ${plugged.length === 0 ? nothing : html`
        <ul>
          ${plugged.map(({ id, pad }) => html`<li>${strings.gamepads.one(pad + 1, id)}</li>`)}
        </ul>
      `}
    `;
  }

  #explanation(): string {
    const text = strings.gamepads;
    const { connection, gamepads: { plugged, server, supported } } = this.context.page.value;
    if (server === undefined || server.state === "off") return text.off;
    if (server.state !== "ready") return text[server.state];
    if (!supported) return text.unsupported;
    if (connection?.phase === "live" && connection.role === "view") return text.watching;
    return plugged.length === 0 ? text.press : text.ready;
  }
}

customElements.define("skerry-gamepads-section", GamepadsSectionElement);

export const gamepadsSection: PanelSection = {
  id: "gamepads",
  title: strings.gamepads.title,
  icon: svg`
    <path
      d="M7.5 7h9a5 5 0 0 1 4.8 3.8l1 4.1a2.3 2.3 0 0 1-4 2L15.8 14H8.2l-2.5 2.9a2.3 2.3 0 0 1-4-2l1-4.1A5 5 0 0 1 7.5 7z"
    />
    <path d="M8 9.2v3M6.5 10.7h3M15 9.8h.01M17 11.6h.01" />
  `,
  element: GamepadsSectionElement,
};
