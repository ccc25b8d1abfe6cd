import type { AudioPacket } from "../audio/audio_source.ts";
import type { Verdict } from "../audio/silence_gate.ts";
import {
  AUDIO_HEADER_OCTETS,
  AUDIO_LENGTH_OCTETS,
  AUDIO_VERSION,
  encodeAudioMessage,
  MAX_REPEATED_AUDIO_PACKETS,
} from "../protocol/audio_message.ts";
import { Priority, type SendFlow, type Transport } from "../protocol/flow.ts";
import { encodeMetadata } from "../protocol/metadata.ts";

/** What is later than this would only be thrown away at the other end, in milliseconds. */
const DEADLINE_MS = 150;
/**
 * A message with repeated packets is no larger, so that it stays a datagram: what is too large for
 * one goes on a stream, where it waits for what is lost. QUIC promises 1200 with all headers.
 */
const MOST_OCTETS_WITH_REPEATED = 1100;

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
  /** What was sent last, the latest first, as far as nothing is missing in between. */
  #last: AudioPacket[] = [];
  /** With how many that follow each packet is sent again, where the transport loses some. */
  repeats = 0;
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
      repeated: this.#repeated(transport, packet),
    });
    this.#last.unshift(packet);
    this.#last.length = silenceFollows
      ? 0
      : Math.min(this.#last.length, MAX_REPEATED_AUDIO_PACKETS);
    this.#sequence = (this.#sequence + 1) >>> 0;
    const finishBy = transport.now() + DEADLINE_MS;
    this.#flow.write(message, { finishBy });
    if (!silenceFollows) return;
    // Nothing comes after it that could repeat it.
    for (let i = this.#repeatsBy(transport); i > 0; i--) this.#flow.write(message, { finishBy });
  }

  /** Lets go of a transport that the listener has left, and opens a flow on the new one. */
  #follow(): Transport | undefined {
    const { transport } = this.#listener;
    if (transport === this.#transport) return transport;
    this[Symbol.dispose]();
    this.#transport = transport;
    this.#started = false;
    this.#last = [];
    this.#flow = transport?.openFlow(
      encodeMetadata({ kind: "audio", version: AUDIO_VERSION, format: "opus" }),
      { priority: Priority.FlashOverride, delivery: "losable" },
    );
    return transport;
  }

  /** What a WebSocket is late with is late for want of room, and no reason to send more. */
  #repeatsBy(transport: Transport): number {
    return transport.kind === "webtransport" ? this.repeats : 0;
  }

  /** Those that are sent again with a packet: as many as are wanted, follow each other, and fit. */
  #repeated(transport: Transport, packet: AudioPacket): Uint8Array[] {
    const [latest] = this.#last;
    const follows = latest !== undefined && latest.duration === packet.duration &&
      packet.captureTime - latest.captureTime < 2 * packet.duration;
    if (!follows) this.#last = [];
    const repeated: Uint8Array[] = [];
    let octets = AUDIO_HEADER_OCTETS + packet.data.length;
    for (const { data } of this.#last.slice(0, this.#repeatsBy(transport))) {
      octets += AUDIO_LENGTH_OCTETS + data.length;
      if (octets > MOST_OCTETS_WITH_REPEATED) break;
      repeated.push(data);
    }
    return repeated;
  }

  [Symbol.dispose](): void {
    if (this.#flow?.state === "open") this.#flow.close();
  }
}
