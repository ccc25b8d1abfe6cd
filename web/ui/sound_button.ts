/**
 * The button for sound, at the edge beside the picture: what it is doing, and what keeps it from it.
 *
 * @module
 */

import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import type { ServerSound } from "../audio/audio_messages.ts";
import type { SoundState } from "../audio/sound_output.ts";
import { strings } from "../strings.ts";
import { cardStyles, sharedStyles } from "./styles.ts";

/** The user wants sound, or silence. */
export class SoundEvent extends Event {
  constructor(readonly on: boolean) {
    super("sound");
  }
}

/** What the button says, and what it explains when it is pressed in vain. */
interface Face {
  readonly label: string;
  readonly sounding: boolean;
  readonly explanation?: string;
}

const SPEAKER = svg`<path d="M3 9v6h4l5 4V5L7 9H3z" />`;
const WAVES = svg`
  <path class="wave" d="M15.5 8.5a5 5 0 0 1 0 7" />
  <path class="wave" d="M18.3 5.7a9 9 0 0 1 0 12.6" />
`;
const CROSS = svg`<path class="wave" d="M16 9.5l5 5M21 9.5l-5 5" />`;

export class SoundButtonElement extends LitElement {
  static override properties = {
    state: { attribute: false },
    reason: { attribute: false },
    server: { attribute: false },
    supported: { type: Boolean },
    explaining: { state: true },
  };
  static override styles = [
    sharedStyles,
    cardStyles,
    css`
      :host {
        position: fixed;
        z-index: 3;
        right: env(safe-area-inset-right);
        top: calc(50% + 3rem);
        display: grid;
        justify-items: end;
        gap: 0.5rem;
      }

      button {
        display: flex;
        align-items: center;
        min-height: 2.25rem;
        padding: 0.25rem 0.375rem;
        border-right: 0;
        border-radius: 0.5rem 0 0 0.5rem;
        touch-action: manipulation;
      }

      button[aria-pressed="true"]:not(:hover, :focus-visible) {
        opacity: 0.45;
      }

      svg {
        width: 1.25rem;
        height: 1.25rem;
        flex: none;
        fill: currentColor;
      }

      .wave {
        fill: none;
        stroke: currentColor;
        stroke-width: 1.75;
        stroke-linecap: round;
      }

      .label {
        overflow: hidden;
        white-space: nowrap;
        max-width: 16rem;
        padding-inline: 0.375rem;
        /* Long enough to be read, then out of the picture's way. */
        animation: fold 300ms 10s forwards;
      }

      button[aria-pressed="true"] .label {
        animation-delay: 2s;
      }

      button:hover .label,
      button:focus-visible .label {
        animation: none;
      }

      @keyframes fold {
        to {
          max-width: 0;
          padding-inline: 0;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .label {
          animation-duration: 1ms;
        }
      }

      .card {
        margin-right: 0.75rem;
        max-width: min(24rem, 100vw - 1.5rem);
        padding: 0.75rem 1.125rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  declare state: SoundState;
  /** Why it has failed. */
  declare reason: string;
  /** What the server says; undefined before it has said anything. */
  declare server: ServerSound | undefined;
  /** Whether this browser can play sound on this page. */
  declare supported: boolean;
  declare explaining: boolean;

  constructor() {
    super();
    this.state = "off";
    this.reason = "";
    this.supported = true;
    this.explaining = false;
  }

  override render(): TemplateResult | typeof nothing {
    const face = this.#face();
    if (face === undefined) return nothing;
    const { label, sounding, explanation } = face;
    return html`
      <button
        aria-pressed=${sounding ? "true" : "false"}
        aria-label=${label}
        title=${label}
        @click=${() => this.#press(explanation)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          ${SPEAKER}${sounding ? WAVES : CROSS}
        </svg>
        <span class="label" aria-hidden="true">${label}</span>
      </button>
      <div role="status">
        ${this.explaining && explanation ? html`<p class="card">${explanation}</p>` : nothing}
      </div>
    `;
  }

  /** Undefined where there is nothing to turn on and nothing to say. */
  #face(): Face | undefined {
    const text = strings.sound;
    const { server, state } = this;
    if (server === undefined || server.state === "off") return undefined;
    if (server.state === "not-installed") {
      const explanation = text.notInstalled(server.detail);
      return { label: text.missing, sounding: false, explanation };
    }
    if (!this.supported) {
      return { label: text.missing, sounding: false, explanation: text.unsupported };
    }
    if (server.state === "lost" && state !== "off") {
      return { label: text.lost, sounding: false, explanation: server.detail };
    }
    if (state === "failed") {
      return { label: text.failed, sounding: false, explanation: this.reason };
    }
    return { label: text.states[state], sounding: state === "on" };
  }

  #press(explanation: string | undefined): void {
    this.explaining = explanation !== undefined && !this.explaining;
    const { server, state, supported } = this;
    if (!supported || server?.state === "not-installed") return;
    // What the browser blocks is allowed by this very click.
    const on = state === "off" || state === "failed" || state === "blocked";
    this.dispatchEvent(new SoundEvent(on));
  }
}

customElements.define("skerry-sound", SoundButtonElement);
