/**
 * Files: what is on its way, and what there is to fetch.
 *
 * @module
 */

import { css, html, nothing, svg, type TemplateResult } from "lit";
import { type FilesEntry, LISTING_ENTRIES } from "../../src/protocol/files_message.ts";
import type { Listing } from "../files/page_files.ts";
import { shownTransfers } from "../files/shown_transfers.ts";
import type { TransferState } from "../files/transfer.ts";
import { strings } from "../strings.ts";
import { octets } from "./format.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

/** Between what is typed and what is looked for; in ms. */
const FIND_PAUSE = 150;

class FilesSectionElement extends SectionElement {
  static override styles = [
    sectionStyles,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 0.25rem;
      }

      .transfer {
        display: grid;
        gap: 0.25rem;
        padding: 0.5rem 0.625rem;
        border: 1px solid var(--edge);
        border-radius: 0.5rem;
      }

      .name {
        overflow-wrap: anywhere;
      }

      progress {
        inline-size: 100%;
        accent-color: var(--accent);
      }

      .entry {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.75rem;
        align-items: center;
        inline-size: 100%;
        text-align: start;
        border-color: transparent;
        background: none;
        padding: 0.25rem 0.5rem;
      }

      @media (hover: hover) {
        .entry:hover {
          background: var(--ground);
        }
      }

      .entry .size {
        color: var(--quiet);
        font-variant-numeric: tabular-nums;
      }

