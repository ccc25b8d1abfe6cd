/**
 * Keys that on-screen keyboards lack, at the top of the page where none of those is.
 *
 * @module
 */

import { css, html, LitElement, type TemplateResult } from "lit";
import { MODIFIER_NAMES, type ModifierName } from "../input/sticky_modifiers.ts";
import { strings } from "../strings.ts";
import type { PanelContext } from "./panel_context.ts";
import { sharedStyles } from "./styles.ts";

/** Names, what is printed on them, and their keysyms (X11's keysymdef.h). */
const KEYS: readonly (readonly [name: string, label: string, keysym: number])[] = [
  [strings.keys.escape, strings.keys.escape, 0xff1b],
  [strings.keys.tab, strings.keys.tab, 0xff09],
  [strings.keys.left, "←", 0xff51],
  [strings.keys.up, "↑", 0xff52],
  [strings.keys.down, "↓", 0xff54],
  [strings.keys.right, "→", 0xff53],
];

export class KeyBarElement extends LitElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        z-index: 3;
        inset: env(safe-area-inset-top) env(safe-area-inset-right) auto env(safe-area-inset-left);
        display: grid;
        justify-content: center;
        font-size: 0.875rem;
      }

      [role="toolbar"] {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 0.25rem;
        max-width: 100vw;
        box-sizing: border-box;
        padding: 0.25rem;
        background: var(--surface);
        border: 1px solid var(--edge);
        border-width: 0 1px 1px;
        border-radius: 0 0 0.5rem 0.5rem;
      }

      button {
        flex: none;
        min-width: 2.5rem;
        padding: 0.25rem 0.5rem;
        touch-action: manipulation;
      }

      button[aria-pressed="true"] {
        border-color: var(--accent);
        color: var(--accent);
        font-weight: 600;
      }

      button.locked {
        background: var(--accent);
        color: var(--on-accent);
      }
    `,
  ];

  declare context: PanelContext;
  #until = new AbortController();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#until = new AbortController();
    this.context.modifiers.state.watch(() => this.requestUpdate(), this.#until.signal);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#until.abort();
  }

  override render(): TemplateResult {
    const text = strings.keyboard;
    return html`
      <section aria-label=${text.bar}>
        <div
          role="toolbar"
          aria-label=${text.bar}
          @pointerdown=${(event: Event) =>
            // The field keeps the focus, and the on-screen keyboard stays.
            event.preventDefault()}
          @mousedown=${(event: Event) => event.preventDefault()}
        >
          ${MODIFIER_NAMES.map((name) => this.#modifier(name))} ${KEYS.map((
            [name, label, keysym],
          ) =>
            html`
              <button aria-label=${name} @click=${() => this.context.pressKeys([keysym])}>
                ${label}
              </button>
            `
          )}
          <button
            aria-label=${text.hideBar}
            @click=${() => {
              this.context.preferences.update({ keyBar: false });
              this.context.showKeyboard(false);
            }}
          >
            ✕
          </button>
        </div>
      </section>
    `;
  }

  #modifier(name: ModifierName): TemplateResult {
    const state = this.context.modifiers.state.value[name];
    return html`
      <button
        class=${state}
        aria-pressed=${state === "off" ? "false" : "true"}
        title=${strings.keyboard.stickyStates[state]}
        @click=${() => this.context.modifiers.press(name)}
      >
        ${strings.keys[name]}
      </button>
    `;
  }
}

customElements.define("skerry-key-bar", KeyBarElement);
