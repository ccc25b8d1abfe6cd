/**
 * Tells the server that the page is being left. What browsers do by themselves then does not reach it:
 * Chromium sends nothing for WebTransport, and the worker may be ended before it has sent anything. Nor
 * does all get through that a page says at its very end: Firefox may have cut off its process by then.
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
    addEventListener("beforeunload", () => this.#sayMaybe(), { signal: options.signal });
    // Also of one that is kept to be shown again: it comes back as another viewer.
    addEventListener("pagehide", () => this.#say(), { signal: options.signal });
  }

  /** The page may be about to be left: the user may stay, or get a file from where he goes. */
  #sayMaybe(): void {
    const { viewer } = this;
    if (viewer !== undefined) this.#send({ viewer, maybe: true });
  }

  #say(): void {
    const { viewer } = this;
    this.viewer = undefined;
    if (viewer !== undefined) this.#send({ viewer });
    this.#options.said();
  }

  #send(what: { viewer: string; maybe?: boolean }): void {
    send(new URL("api/leave", this.#options.base), JSON.stringify(what));
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
