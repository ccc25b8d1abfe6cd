/**
 * Sound: on or off, and what keeps it from that.
 *
 * @module
 */

import { html, svg, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { controlStyles, toggle } from "./controls.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

class SoundSectionElement extends SectionElement {
  static override styles = [sectionStyles, controlStyles];

  override render(): TemplateResult {
    const text = strings.sound;
    const { serverSound, sound } = this.context.page.value;
    const state = serverSound?.state ?? "off";
    const possible = sound.supported && state !== "off" && state !== "not-installed";
    return html`
      ${toggle({
        id: "sound",
        label: text.label,
        on: possible && sound.state !== "off" && sound.state !== "failed",
        disabled: !possible,
        change: (on) => this.context.turnSound(on),
      })}
      <p class="hint" role="status">${this.#explanation()}</p>
    `;
  }

  #explanation(): string {
    const text = strings.sound;
    const { serverSound, sound } = this.context.page.value;
    if (serverSound === undefined || serverSound.state === "off") return text.none;
    if (serverSound.state === "not-installed") return text.notInstalled(serverSound.detail);
    if (!sound.supported) return text.unsupported;
    if (serverSound.state === "lost" && sound.state !== "off") {
      return `${text.lost} ${serverSound.detail}`.trim();
    }
    if (sound.state === "failed") return text.failed(sound.reason);
    return text.states[sound.state];
  }
}

customElements.define("skerry-sound-section", SoundSectionElement);

export const soundSection: PanelSection = {
  id: "sound",
  title: strings.sound.title,
  icon: svg`
    <path d="M3 9.5v5h4l5 4v-13l-5 4z" />
    <path d="M15.5 9a4.5 4.5 0 0 1 0 6M18.3 6.2a8.5 8.5 0 0 1 0 11.6" />
  `,
  element: SoundSectionElement,
};
