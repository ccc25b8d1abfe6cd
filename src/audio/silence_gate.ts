/**
 * Decides which packets are worth sending.
 *
 * Opus makes 3 octets or fewer of a frame of digital silence: its table of contents and a silence flag
 * (RFC 6716 §4.3), or with DTX the first octet alone. A few of them follow each sound, so that the
 * decoder falls into the same state as the encoder; then nothing is sent.
 *
 * @module
 */

/** The largest packet of silence in octets; the smallest bit rate gives sound ten times as many. */
export const SILENT_OCTETS = 3;
/** Packets of silence that are sent after each sound: the decoder remembers two frames. */
const LEAD_OUT = 3;

export interface Verdict {
  readonly send: boolean;
  /** Nothing more comes until there is something to hear. */
  readonly silenceFollows: boolean;
}

export class SilenceGate {
  #silent = Infinity;

  /** @param octets The size of the next packet. */
  pass(octets: number): Verdict {
    this.#silent = octets <= SILENT_OCTETS ? this.#silent + 1 : 0;
    return { send: this.#silent <= LEAD_OUT, silenceFollows: this.#silent >= LEAD_OUT };
  }
}
