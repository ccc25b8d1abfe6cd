/**
 * Everything around the picture: status, sign-in, the handle at the edge and what it opens.
 *
 * @module
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { ConnectionState } from "../messages.ts";
import { strings } from "../strings.ts";
import { SignInEvent } from "./sign_in.ts";
import "./key_bar.ts";
import "./panel.ts";
import type { PanelContext } from "./panel_context.ts";
import type { SoundHintElement } from "./sound_hint.ts";
import "./insecure_hint.ts";
import "./sound_hint.ts";
import "./status.ts";
import { sharedStyles } from "./styles.ts";
import type { Obstacle } from "./unsupported.ts";
import "./unsupported.ts";

/** The panel was opened or closed. */
export class PanelEvent extends Event {
  constructor(readonly open: boolean) {
    super("panel");
  }
}

export class ShellElement extends LitElement {
  static override properties = {
    state: { attribute: false },
    context: { attribute: false },
    keyBar: { type: Boolean },
    obstacle: { attribute: false },
    signInFailure: { attribute: false },
    picture: { type: Boolean },
    panelOpen: { state: true },
  };
  static override styles = [
    sharedStyles,
    css`
      .handle {
        position: fixed;
        z-index: 3;
        right: env(safe-area-inset-right);
        top: 50%;
        translate: 0 -50%;
        width: 0.75rem;
        height: 4.5rem;
        min-height: 0;
        padding: 0;
        border: 0;
        background: none;
        display: grid;
        place-items: center end;
        touch-action: manipulation;
      }

      .handle::before {
        content: "";
        width: 0.25rem;
        height: 2.75rem;
        border-radius: 0.25rem 0 0 0.25rem;
        background: var(--accent);
        /* To be seen on any picture, bright or dark. */
        box-shadow: 0 0 0 1px var(--surface);
        opacity: 0.45;
        transition: width 120ms, opacity 120ms;
      }

      .handle:hover::before,
      .handle:focus-visible::before {
        width: 0.625rem;
        opacity: 1;
      }

      .handle:focus-visible {
        outline-offset: -2px;
      }

      @media (pointer: coarse) {
        .handle {
          width: 1.5rem;
          min-height: 0;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .handle::before {
          transition: none;
        }
      }
    `,
  ];

  declare state: ConnectionState | undefined;
  /** For what is in the panel; without it there is none. */
  declare context: PanelContext | undefined;
  declare obstacle: Obstacle | undefined;
  /** Why an identity provider has signed nobody in, as a word. */
  declare signInFailure: string | undefined;
  /** Whether there is a picture, live or not. */
  declare picture: boolean;
  declare panelOpen: boolean;
  /** Whether keys that on-screen keyboards lack are shown. */
  declare keyBar: boolean;

  constructor() {
    super();
    this.picture = false;
    this.panelOpen = false;
    this.keyBar = false;
  }

  /** Opens the panel, or closes it and gives the focus back. */
  toggle(open: boolean = !this.panelOpen): void {
    if (open === this.panelOpen) return;
    this.panelOpen = open;
    this.dispatchEvent(new PanelEvent(open));
  }

  #open({ preferences }: PanelContext): void {
    const hint = this.renderRoot.querySelector<SoundHintElement>("skerry-sound-hint");
    if (hint?.offers) preferences.update({ section: "sound", soundHinted: true });
    this.toggle();
  }

  override render(): TemplateResult {
    if (this.obstacle !== undefined) {
      return html`<skerry-unsupported .obstacle=${this.obstacle}></skerry-unsupported>`;
    }
    const { state } = this;
    if (state?.phase === "sign-in") {
      return html`
        <skerry-sign-in
          .kind=${state.kind}
          .wrong=${state.wrong}
          .failure=${this.signInFailure}
          @sign-in=${({ credentials }: SignInEvent) =>
            this.dispatchEvent(new SignInEvent(credentials))}
        ></skerry-sign-in>
      `;
    }
    return html`
      <skerry-status
        .state=${state}
        ?picture=${this.picture}
        @retry=${() => this.dispatchEvent(new Event("retry"))}
      ></skerry-status>
      ${this.context === undefined ? nothing : this.#panel(this.context)}
    `;
  }

  #panel(context: PanelContext): TemplateResult {
    return html`
      <button
        class="handle"
        aria-label=${strings.panel.handle}
        aria-expanded=${this.panelOpen ? "true" : "false"}
        aria-keyshortcuts="Control+Alt+Shift+S"
        title="${strings.panel.handle} (${strings.panel.shortcut})"
        @click=${() => this.#open(context)}
      ></button>
      ${this.keyBar
        ? html`<skerry-key-bar .context=${context}></skerry-key-bar>`
        : nothing} ${this.panelOpen
        ? html`<skerry-panel .context=${context}></skerry-panel>`
        : html`
          <skerry-sound-hint .context=${context}></skerry-sound-hint>
          <skerry-insecure-hint .context=${context}></skerry-insecure-hint>
        `}
    `;
  }
}

customElements.define("skerry-shell", ShellElement);
