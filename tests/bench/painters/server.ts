/**
 * Serves the painter study's pages, bundled as they are asked for, and steers the browser through
 * the variants.
 *
 * @module
 */

import { encodeStream } from "./stream.ts";

/** The study's page on a loopback port. */
export interface PainterServer extends AsyncDisposable {
  readonly url: string;
  /** Resolves when a page has set its variant up. @throws Error when the page says why it cannot */
  ready(timeoutMs: number): Promise<void>;
  /** Moves the browser to another variant and waits until it is set up. */
  show(query: string): Promise<void>;
}

const TYPES: Record<string, string> = { html: "text/html; charset=utf-8", ts: "text/javascript" };

/** Turns one of the study's modules into a script that stands alone. */
async function bundle(name: string): Promise<string> {
  const path = new URL(name, import.meta.url).pathname;
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--platform", "browser", path],
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return new TextDecoder().decode(output.stdout);
}

/** Starts the study's server on a free port. */
export function startPainterServer(): PainterServer {
  const bundles = new Map<string, Promise<string>>();
  const streams = new Map<string, Promise<Uint8Array>>();
  let next = Promise.withResolvers<string>();
  let ready = Promise.withResolvers<void>();

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const name = new URL(request.url).pathname.slice(1) || "index.html";
    if (name === "echo") {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(data);
      return response;
    }
    if (name === "next") {
      const order = await next.promise;
      next = Promise.withResolvers();
      return new Response(order);
    }
    if (name === "ready") ready.resolve();
    if (name === "failed") ready.reject(new Error(await request.text()));
    if (name === "note") console.error(await request.text());
    if (request.method === "POST") return new Response();
    if (name === "stream") {
      const options = new URL(request.url).searchParams.get("options") ?? "";
      const stream = streams.get(options) ?? encodeStream(600, options);
      streams.set(options, stream);
      return new Response(await stream as Uint8Array<ArrayBuffer>);
    }
    const type = TYPES[name.split(".").at(-1) ?? ""];
    if (!type || name.includes("/")) return new Response("Not found", { status: 404 });
    // Isolated from other origins, a page gets a finer clock.
    const headers = {
      "content-type": type,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    };
    if (name === "index.html") {
      return new Response(await Deno.readTextFile(new URL(name, import.meta.url)), { headers });
    }
    const script = bundles.get(name) ?? bundle(name);
    bundles.set(name, script);
    return new Response(await script, { headers });
  });

  const wait = async (timeoutMs: number) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`The page was not ready in ${timeoutMs} ms.`)),
        timeoutMs,
      );
    });
    try {
      await Promise.race([ready.promise, late]);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    ready: wait,
    async show(query) {
      ready = Promise.withResolvers();
      ready.promise.catch(() => {}); // told to whoever waits below
      next.resolve(query);
      await wait(10_000);
    },
    async [Symbol.asyncDispose]() {
      next.resolve("");
      await server.shutdown();
    },
  };
}
