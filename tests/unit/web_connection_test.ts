import assert from "node:assert/strict";
import type { ConnectionState, FailureReason } from "../../web/messages.ts";
import type { ForcedTransport } from "../../web/options.ts";
import { Connection } from "../../web/worker/connection.ts";
import { FailureMemory } from "../../web/worker/failure_memory.ts";
import { Transports } from "../../web/worker/transports.ts";

/** What the page's connection asks of a server, from a real one. */
class FakeServer implements AsyncDisposable {
  token = "right";
  signedIn = false;
  /** Answers to `api/session` with this status instead of a session. */
  status: number | undefined;
  readonly sockets: WebSocket[] = [];
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => this.#answer(request),
  );

  get base(): URL {
    return new URL(`http://127.0.0.1:${this.#server.addr.port}/desk/`);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/desk/api/login") {
      const { token } = await request.json();
      this.signedIn ||= token === this.token;
      return Response.json({}, { status: token === this.token ? 200 : 401 });
    }
    if (pathname === "/desk/api/session") {
      const error = { error: { code: "x", message: "In words" } };
      if (!this.signedIn) return Response.json(error, { status: 401 });
      if (this.status !== undefined) return Response.json(error, { status: this.status });
      return Response.json({
        version: "0",
        viewer: "v".repeat(32),
        network: "192.0.2.1",
        transports: ["websocket"],
        websocket: { path: "api/websocket?ticket=t" },
      });
    }
    if (pathname !== "/desk/api/websocket") return new Response(null, { status: 404 });
    const { response, socket } = Deno.upgradeWebSocket(request);
    this.sockets.push(socket);
    return response;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.close();
    await this.#server.shutdown();
  }
}

class Page implements AsyncDisposable {
  readonly states: ConnectionState[] = [];
  tokensUsed = 0;
  /** Whether to answer for the connection as a viewer does that fails in this way. */
  fails: FailureReason | undefined;
  readonly connection: Connection;
  readonly #abort = new AbortController();
  readonly #running: Promise<void>;
  #changed = Promise.withResolvers<void>();

  constructor(base: URL, token?: string, transport: ForcedTransport = "auto") {
    this.connection = new Connection({
      base,
      transports: new Transports({
        base,
        forced: transport,
        memory: new FailureMemory({ store: { load: () => null, save() {} } }),
        platform: { webtransport: true, secure: true, userAgent: "" },
      }),
      token,
      state: (state) => this.#push(state),
      tokenUsed: () => this.tokensUsed++,
      use: async ({ transport }) => {
        await using _ = transport;
        this.#push({ phase: "connected", transport: transport.kind });
        if (this.fails !== undefined) return this.fails;
        const stopped = Promise.withResolvers<void>();
        this.#abort.signal.addEventListener("abort", () => stopped.resolve());
        await Promise.race([transport.closed, stopped.promise]);
        return { kind: "lost", detail: "" };
      },
    });
    this.#running = this.connection.run(this.#abort.signal);
  }

  #push(state: ConnectionState): void {
    this.states.push(state);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** Waits for the next state of this phase from here on. */
  async next<P extends ConnectionState["phase"]>(
    phase: P,
  ): Promise<Extract<ConnectionState, { phase: P }>> {
    let from = this.states.length;
    for (;;) {
      await this.#changed.promise;
      for (; from < this.states.length; from++) {
        const state = this.states[from]!;
        if (state.phase === phase) return state as Extract<ConnectionState, { phase: P }>;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }
}

Deno.test("Connection asks for a token, refuses a wrong one, and connects with the right one", async () => {
  await using server = new FakeServer();
  await using page = new Page(server.base);
  assert.deepEqual(await page.next("sign-in"), { phase: "sign-in", kind: "token", wrong: false });
  page.connection.signIn({ token: "wrong" });
  assert.deepEqual(await page.next("sign-in"), { phase: "sign-in", kind: "token", wrong: true });
  page.connection.signIn({ token: "right" });
  assert.equal((await page.next("connected")).transport, "websocket");
  assert.equal(page.tokensUsed, 2);
});

Deno.test("Connection signs in by the address's token, and by its cookie if that is stale", async () => {
  await using server = new FakeServer();
  await using page = new Page(server.base, "right");
  await page.next("connected");
  await using again = new Page(server.base, "of yesterday");
  await again.next("connected");
  assert.equal(again.tokensUsed, 1);
  assert(!again.states.some(({ phase }) => phase === "sign-in"));
});

Deno.test("Connection connects again when it is lost", async () => {
  await using server = new FakeServer();
  server.signedIn = true;
  await using page = new Page(server.base);
  await page.next("connected");
  server.sockets[0]!.close();
  const waiting = await page.next("waiting");
  assert.equal(waiting.reason.kind, "lost");
  await page.next("connected");
  assert.equal(page.connection.reconnects, 1);
  assert(page.states.some((state) => state.phase === "connecting" && state.again));
});

Deno.test("Connection keeps trying a server that is away, and at once when asked to", async () => {
  const away = new FakeServer();
  const { base } = away;
  await away[Symbol.asyncDispose]();
  await using page = new Page(base);
  for (let attempt = 0; attempt < 3; attempt++) {
    const { reason } = await page.next("waiting");
    assert.equal(reason.kind, "unreachable");
    page.connection.retry();
  }
});

Deno.test("Connection says in the server's words why it is not let in just now", async () => {
  await using server = new FakeServer();
  server.signedIn = true;
  server.status = 503;
  await using page = new Page(server.base);
  const { reason } = await page.next("waiting");
  assert.deepEqual(reason, { kind: "busy", detail: "In words" });
  server.status = undefined;
  await page.next("connected");
});

Deno.test("Connection stops at what trying again cannot mend, until it is asked to", async () => {
  await using server = new FakeServer();
  server.signedIn = true;
  await using forced = new Page(server.base, undefined, "webtransport");
  assert.equal((await forced.next("stopped")).reason.kind, "transport-not-offered");
  await using page = new Page(server.base);
  page.fails = { kind: "version", detail: "" };
  await page.next("stopped");
  page.fails = undefined;
  page.connection.retry();
  await page.next("connected");
});

Deno.test("Connection rests once the page is left, until it is shown again", async () => {
  await using server = new FakeServer();
  server.signedIn = true;
  await using page = new Page(server.base);
  await page.next("connected");
  page.connection.rest();
  server.sockets[0]!.close();
  // Longer than it would wait before it tries again.
  const rest = () => new Promise((resolve) => setTimeout(resolve, 600));
  await rest();
  assert.equal(page.states.at(-1)?.phase, "connected");
  server.status = 503;
  page.connection.retry();
  await page.next("waiting");
  page.connection.rest();
  await rest();
  assert.equal(page.states.at(-1)?.phase, "waiting");
  server.status = undefined;
  const again = page.next("connected");
  page.connection.retry();
  await again;
  assert.equal(page.connection.reconnects, 1);
});
