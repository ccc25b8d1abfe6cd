import type { AudioPacket } from "../audio/audio_source.ts";
import type { Verdict } from "../audio/silence_gate.ts";
import { AUDIO_VERSION, encodeAudioMessage } from "../protocol/audio_message.ts";
import { Priority, type SendFlow, type Transport } from "../protocol/flow.ts";
import { encodeMetadata } from "../protocol/metadata.ts";

/** What is later than this would only be thrown away at the other end, in milliseconds. */
const DEADLINE_MS = 150;

/** Sound on its way to one viewer that has asked for it. */
export class AudioChannel implements Disposable {
  readonly #transport: Transport;
  readonly #flow: SendFlow;
  #sequence = 0;
  /** Whether the viewer's decoder has got anything yet. */
  #started = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#flow = transport.openFlow(
      encodeMetadata({ kind: "audio", version: AUDIO_VERSION, format: "opus" }),
      { priority: Priority.FlashOverride, delivery: "independent" },
    );
  }

  /** Whether the viewer takes more. */
  get open(): boolean {
    return this.#flow.state === "open";
  }

  /**
   * Sends a packet that is worth it. The first always is: the viewer gets its decoder ready with it.
   */
  send(packet: AudioPacket, { send, silenceFollows }: Verdict): void {
    if (!this.open || (!send && this.#started)) return;
    this.#started = true;
    const message = encodeAudioMessage({
      sequence: this.#sequence,
      captureTime: packet.captureTime,
      duration: packet.duration,
      silenceFollows,
      packet: packet.data,
    });
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#flow.write(message, { finishBy: this.#transport.now() + DEADLINE_MS });
  }

  [Symbol.dispose](): void {
    if (this.open) this.#flow.close();
  }
}
