/**
 * What the shell's elements have in common. Colours come from the page's custom properties.
 *
 * @module
 */

import { css } from "lit";

export const sharedStyles = css`
  :host {
    font: 0.9375rem / 1.45 var(--font);
    color: var(--text);
  }

  [hidden] {
    display: none !important;
  }

  /* For screen readers. */
  .only-read {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  h1,
  h2,
  h3,
  p {
    margin: 0;
  }

  button,
  input {
    font: inherit;
    color: inherit;
    border-radius: 0.375rem;
    border: 1px solid var(--edge);
    background: var(--surface);
    min-height: 2.25rem;
    padding: 0.25rem 0.75rem;
    box-sizing: border-box;
  }

  button {
    cursor: pointer;
  }

  /* On a touch screen, the last one touched would keep it. */
  @media (hover: hover) {
    button:hover {
      border-color: var(--quiet);
    }
  }

  button.primary {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }

  button:disabled {
    cursor: default;
    opacity: 0.6;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  @media (pointer: coarse) {
    button,
    input {
      min-height: 2.75rem;
    }
  }
`;

export const cardStyles = css`
  .card {
    background: var(--surface);
    border: 1px solid var(--edge);
    border-radius: 0.75rem;
    box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 25%);
    padding: 1.25rem 1.5rem;
    box-sizing: border-box;
  }
`;