      input[type="search"] {
        inline-size: 100%;
      }

      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem;
        align-items: center;
      }

      nav button {
        min-height: 2rem;
        padding: 0.125rem 0.5rem;
      }
    `,
  ];

  /** Whether a name is being typed: then the field stays, however little there is. */
  #finding = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.context.files.list();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#pause);
  }

  override render(): TemplateResult {
    const { allowed, listing, transfers } = this.context.page.value.files;
    const text = strings.files;
    if (allowed === undefined || (!allowed.upload && !allowed.download)) {
      return html`<p class="hint">${text.off}</p>`;
    }
    return html`
      ${allowed.upload ? this.#upload(allowed.directory) : nothing}
      ${transfers.length > 0 ? this.#transfers(transfers) : nothing}
      ${allowed.download && listing !== undefined ? this.#directory(listing) : nothing}
    `;
  }

  #upload(directory: string): TemplateResult {
    const text = strings.files;
    return html`
      <div class="group">
        <h3>${text.upload(directory)}</h3>
        <input
          id="chosen"
          type="file"
          multiple
          hidden
          @change=${({ target }: Event) => {
            const input = target as HTMLInputElement;
            this.context.files.upload(input.files ?? []);
            input.value = "";
          }}
        >
        <div class="buttons">
          <button class="primary" @click=${() => this.#choose()}>${text.choose}</button>
        </div>
        <p class="hint">${text.hint}</p>
      </div>
    `;
  }

  #choose(): void {
    this.renderRoot.querySelector<HTMLInputElement>("#chosen")?.click();
  }

  #transfers(transfers: readonly TransferState[]): TemplateResult {
    const text = strings.files;
    const { files } = this.context;
    const shown = shownTransfers(transfers);
    const hidden = transfers.length - shown.length;
    return html`
      <div class="group">
        <h3 id="transfers">${text.transfers}</h3>
        <ul aria-labelledby="transfers">
          ${shown.map((transfer) => this.#transfer(transfer))}
        </ul>
        ${hidden > 0
          ? html`
            <p class="hint" id="hidden">${text.hidden(hidden)}</p>
            <div class="buttons">
              <button @click=${() => files.removeDone()}>${text.removeDone}</button>
              <button @click=${() => files.removeAll()}>${text.removeAll}</button>
            </div>
          `
          : nothing}
      </div>
    `;
  }

  #transfer(transfer: TransferState): TemplateResult {
    const text = strings.files;
    const { direction, key, name, phase, problem, repeatable, size, stored } = transfer;
    const { files } = this.context;
    const over = phase === "done" || phase === "failed";
    const progress = text.progress(octets(stored), octets(size));
    return html`
      <li class="transfer" data-phase=${phase}>
        <span class="name">
          <span aria-hidden="true">${direction === "up" ? "↑" : "↓"}&nbsp;</span
          ><span class="only-read">${text[direction]}: </span>${name}
        </span>
        ${over ? nothing : html`
          <progress
            aria-label="${text[direction]} ${name}"
            max=${Math.max(size, 1)}
            .value=${stored}
          ></progress>
        `}
        <span class="hint">
          ${text.phases[phase]}${phase === "done" ? `, ${octets(size)}` : `, ${progress}`}
          ${problem === undefined ? nothing : html`<br>${text.problems[problem.reason]}`}
        </span>
        <div class="buttons">
          ${phase === "running" || phase === "waiting"
            ? html`<button @click=${() => files.pause(key)}>${text.pause}</button>`
            : nothing}
          ${phase === "paused"
            ? html`<button @click=${() => files.resume(key)}>${text.resume}</button>`
            : nothing}
          ${phase === "failed" && repeatable
            ? html`<button @click=${() => files.retry(key)}>${text.retry}</button>`
            : nothing}
          <button @click=${() => files.remove(key)}>${over ? text.dismiss : text.cancel}</button>
        </div>
      </li>
    `;
  }

  #directory(listing: Listing): TemplateResult {
    const text = strings.files;
    const { files } = this.context;
    const { entries, known, match, path, problem, total } = listing;
    const parts = path === "" ? [] : path.split("/");
    return html`
      <div class="group">
        <h3 id="directory">${text.directory}</h3>
        <nav aria-labelledby="directory">
          <button @click=${() => files.list("")}>${text.home}</button>
          ${parts.map((part, i) =>
            html`
              <button @click=${() => files.list(parts.slice(0, i + 1).join("/"))}>${part}</button>
            `
          )}
        </nav>
        ${match !== "" || (total ?? 0) > LISTING_ENTRIES || this.#finding
          ? html`
            <input
              type="search"
              aria-label=${text.find}
              placeholder=${text.find}
              maxlength="255"
              .value=${match}
              @focus=${() => this.#finding = true}
              @blur=${() => this.#finding = false}
              @input=${({ target }: Event) => this.#find((target as HTMLInputElement).value)}
            >
          `
          : nothing}
        <ul aria-labelledby="directory">
          ${entries.map((entry) => html`<li>${this.#entry(entry)}</li>`)}
        </ul>
        <p class="hint" role="status">
          ${problem !== ""
            ? problem
            : total === undefined
            ? text.loading
            : entries.length === 0
            ? match === "" ? text.empty : text.noneFound
            : nothing}
        </p>
        <div class="buttons">
          ${total !== undefined && known < total
            ? html`<button @click=${() => files.more()}>${text.more(total - known)}</button>`
            : nothing}
          <button @click=${() => files.list()}>${text.refresh}</button>
        </div>
      </div>
    `;
  }

  /** Once there is a pause: the directory is read anew each time. */
  #find(name: string): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.context.files.find(name), FIND_PAUSE);
  }

  #entry(entry: FilesEntry): TemplateResult {
    const text = strings.files;
    const { files } = this.context;
    const { kind, name, size } = entry;
    return kind === "directory"
      ? html`
        <button class="entry" @click=${() => files.enter(name)}>
          <span class="name"><span class="only-read">${text.open} </span>${name}/</span>
        </button>
      `
      : html`
        <button class="entry" @click=${() => files.download(entry)}>
          <span class="name"><span class="only-read">${text.down} </span>${name}</span>
          <span class="size">${octets(size)}</span>
        </button>
      `;
  }
}

customElements.define("skerry-files-section", FilesSectionElement);

export const filesSection: PanelSection = {
  id: "files",
  title: strings.files.title,
  icon: svg`
    <path d="M4 6.5a2 2 0 0 1 2-2h3.5l2 2.5H18a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2z" />
    <path d="M12 16.5v-6M9.5 13l2.5-2.5 2.5 2.5" />
  `,
  element: FilesSectionElement,
  available: ({ page }) => page.value.files.allowed !== undefined,
};
