import assert from "node:assert/strict";
import { openSession, UnreachableError } from "../../web/worker/session_api.ts";

const BASE = new URL("http://desk.test/");
const OFFER = {
  version: "0.1.0",
  viewer: "viewer",
  network: "network",
  transports: ["websocket"],
  websocket: { path: "ws" },
};

interface Asked {
  readonly signal: AbortSignal;
  answer(response: Response): void;
}

/** Takes the place of `fetch()`: answers are the test's to give. */
function interceptFetch(onask: (asked: Asked, count: number) => void): Disposable & {
  readonly all: readonly Asked[];
} {
  const { fetch } = globalThis;
  const all: Asked[] = [];
  globalThis.fetch = (_input, init) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const signal = init!.signal!;
    signal.addEventListener("abort", () => reject(signal.reason));
    const asked = { signal, answer: resolve };
    all.push(asked);
    onask(asked, all.length);
    return promise;
  };
  return { all, [Symbol.dispose]: () => globalThis.fetch = fetch };
}

Deno.test("openSession() asks a network that was away by a new request, and gives up the others", async () => {
  using fetched = interceptFetch((asked, count) => {
    if (count === 3) asked.answer(Response.json(OFFER));
  });
  const offer = await openSession(BASE, {}, new AbortController().signal);
  assert.equal(offer.viewer, "viewer");
  assert.deepEqual(fetched.all.map(({ signal }) => signal.aborted), [true, true, false]);
});

Deno.test("openSession() takes the answer to its first request, however late", async () => {
  using fetched = interceptFetch((_, count) => {
    if (count === 7) fetched.all[0]!.answer(Response.json(OFFER));
  });
  const offer = await openSession(BASE, {}, new AbortController().signal);
  assert.equal(offer.viewer, "viewer");
  assert.equal(fetched.all[0]!.signal.aborted, false);
  // No more than four at a time.
  assert.equal(fetched.all.slice(1).every(({ signal }) => signal.aborted), true);
});

Deno.test("openSession() says at once that there is no server", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = () => Promise.reject(new TypeError("refused"));
  try {
    await assert.rejects(
      openSession(BASE, {}, new AbortController().signal),
      (error) => error instanceof UnreachableError && error.message === "refused",
    );
  } finally {
    globalThis.fetch = fetch;
  }
});
