/**
 * How the picture is shown.
 *
 * @module
 */

import { html, svg, type TemplateResult } from "lit";
import type { Preferences } from "../preferences.ts";
import { strings } from "../strings.ts";
import { alternatives, controlStyles } from "./controls.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

const SCALINGS = ["auto", "fit", "integer", "exact"] as const;
const SMOOTHINGS = ["smooth", "crisp"] as const;

class PictureSectionElement extends SectionElement {
  static override styles = [sectionStyles, controlStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("fullscreenchange", () => this.requestUpdate(), {
      signal: this.signal,
    });
  }

  override render(): TemplateResult {
    const text = strings.picture;
    const { preferences } = this.context;
    const { scaling, smoothing } = preferences.value;
    const full = document.fullscreenElement !== null;
    return html`
      ${alternatives<Preferences["scaling"]>({
        id: "scaling",
        label: text.scaling,
        value: scaling,
        values: SCALINGS.map((value) => [value, text.scalings[value]]),
        hint: text.scalingHints[scaling],
        change: (scaling) => preferences.update({ scaling }),
      })}
      ${alternatives<Preferences["smoothing"]>({
        id: "smoothing",
        label: text.smoothing,
        value: smoothing,
        values: SMOOTHINGS.map((value) => [value, text.smoothings[value]]),
        change: (smoothing) => preferences.update({ smoothing }),
      })}
      <div class="buttons">
        <button ?hidden=${!document.fullscreenEnabled} @click=${() => this.#toggleFullScreen(full)}>
          ${full ? text.leaveFullScreen : text.fullScreen}
        </button>
      </div>
    `;
  }

  async #toggleFullScreen(full: boolean): Promise<void> {
    if (full) return await document.exitFullscreen();
    try {
      await document.documentElement.requestFullscreen({ navigationUI: "hide" });
      this.context.close();
    } catch {
      // Refused: a frame around this page, or the user, does not allow it.
    }
  }
}

customElements.define("skerry-picture-section", PictureSectionElement);

export const pictureSection: PanelSection = {
  id: "picture",
  title: strings.picture.title,
  icon: svg`
    <rect x="3" y="4" width="18" height="13" rx="2" />
    <path d="M9 21h6M12 17v4" />
  `,
  element: PictureSectionElement,
};
