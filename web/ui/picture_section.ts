/**
 * How the picture is shown.
 *
 * @module
 */

import { html, nothing, svg, type TemplateResult } from "lit";
import { DESKTOP_SIZES, type Preferences, PROGRAM_SCALES } from "../preferences.ts";
import { BITRATES, CODEC_NAMES, FRAME_RATES } from "../picture_settings.ts";
import { strings } from "../strings.ts";
import { alternatives, controlStyles, selection, toggle } from "./controls.ts";
import { bitrate as formatBitrate, decimal, percent } from "./format.ts";
import { monitorsGroup } from "./monitors_group.ts";
import { enterFullScreen, isFullScreen, leaveFullScreen } from "./full_screen.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

const SCALINGS = ["auto", "fit", "integer", "exact"] as const;
const CHROMAS = ["auto", "420", "444"] as const;
const SMOOTHINGS = ["smooth", "crisp"] as const;

class PictureSectionElement extends SectionElement {
  static override properties = { lockFailed: { state: true }, blocked: { state: true } };
  static override styles = [sectionStyles, controlStyles];

  /** Whether the browser has just refused to lock the pointer. */
  declare lockFailed: boolean;
  /** Whether the browser has just refused to open a window. */
  declare blocked: boolean;

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
      ${this.#sizing()}
      ${monitorsGroup(this.context, this.blocked, (address) => this.#openWindow(address))}
      ${this.#actions()} ${this.#encoding()}
    `;
  }

  /** How large the remote screen is to be, or why that cannot be chosen. */
  #sizing(): TemplateResult | typeof nothing {
    const { sizing } = this.context.page.value;
    if (sizing === undefined) return nothing;
    const text = strings.picture;
    const { preferences } = this.context;
    const { desktopSize, fullResolution, programScale } = preferences.value;
    if (sizing === "fixed" || sizing === "off") {
      return html`<p class="hint">${text.sizings[sizing]}</p>`;
    }
    return html`
      <div class="group">
        ${selection({
          id: "size",
          label: text.size,
          value: desktopSize,
          values: [
            ["window", text.sizes.window],
            ["keep", text.sizes.keep],
            ...DESKTOP_SIZES.map((size) => [size, size.replace("x", " × ")] as const),
          ],
          change: (desktopSize) => preferences.update({ desktopSize }),
        })}
        ${desktopSize === "window" || desktopSize !== "keep" && sizing === "modes"
          ? html`<p class="hint">${text.sizings[sizing]}</p>`
          : nothing}
      </div>
      ${desktopSize === "window" && devicePixelRatio !== 1
        ? toggle({
          id: "resolution",
          label: text.fullResolution,
          hint: text.fullResolutionHint,
          on: fullResolution,
          change: (fullResolution) => preferences.update({ fullResolution }),
        })
        : nothing} ${desktopSize !== "keep"
        ? html`
          <div class="group">
            ${selection({
              id: "scale",
              label: text.programScale,
              value: `${programScale}`,
              values: PROGRAM_SCALES.map((value) =>
                [`${value}`, value === 0 ? text.automatic : percent(value)] as const
              ),
              change: (value) => preferences.update({ programScale: Number(value) }),
            })}
            <p class="hint">${text.programScaleHint}</p>
          </div>
        `
        : nothing}
    `;
  }

  /** What the server encodes, where it lets choose. */
  #encoding(): TemplateResult | typeof nothing {
    const { video } = this.context.page.value;
    if (video === undefined) return nothing;
    const text = strings.picture;
    const { preferences } = this.context;
    const { bitrate, chroma, codec, framesPerSecond } = preferences.value;
    const { codecs } = video.choices;
    const most = (values: readonly number[], format: (value: number) => string) =>
      [0, ...values].map((value) =>
        [`${value}`, value === 0 ? text.automatic : format(value)] as const
      );
    return html`
      <div class="group">
        ${selection({
          id: "codec",
          label: text.codec,
          value: codecs.some((each) => each === codec) ? codec : "auto",
          values: [
            ["auto", text.automatic],
            ...codecs.map((each) => [each, CODEC_NAMES[each]] as const),
          ],
          change: (codec) => preferences.update({ codec }),
        })} ${selection({
          id: "bitrate",
          label: text.bitrate,
          value: `${bitrate}`,
          values: most(BITRATES, formatBitrate),
          change: (value) => preferences.update({ bitrate: Number(value) }),
        })} ${selection({
          id: "frames",
          label: text.framesPerSecond,
          value: `${framesPerSecond}`,
          values: most(FRAME_RATES, (value) => decimal(value, 0)),
          change: (value) => preferences.update({ framesPerSecond: Number(value) }),
        })}
      </div>
      ${alternatives<Preferences["chroma"]>({
        id: "chroma",
        label: text.chroma,
        value: chroma,
        values: CHROMAS.map((value) => [value, text.chromas[value]]),
        hint: text.chromaHint,
        change: (chroma) => preferences.update({ chroma }),
      })}
      <p class="hint" role="status">
        ${text.encoded(
          video.encoder,
          CODEC_NAMES[video.codec],
          text.chromas[video.chroma],
          formatBitrate(video.bitrate),
          decimal(video.framesPerSecond, 0),
        )}
      </p>
    `;
  }

  #actions(): TemplateResult {
    const text = strings.picture;
    const { page, preferences } = this.context;
    const full = isFullScreen();
    const locks = "requestPointerLock" in HTMLElement.prototype &&
      !matchMedia("(any-pointer: coarse) and (not (any-pointer: fine))").matches;
    return html`
      <div class="group">
        <div class="buttons">
          <button
            data-full-screen
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
        : nothing} ${page.value.pen ? html`<p class="hint" id="pen">${text.pen}</p>` : nothing}
    `;
  }

  /** Beside this one, so that both can be seen. */
  #openWindow(address: string): void {
    const { innerHeight, innerWidth } = globalThis;
    const features = `popup,width=${innerWidth},height=${innerHeight}`;
    this.blocked = globalThis.open(address, "_blank", features) === null;
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
