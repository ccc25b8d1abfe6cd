/**
 * A client that sends far more streams than anybody needs, on a thread of its own so that it takes as
 * little as may be from those it is to disturb.
 *
 * @module
 */

/** What is in the streams. */
export type FloodKind = "garbage streams" | "valid streams";

/** What the thread is told, to begin with and for each connection. */
export interface FloodOrder {
  readonly kind: FloodKind;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly streams: number;
}

export class FloodingClient implements AsyncDisposable {
  readonly #worker = new Worker(new URL("./flooding_client_worker.ts", import.meta.url), {
    type: "module",
  });
  /** Resolves when all streams were sent; the server may end as many connections as it likes. */
  readonly done: Promise<void>;

  /**
   * @param hash Of the server's certificate.
   * @param streams How many in all.
   * @param url Gives a URL with a ticket, for each connection.
   */
  constructor(
    kind: FloodKind,
    hash: Uint8Array<ArrayBuffer>,
    streams: number,
    url: () => string | Promise<string>,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#worker.onmessage = ({ data }: MessageEvent<"url" | "done">) => {
      if (data === "done") resolve();
      else Promise.resolve(url()).then((url) => this.#worker.postMessage(url), reject);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    this.#worker.postMessage({ kind, hash, streams } satisfies FloodOrder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#worker.terminate();
    return Promise.resolve();
  }
}
