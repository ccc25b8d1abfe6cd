/**
 * How the picture is shown.
 *
 * @module
 */

import { html, nothing, svg, type TemplateResult } from "lit";
import type { Preferences } from "../preferences.ts";
import { strings } from "../strings.ts";
import { alternatives, controlStyles, toggle } from "./controls.ts";
import { enterFullScreen, isFullScreen, leaveFullScreen } from "./full_screen.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

const SCALINGS = ["auto", "fit", "integer", "exact"] as const;
const SMOOTHINGS = ["smooth", "crisp"] as const;

class PictureSectionElement extends SectionElement {
  static override properties = { lockFailed: { state: true } };
  static override styles = [sectionStyles, controlStyles];

  /** Whether the browser has just refused to lock the pointer. */
  declare lockFailed: boolean;

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
      ${this.#actions()}
    `;
  }

  #actions(): TemplateResult {
    const text = strings.picture;
    const { preferences } = this.context;
    const full = isFullScreen();
    const locks = "requestPointerLock" in HTMLElement.prototype &&
      !matchMedia("(any-pointer: coarse) and (not (any-pointer: fine))").matches;
    return html`
      <div class="group">
        <div class="buttons">
          <button
            ?hidden=${!document.fullscreenEnabled}
            @click=${() => this.#toggleFullScreen(full)}
          >${full ? text.leaveFullScreen : text.fullScreen}</button>
          <button ?hidden=${!locks} aria-describedby="lock-hint" @click=${() => this.#lock()}>
            ${text.lockPointer}
          </button>
        </div>
        <p class="hint" id="lock-hint" role="status" ?hidden=${!locks}>
          ${this.lockFailed ? text.lockPointerFailed : text.lockPointerHint}
        </p>
      </div>
      ${matchMedia("(any-pointer: coarse)").matches
        ? toggle({
          id: "trackpad",
          label: text.trackpad,
          hint: text.trackpadHint,
          on: preferences.value.trackpad,
          change: (trackpad) => preferences.update({ trackpad }),
        })
        : nothing}
    `;
  }

  async #toggleFullScreen(full: boolean): Promise<void> {
    if (full) return await leaveFullScreen();
    if (await enterFullScreen(this.context.preferences.value.keyboardLock)) this.context.close();
  }

  async #lock(): Promise<void> {
    this.lockFailed = false;
    try {
      await this.context.lockPointer();
      this.context.close();
    } catch {
      // Chromium wants a pause of about a second after Escape.
      this.lockFailed = true;
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
