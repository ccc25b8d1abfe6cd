/**
 * Asks for the token.
 *
 * @module
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { strings } from "../strings.ts";
import { cardStyles, sharedStyles } from "./styles.ts";

/** Somebody wants to sign in with this token. */
export class SignInEvent extends Event {
  constructor(readonly token: string) {
    super("sign-in");
  }
}

export class SignInElement extends LitElement {
  static override properties = { wrong: { type: Boolean } };
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

      form {
        display: grid;
        gap: 0.875rem;
        width: min(24rem, 100%);
      }

      h1 {
        font-size: 1.25rem;
        line-height: 1.3;
      }

      p {
        color: var(--quiet);
      }

      label {
        display: grid;
        gap: 0.25rem;
        font-weight: 600;
      }

      input {
        width: 100%;
        font-family: var(--mono);
        font-weight: 400;
        background: var(--ground);
      }

      .wrong {
        color: var(--alert);
      }

      .wrong:empty {
        display: none;
      }
    `,
  ];

  /** Whether the last token was refused. */
  declare wrong: boolean;

  constructor() {
    super();
    this.wrong = false;
  }

  override firstUpdated(): void {
    this.#field?.focus();
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("wrong") && this.wrong) this.#field?.select();
  }

  get #field(): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>("#token");
  }

  override render(): TemplateResult {
    const text = strings.signIn;
    return html`
      <form class="card" aria-labelledby="heading" @submit=${(event: Event) => this.#submit(event)}>
        <h1 id="heading">${text.heading}</h1>
        <p id="explanation">${text.explanation}</p>
        <!-- Password managers keep nothing without a name beside it. -->
        <input type="text" autocomplete="username" value="skerry" hidden>
        <label>
          ${text.label}
          <input
            id="token"
            type="password"
            name="token"
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck="false"
            maxlength="512"
            required
            aria-describedby="explanation wrong"
            aria-invalid=${this.wrong ? "true" : "false"}
          >
        </label>
        <p class="wrong" id="wrong" role="alert">${this.wrong ? text.wrong : nothing}</p>
        <button class="primary">${text.button}</button>
      </form>
    `;
  }

  #submit(event: Event): void {
    event.preventDefault();
    const token = this.#field?.value.trim();
    // Whole addresses are pasted, too.
    if (token) this.dispatchEvent(new SignInEvent(token.replace(/^.*[#&?]token=/, "")));
  }
}

customElements.define("skerry-sign-in", SignInElement);
