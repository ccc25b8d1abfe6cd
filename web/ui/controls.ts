/**
 * The controls that sections are made of.
 *
 * @module
 */

import { css, html, nothing, type TemplateResult } from "lit";

/** A switch with its name, and a word of explanation where one is needed. */
export function toggle(options: {
  readonly id: string;
  readonly label: string;
  readonly on: boolean;
  readonly hint?: string;
  readonly disabled?: boolean;
  change(on: boolean): void;
}): TemplateResult {
  const { disabled = false, hint, id, label, on } = options;
  return html`
    <div class="toggle">
      <label for=${id}>${label}</label>
      <input
        type="checkbox"
        role="switch"
        id=${id}
        .checked=${on}
        ?disabled=${disabled}
        aria-describedby=${hint ? `${id}-hint` : nothing}
        @change=${({ target }: Event) => options.change((target as HTMLInputElement).checked)}
      >
      ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
    </div>
  `;
}

/** A few alternatives, all to be seen. */
export function alternatives<T extends string>(options: {
  readonly id: string;
  readonly label: string;
  readonly value: T;
  readonly values: readonly (readonly [value: T, label: string])[];
  readonly hint?: string | undefined;
  change(value: T): void;
}): TemplateResult {
  const { hint, id, label, value, values } = options;
  return html`
    <fieldset class="group" aria-describedby=${hint ? `${id}-hint` : nothing}>
      <legend>${label}</legend>
      <div class="alternatives">
        ${values.map(([each, name]) =>
          html`
            <label>
              <input
                type="radio"
                name=${id}
                value=${each}
                .checked=${each === value}
                @change=${() => options.change(each)}
              >
              <span>${name}</span>
            </label>
          `
        )}
      </div>
      ${hint ? html`<p class="hint" id="${id}-hint">${hint}</p>` : nothing}
    </fieldset>
  `;
}

/** Alternatives of which there may be many. */
export function selection<T extends string>(options: {
  readonly id: string;
  readonly label: string;
  readonly value: T;
  readonly values: readonly (readonly [value: T, label: string])[];
  change(value: T): void;
}): TemplateResult {
  const { id, label, value, values } = options;
  return html`
    <div class="selection">
      <label for=${id}>${label}</label>
      <select
        id=${id}
        @change=${({ target }: Event) => {
          const chosen = (target as HTMLSelectElement).value;
          const found = values.find(([each]) => each === chosen);
          if (found !== undefined) options.change(found[0]);
        }}
      >
        ${values.map(([each, name]) =>
          html`<option value=${each} .selected=${each === value}>${name}</option>`
        )}
      </select>
    </div>
  `;
}

export const controlStyles = css`
  .toggle,
  .selection {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    gap: 0.25rem 1rem;
  }

  .toggle .hint {
    grid-column: 1 / -1;
  }

  input[role="switch"] {
    appearance: none;
    position: relative;
    width: 2.75rem;
    height: 1.5rem;
    min-height: 0;
    margin: 0;
    padding: 0;
    border: 1px solid var(--quiet);
    border-radius: 0.75rem;
    background: var(--ground);
    cursor: pointer;
  }

  input[role="switch"]::before {
    content: "";
    position: absolute;
    top: 0.1875rem;
    left: 0.1875rem;
    width: 1rem;
    height: 1rem;
    border-radius: 50%;
    background: var(--quiet);
    transition: translate 120ms;
  }

  input[role="switch"]:checked {
    background: var(--accent);
    border-color: var(--accent);
  }

  input[role="switch"]:checked::before {
    background: var(--on-accent);
    translate: 1.25rem 0;
  }

  input[role="switch"]:disabled {
    cursor: default;
    opacity: 0.6;
  }

  .alternatives {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
    padding: 0.25rem;
    border-radius: 0.5rem;
    background: var(--ground);
  }

  .alternatives label {
    flex: 1 1 auto;
    display: grid;
    position: relative;
    cursor: pointer;
  }

  .alternatives input {
    position: absolute;
    inset: 0;
    opacity: 0;
    margin: 0;
    min-height: 0;
    cursor: pointer;
  }

  .alternatives span {
    display: grid;
    place-items: center;
    min-height: 2rem;
    padding: 0 0.625rem;
    border: 1px solid transparent;
    border-radius: 0.375rem;
    text-align: center;
  }

  .alternatives input:checked + span {
    background: var(--surface);
    border-color: var(--accent);
    color: var(--accent);
    font-weight: 600;
  }

  .alternatives input:focus-visible + span {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  select {
    font: inherit;
    color: inherit;
    background: var(--surface);
    border: 1px solid var(--edge);
    border-radius: 0.375rem;
    min-height: 2.25rem;
    padding: 0.25rem 0.5rem;
    max-width: 14rem;
  }

  @media (pointer: coarse) {
    input[role="switch"] {
      min-height: 0;
    }

    .alternatives span,
    select {
      min-height: 2.75rem;
    }
  }

  @media (forced-colors: active) {
    input[role="switch"]::before {
      background: CanvasText;
    }

    input[role="switch"]:checked::before {
      background: Highlight;
    }

    .alternatives input:checked + span {
      border-color: Highlight;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    input[role="switch"]::before {
      transition: none;
    }
  }
`;
