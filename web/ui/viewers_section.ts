/**
 * Who looks at the desktop, who may use it, and the links for others.
 *
 * @module
 */

import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { ShareRequest, Sharing } from "../../src/protocol/control_message.ts";
import { strings, transportName } from "../strings.ts";
import { controlStyles } from "./controls.ts";
import { milliseconds } from "./format.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

/** How often round trips are asked for, in ms. */
const INTERVAL = 2000;

type ListedViewer = Sharing["viewers"][number];
type Link = Sharing["links"][number];

class ViewersSectionElement extends SectionElement {
  static override properties = { copied: { state: true } };
  static override styles = [
    sectionStyles,
    controlStyles,
    css`
      ul {
        display: grid;
        gap: 0.75rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.75rem;
      }

      /* What is said of a viewer or a link has all of the width, below its name and buttons. */
      li > div:first-child {
        display: contents;
      }

      /* Where it would be squeezed, the buttons go below it. */
      li > div:first-child > :first-child {
        flex: 1 0 min-content;
        min-width: 6rem;
      }

      li .hint {
        flex-basis: 100%;
        order: 1;
        margin: 0;
      }

      input[readonly] {
        order: 2;
        flex-basis: 100%;
        width: 100%;
        font-family: var(--mono);
        font-size: 0.8125rem;
        background: var(--ground);
        text-overflow: ellipsis;
      }
    `,
  ];

  /** The link that was copied last. */
  declare copied: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#ask({ action: "list" });
    const timer = setInterval(() => this.#ask({ action: "list" }), INTERVAL);
    this.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  override render(): TemplateResult | typeof nothing {
    const { sharing } = this.context.page.value;
    if (sharing === undefined) return nothing;
    const text = strings.viewers;
    return html`
      <section class="group" aria-labelledby="viewers">
        <h3 id="viewers">${text.here}</h3>
        <ul>${sharing.viewers.map((viewer) => this.#viewer(viewer, sharing))}</ul>
        ${sharing.owner ? nothing : html`<p class="hint">${text.guest}</p>`}
        ${sharing.owner && sharing.viewers.some(({ signedIn }) => signedIn)
          ? html`
            <div class="buttons">
              <button
                data-sign-out-others
                aria-describedby="sign-out-hint"
                @click=${() => this.#ask({ action: "sign-out-others" })}
              >${text.signOutOthers}</button>
            </div>
            <p class="hint" id="sign-out-hint">${text.signOutHint}</p>
          `
          : nothing}
      </section>
      ${sharing.invites ? this.#links(sharing) : nothing}
    `;
  }

  #viewer(viewer: ListedViewer, sharing: Sharing): TemplateResult {
    const { id, link, name, role, rtt, signedIn, transport } = viewer;
    const text = strings.viewers;
    const called = name ?? text.viewer(id);
    const you = name === undefined ? text.you(id) : text.namedYou(name);
    const controls = role === "control";
    const words = id === sharing.you ? text.own : text.others;
    const change = controls ? words.take : words.give;
    const details = [
      controls ? text.controls : text.watches,
      ...transport === undefined ? [text.away] : [transportName(transport)],
      ...rtt === undefined ? [] : [milliseconds(rtt)],
      ...link === undefined ? [] : [text.byLink(link)],
    ];
    return html`
      <li>
        <div>
          <span>${id === sharing.you ? you : called}</span>
          <p class="hint">${details.map((each) => each.replaceAll(" ", "\u00a0")).join(" · ")}</p>
        </div>
        ${sharing.owner
          ? html`
            <div class="buttons">
              <button
                data-viewer=${id}
                aria-label="${change}: ${called}"
                @click=${() =>
                  this.#ask({ action: "role", viewer: id, role: controls ? "view" : "control" })}
              >${change}</button>
              ${signedIn
                ? html`
                  <button
                    data-sign-out=${id}
                    aria-label="${text.signOut}: ${called}"
                    @click=${() => this.#ask({ action: "sign-out", viewer: id })}
                  >${text.signOut}</button>
                `
                : nothing}
            </div>
          `
          : nothing}
      </li>
    `;
  }

  #links({ links, viewers }: Sharing): TemplateResult {
    const text = strings.viewers;
    return html`
      <section class="group" aria-labelledby="links">
        <h3 id="links">${text.links}</h3>
        <p class="hint">${text.linksHint}</p>
        <ul>
          ${links.map((link) =>
            this.#link(link, viewers.filter((viewer) => viewer.link === link.id).length)
          )}
        </ul>
        <div class="buttons">
          ${(["view", "control"] as const).map((role) =>
            html`
              <button data-invite=${role} @click=${() => this.#ask({ action: "invite", role })}>
                ${text.invite[role]}
              </button>
            `
          )}
        </div>
      </section>
    `;
  }

  /** @param here How many have come by it and are here. */
  #link({ id, role, token }: Link, here: number): TemplateResult {
    const text = strings.viewers;
    const address = addressOf(token);
    const name = text.link(id, role);
    return html`
      <li>
        <div>
          <span>${name}</span>
          <p class="hint">${text.usedBy(here)}</p>
        </div>
        <div class="buttons">
          <button aria-label="${text.copy}: ${name}" @click=${() => this.#copy(id, address)}>
            ${this.copied === id ? text.copied : text.copy}
          </button>
          <button
            data-revoke=${id}
            aria-label="${text.revoke}: ${name}"
            @click=${() => this.#ask({ action: "revoke", link: id })}
          >${text.revoke}</button>
        </div>
        <input id="link-${id}" readonly aria-label=${name} .value=${address}>
      </li>
    `;
  }

  async #copy(id: string, address: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(address);
      this.copied = id;
    } catch {
      // Not allowed, or no secure page: then it can be copied by hand.
      this.renderRoot.querySelector<HTMLInputElement>(`#link-${id}`)?.select();
    }
  }

  #ask(ask: ShareRequest): void {
    this.context.post({ type: "share", ask });
  }
}

/** This page, for whoever has the token. */
function addressOf(token: string): string {
  const address = new URL("./", location.href);
  address.hash = new URLSearchParams({ token }).toString();
  return address.href;
}

customElements.define("skerry-viewers-section", ViewersSectionElement);

export const viewersSection: PanelSection = {
  id: "viewers",
  title: strings.viewers.title,
  icon: svg`
    <circle cx="9" cy="8.5" r="3.5" />
    <path d="M2.5 20a6.5 6.5 0 0 1 13 0M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8" />
  `,
  element: ViewersSectionElement,
};
