import type { AudioPacket } from "../audio/audio_source.ts";
import type { Verdict } from "../audio/silence_gate.ts";
import { AUDIO_VERSION, encodeAudioMessage } from "../protocol/audio_message.ts";
import { Priority, type SendFlow, type Transport } from "../protocol/flow.ts";
import { encodeMetadata } from "../protocol/metadata.ts";

/** What is later than this would only be thrown away at the other end, in milliseconds. */
const DEADLINE_MS = 150;

/** Who may listen. */
export interface Listener {
  /** What is sent to it goes this way now; undefined while it is away. */
  readonly transport: Transport | undefined;
}

/** Sound on its way to one viewer that has asked for it, whichever transport leads there. */
export class AudioChannel implements Disposable {
  readonly #listener: Listener;
  #transport: Transport | undefined;
  #flow: SendFlow | undefined;
  #sequence = 0;
  /** What was sent last, if nothing came between it and what comes next. */
  #last: AudioPacket | undefined;
  /** Whether each packet is sent again with the next, where the transport loses some. */
  redundant = false;
  /** Whether the viewer has got anything this way yet. */
  #started = false;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /**
   * Sends a packet that is worth it. The first always is: the viewer gets its decoder ready with it.
   *
   * @throws what {@link Transport.openFlow} and {@link SendFlow.write} throw.
   */
  send(packet: AudioPacket, { send, silenceFollows }: Verdict): void {
    const transport = this.#follow();
    if (transport === undefined || this.#flow?.state !== "open") return;
    if (!send && this.#started) return;
    this.#started = true;
    const message = encodeAudioMessage({
      sequence: this.#sequence,
      captureTime: packet.captureTime,
      duration: packet.duration,
      silenceFollows,
      packet: packet.data,
      ...this.#repetition(transport, packet),
    });
    this.#last = silenceFollows ? undefined : packet;
    this.#sequence = (this.#sequence + 1) >>> 0;
    const finishBy = transport.now() + DEADLINE_MS;
    this.#flow.write(message, { finishBy });
    // Nothing comes after it that could repeat it.
    if (silenceFollows && this.#repeats(transport)) this.#flow.write(message, { finishBy });
  }

  /** Lets go of a transport that the listener has left, and opens a flow on the new one. */
  #follow(): Transport | undefined {
    const { transport } = this.#listener;
    if (transport === this.#transport) return transport;
    this[Symbol.dispose]();
    this.#transport = transport;
    this.#started = false;
    this.#last = undefined;
    this.#flow = transport?.openFlow(
      encodeMetadata({ kind: "audio", version: AUDIO_VERSION, format: "opus" }),
      { priority: Priority.FlashOverride, delivery: "losable" },
    );
    return transport;
  }

  /** What a WebSocket is late with is late for want of room, and no reason to send more. */
  #repeats(transport: Transport): boolean {
    return this.redundant && transport.kind === "webtransport";
  }

  #repetition(transport: Transport, packet: AudioPacket): { repeated?: Uint8Array } {
    const last = this.#last;
    if (last === undefined || !this.#repeats(transport)) return {};
    const fits = last.duration === packet.duration &&
      packet.captureTime - last.captureTime < 2 * packet.duration;
    return fits ? { repeated: last.data } : {};
  }

  [Symbol.dispose](): void {
    if (this.#flow?.state === "open") this.#flow.close();
  }
}
