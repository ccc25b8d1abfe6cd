/**
 * The clipboard: what was copied on the remote desktop, and a way to give it something to paste, for
 * browsers that do not let a page do so by itself.
 *
 * @module
 */

import { css, html, nothing, svg, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { controlStyles } from "./controls.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

/** Of what is shown, in characters: browsers are slow with more in one field. */
const MOST_SHOWN = 20_000;

class ClipboardSectionElement extends SectionElement {
  static override styles = [
    sectionStyles,
    controlStyles,
    css`
      textarea {
        font: inherit;
        color: inherit;
        background: var(--ground);
        border: 1px solid var(--edge);
        border-radius: 0.375rem;
        box-sizing: border-box;
        inline-size: 100%;
        min-block-size: 5.5rem;
        padding: 0.375rem 0.5rem;
        resize: vertical;
      }

      img {
        max-inline-size: 100%;
        max-block-size: 12rem;
        border: 1px solid var(--edge);
        border-radius: 0.375rem;
        justify-self: start;
      }
    `,
  ];
  static override properties = { draft: { state: true }, sent: { state: true } };

  declare draft: string;
  declare sent: boolean;
  #image: { octets: Uint8Array<ArrayBuffer>; url: string } | undefined;

  constructor() {
    super();
    this.draft = "";
    this.sent = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forgetImage();
  }

  override render(): TemplateResult {
    const text = strings.clipboard;
    const { allowed, permission, problem } = this.context.page.value.clipboard;
    if (allowed === undefined || (!allowed.in && !allowed.out)) {
      return html`<p class="hint">${text.off}</p>`;
    }
    return html`
      ${allowed.out ? this.#remote() : nothing} ${allowed.in ? this.#local() : nothing}
      <p class="hint" role="status">${problem}</p>
      ${permission === "prompt" && allowed.in
        ? html`
          <div class="group">
            <p class="hint">${text.allowHint}</p>
            <div class="buttons">
              <button @click=${() => this.context.clipboard.allow()}>${text.allow}</button>
            </div>
          </div>
        `
        : html`<p class="hint">${this.#how()}</p>`}
    `;
  }

  /** How what is copied gets to the other side. */
  #how(): string {
    const text = strings.clipboard;
    const { allowed, permission } = this.context.page.value.clipboard;
    if (!allowed?.in) return "";
    return allowed.out && permission === "granted" ? text.automatic : text.byKeys;
  }

  #remote(): TemplateResult {
    const text = strings.clipboard;
    const { remote, remoteImage, written } = this.context.page.value.clipboard;
    const empty = remote.text === undefined && remote.html === undefined && !remoteImage;
    const shown = remote.text?.slice(0, MOST_SHOWN) ?? "";
    return html`
      <div class="group">
        <label for="remote">${text.remote}</label>
        ${remoteImage ? this.#picture() : html`
          <textarea id="remote" readonly .value=${shown} placeholder=${text.nothing}></textarea>
        `}
        ${shown.length < (remote.text?.length ?? 0)
          ? html`<p class="hint">${text.more(remote.text!.length - shown.length)}</p>`
          : nothing}
        <div class="buttons">
          <button ?disabled=${empty} @click=${() => this.context.clipboard.write()}>
            ${text.copy}
          </button>
        </div>
        <p class="hint" role="status">${written ? text.copied : ""}</p>
      </div>
    `;
  }

  #picture(): TemplateResult {
    const { image } = this.context.page.value.clipboard.remote;
    const text = strings.clipboard;
    if (image === undefined) {
      return html`
        <div class="buttons">
          <button @click=${() => this.context.clipboard.fetchImage()}>${text.fetchImage}</button>
        </div>
      `;
    }
    if (this.#image?.octets !== image) {
      this.#forgetImage();
      const url = URL.createObjectURL(new Blob([image], { type: "image/png" }));
      this.#image = { octets: image, url };
    }
    return html`<img id="remote" src=${this.#image!.url} alt=${text.image}>`;
  }

  #local(): TemplateResult {
    const text = strings.clipboard;
    return html`
      <div class="group">
        <label for="local">${text.local}</label>
        <textarea
          id="local"
          .value=${this.draft}
          @input=${(event: InputEvent) => {
            this.draft = (event.target as HTMLTextAreaElement).value;
            this.sent = false;
          }}
        ></textarea>
        <div class="buttons">
          <button ?disabled=${this.draft === ""} @click=${() => this.#send()}>${text.send}</button>
        </div>
        <p class="hint" role="status">${this.sent ? text.sent : ""}</p>
      </div>
    `;
  }

  async #send(): Promise<void> {
    const { draft } = this;
    const sent = await this.context.clipboard.send(draft);
    if (draft === this.draft) this.sent = sent;
  }

  #forgetImage(): void {
    if (this.#image !== undefined) URL.revokeObjectURL(this.#image.url);
    this.#image = undefined;
  }
}

customElements.define("skerry-clipboard-section", ClipboardSectionElement);

export const clipboardSection: PanelSection = {
  id: "clipboard",
  title: strings.clipboard.title,
  icon: svg`
    <rect x="5" y="4.5" width="14" height="16" rx="2" />
    <path d="M9 4.5a3 3 0 0 1 6 0v1.5H9zM9 11h6M9 15h6" />
  `,
  element: ClipboardSectionElement,
  available: ({ page }) => page.value.clipboard.allowed !== undefined,
};
