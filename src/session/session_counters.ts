/** What has been counted since the session started, for whoever watches over it. */
export interface SessionCounts {
  readonly framesEncoded: number;
  /** All frames together, in milliseconds. */
  readonly encodeMs: number;
  /** Of the encoders' output. */
  readonly videoOctets: number;
  /** Frames that were given up on the way to a viewer: it went on at a keyframe. */
  readonly framesDropped: number;
  /** Viewers that went on by another transport. */
  readonly failovers: number;
  /** Viewers that were let in. */
  readonly viewers: number;
}

export class SessionCounters implements SessionCounts {
  framesEncoded = 0;
  encodeMs = 0;
  videoOctets = 0;
  framesDropped = 0;
  failovers = 0;
  viewers = 0;
  /** Those that have had a path. */
  readonly #seen = new WeakSet<object>();

  /** A frame was encoded. */
  frame(encodeMs: number, octets: number): void {
    this.framesEncoded++;
    this.encodeMs += encodeMs;
    this.videoOctets += octets;
  }

  /** What is sent to a viewer goes by this path from now on. */
  path(viewer: object): void {
    if (this.#seen.has(viewer)) this.failovers++;
    else this.#seen.add(viewer);
  }
}
