/**
 * The messages since the last keyframe while that is young: what a viewer that joins a moment after
 * another needs to show the picture, so that both share one keyframe.
 */
export class RecentMessages {
  /** How long a keyframe may be shared, in milliseconds. */
  static readonly MAX_AGE_MS = 1000;
  /** Above this many octets a keyframe of its own is cheaper for the joining viewer. */
  static readonly MAX_OCTETS = 1 << 20;

  #messages: Uint8Array[] = [];
  #octets = 0;
  #keyframeAt = -Infinity;

  /** Notes a message that was sent at `now`, in milliseconds. */
  add(message: Uint8Array, keyframe: boolean, now: number): void {
    if (keyframe) {
      this.#messages = [];
      this.#octets = 0;
      this.#keyframeAt = now;
    } else if (this.#messages.length === 0) {
      return;
    }
    this.#messages.push(message);
    this.#octets += message.length;
    if (!this.#fresh(now)) this.clear();
  }

  /**
   * What to replay to a viewer that joins at `now`; empty when it needs a keyframe of its own.
   *
   * @param most How many octets it can take without being late.
   */
  replay(now: number, most: number): readonly Uint8Array[] {
    if (!this.#fresh(now)) this.clear();
    return this.#octets <= most ? this.#messages : [];
  }

  /** Forgets all messages, for example because the encoder was replaced. */
  clear(): void {
    this.#messages = [];
    this.#octets = 0;
    this.#keyframeAt = -Infinity;
  }

  #fresh(now: number): boolean {
    return now - this.#keyframeAt <= RecentMessages.MAX_AGE_MS &&
      this.#octets <= RecentMessages.MAX_OCTETS;
  }
}
