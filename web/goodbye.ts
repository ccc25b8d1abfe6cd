/**
 * Tells the server that the page is being left. What browsers do by themselves then does not reach it:
 * Chromium sends nothing for WebTransport, and the worker may be ended before it has sent anything.
 *
 * @module
 */

export interface GoodbyeOptions {
  /** The page's own folder. */
  readonly base: URL;
  /** It is said: the transports are of no use any more. */
  said(): void;
  readonly signal: AbortSignal;
}

export class Goodbye {
  readonly #options: GoodbyeOptions;
  /** What names the viewer; undefined before the server has let it in. */
  viewer: string | undefined;

  constructor(options: GoodbyeOptions) {
    this.#options = options;
    // Also of one that is kept to be shown again: it comes back as another viewer.
    addEventListener("pagehide", () => this.#say(), { signal: options.signal });
  }

  #say(): void {
    const { base, said } = this.#options;
    const { viewer } = this;
    this.viewer = undefined;
    if (viewer !== undefined) send(new URL("api/leave", base), JSON.stringify({ viewer }));
    said();
  }
}

/** Sends what outlives the page. */
function send(url: URL, json: string): void {
  const type = "application/json";
  // Some block beacons, and some lack the other.
  if (navigator.sendBeacon?.(url, new Blob([json], { type }))) return;
  fetch(url, {
    method: "POST",
    headers: { "content-type": type },
    body: json,
    credentials: "same-origin",
    keepalive: true,
  }).catch(() => {});
}
