/**
 * Keys that do not reach the page, and how the others are taken.
 *
 * @module
 */

import { html, nothing, svg, type TemplateResult } from "lit";
import { detectPlatform } from "../input/keyboard_source.ts";
import { strings } from "../strings.ts";
import { controlStyles, toggle } from "./controls.ts";
import { canLockKeyboard, lockKeyboard } from "./full_screen.ts";
import { type PanelSection, SectionElement, sectionStyles } from "./section_element.ts";

const { alt, control, delete: del, escape, print, super: meta, tab } = strings.keys;

/** What is printed on the keys, and their keysyms (X11's keysymdef.h). */
const KEPT: readonly (readonly [label: string, keysyms: readonly number[]])[] = [
  [`${control} + ${alt} + ${del}`, [0xffe3, 0xffe9, 0xffff]],
  [`${alt} + ${tab}`, [0xffe9, 0xff09]],
  [`${alt} + F4`, [0xffe9, 0xffc1]],
  [`${control} + W`, [0xffe3, 0x77]],
  [`${control} + T`, [0xffe3, 0x74]],
  [`${control} + N`, [0xffe3, 0x6e]],
  [meta, [0xffeb]],
  [escape, [0xff1b]],
  ["F11", [0xffc8]],
  [print, [0xff61]],
];

class KeyboardSectionElement extends SectionElement {
  static override styles = [sectionStyles, controlStyles];

  override render(): TemplateResult {
    const text = strings.keyboard;
    const { preferences } = this.context;
    return html`
      <div class="group" role="group" aria-labelledby="kept" aria-describedby="kept-hint">
        <h3 id="kept">${text.kept}</h3>
        <p class="hint" id="kept-hint">${text.keptHint}</p>
        <div class="buttons">
          ${KEPT.map(([label, keysyms]) =>
            html`<button @click=${() => this.context.pressKeys(keysyms)}>${label}</button>`
          )}
        </div>
      </div>
      ${detectPlatform(navigator.userAgent) === "mac"
        ? this.#macKeys()
        : nothing} ${canLockKeyboard()
        ? toggle({
          id: "lock",
          label: text.lock,
          hint: text.lockHint,
          on: preferences.value.keyboardLock,
          change: (keyboardLock) => {
            preferences.update({ keyboardLock });
            lockKeyboard(keyboardLock);
          },
        })
        : nothing} ${toggle({
          id: "bar",
          label: text.barLabel,
          hint: text.barHint,
          on: preferences.value.keyBar,
          change: (keyBar) => preferences.update({ keyBar }),
        })} ${matchMedia("(any-pointer: coarse)").matches
        ? html`
          <div class="group">
            <div class="buttons">
              <button aria-describedby="on-screen-hint" @click=${() => this.#type()}>
                ${text.onScreen}
              </button>
            </div>
            <p class="hint" id="on-screen-hint">${text.onScreenHint}</p>
          </div>
        `
        : nothing}
    `;
  }

  #macKeys(): TemplateResult {
    const text = strings.keyboard;
    const { preferences } = this.context;
    return html`
      ${toggle({
        id: "command",
        label: text.command,
        hint: text.commandHint,
        on: preferences.value.commandAsControl,
        change: (commandAsControl) => preferences.update({ commandAsControl }),
      })} ${toggle({
        id: "option",
        label: text.option,
        hint: text.optionHint,
        on: preferences.value.optionAsAlt,
        change: (optionAsAlt) => preferences.update({ optionAsAlt }),
      })}
    `;
  }

  #type(): void {
    this.context.close();
    this.context.showKeyboard(true);
  }
}

customElements.define("skerry-keyboard-section", KeyboardSectionElement);

export const keyboardSection: PanelSection = {
  id: "keyboard",
  title: strings.keyboard.title,
  icon: svg`
    <rect x="2.5" y="6" width="19" height="12" rx="2" />
    <path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8" />
  `,
  element: KeyboardSectionElement,
};
