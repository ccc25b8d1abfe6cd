/**
 * Asks for the token, or for a name and its password, or sends to where somebody signs in.
 *
 * @module
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { Credentials, SignInKind } from "../worker/session_api.ts";
import { strings } from "../strings.ts";
import { cardStyles, sharedStyles } from "./styles.ts";

/** Somebody wants to sign in with this. */
export class SignInEvent extends Event {
  constructor(readonly credentials: Credentials) {
    super("sign-in");
  }
}

/** What was typed last: the form is made anew after each try. */
let lastName = "";

export class SignInElement extends LitElement {
  static override properties = {
    kind: { attribute: false },
    wrong: { type: Boolean },
    failure: { attribute: false },
  };
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

      .card {
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

  /** What the server asks for. */
  declare kind: SignInKind;
  /** Whether what was given last was refused. */
  declare wrong: boolean;
  /** Why an identity provider has signed nobody in, as a word. */
  declare failure: string | undefined;

  constructor() {
    super();
    this.kind = "token";
    this.wrong = false;
  }

  override firstUpdated(): void {
    const field = lastName === "" && this.#name || this.#field;
    (field ?? this.renderRoot.querySelector("button"))?.focus();
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("wrong") && this.wrong) this.#field?.select();
  }

  get #field(): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>("#token");
  }

  get #name(): HTMLInputElement | null {
    return this.renderRoot.querySelector<HTMLInputElement>("#name");
  }

  override render(): TemplateResult {
    const text = strings.signIn;
    if (this.kind === "proxy") {
      return html`
        <div class="card" role="alert">
          <h1>${text.heading}</h1>
          <p>${text.proxy}</p>
        </div>
      `;
    }
    if (this.kind === "oidc") return this.#provider();
    const named = this.kind === "password";
    return html`
      <form class="card" aria-labelledby="heading" @submit=${(event: Event) => this.#submit(event)}>
        <h1 id="heading">${text.heading}</h1>
        <p id="explanation">${named ? text.passwordExplanation : text.explanation}</p>
        ${named
          ? html`
            <label>
              ${text.name}
              <input
                id="name"
                name="name"
                autocomplete="username"
                autocapitalize="off"
                spellcheck="false"
                maxlength="64"
                required
                .value=${lastName}
              >
            </label>
          `
          : html`
            <!-- Password managers keep nothing without a name beside it. -->
            <input type="text" autocomplete="username" value="skerry" hidden>
          `}
        <label>
          ${named ? text.password : text.label}
          <input
            id="token"
            type="password"
            name=${named ? "password" : "token"}
            autocomplete="current-password"
            autocapitalize="off"
            spellcheck="false"
            maxlength="512"
            required
            aria-describedby="explanation wrong"
            aria-invalid=${this.wrong ? "true" : "false"}
          >
        </label>
        <p class="wrong" id="wrong" role="alert">
          ${this.wrong ? named ? text.passwordWrong : text.wrong : nothing}
        </p>
        <button class="primary">${text.button}</button>
      </form>
    `;
  }

  #provider(): TemplateResult {
    const text = strings.signIn;
    const { failure } = this;
    return html`
      <form class="card" aria-labelledby="heading" @submit=${(event: Event) => this.#leave(event)}>
        <h1 id="heading">${text.heading}</h1>
        <p>${text.oidc}</p>
        <p class="wrong" role="alert">
          ${failure === undefined
            ? nothing
            : text.oidcFailures[failure] ?? text.oidcFailures["failed"]}
        </p>
        <button class="primary">${text.oidcButton}</button>
      </form>
    `;
  }

  /** By a script: a form's own way would be held up where it leads to another site. */
  #leave(event: Event): void {
    event.preventDefault();
    const { pathname, search } = location;
    const login = new URL("api/oidc/login", location.href);
    login.searchParams.set("path", pathname.replace(/[^/]*$/, ""));
    if (search !== "") login.searchParams.set("query", search);
    location.assign(login);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const secret = this.#field?.value ?? "";
    const name = this.#name?.value.trim();
    if (this.kind === "password") {
      if (!name || !secret) return;
      lastName = name;
      this.dispatchEvent(new SignInEvent({ name, password: secret }));
      return;
    }
    // Whole addresses are pasted, too.
    const token = secret.trim().replace(/^.*[#&?]token=/, "");
    if (token) this.dispatchEvent(new SignInEvent({ token }));
  }
}

customElements.define("skerry-sign-in", SignInElement);
