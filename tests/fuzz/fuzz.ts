/**
 * Everything that is fuzzed, one after the other, and what came of it.
 *
 * @module
 */
import { createApp } from "../../src/http/app.ts";
import { createAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { HttpServer } from "../../src/http/server.ts";
import { TestOidcProvider } from "../support/oidc_provider.ts";
import { type Attempt, campaign, count, type Outcome } from "./campaign.ts";
import { httpAttempt } from "./http_fuzzer.ts";
import type { Mutator } from "./mutator.ts";
import { FuzzTarget } from "./target.ts";
import { webSocketAttempt } from "./websocket_fuzzer.ts";
import { packetAttempt, sessionAttempt } from "./webtransport_fuzzer.ts";

export interface FuzzOptions {
  /** Of all kinds together. */
  readonly inputs: number;
  /** Milliseconds for all of them. */
  readonly limit: number;
  readonly seed: number;
  /** Only kinds whose name has this in it. */
  readonly only?: string | undefined;
  readonly progress?: (line: string) => void;
}

export interface FuzzReport {
  readonly outcomes: readonly Outcome[];
  /** Resident octets of the server after the first tenth of each kind, and at the end of each. */
  readonly memory: readonly (readonly [string, number])[];
  readonly troubles: readonly string[];
}

/** A kind of fuzzing, and its share of the inputs and of the time. */
interface Kind {
  readonly name: string;
  readonly share: number;
  readonly time: number;
  readonly lanes?: number;
  /** Whether it must leave everything as it was. */
  readonly stranger: boolean;
  readonly attempt: Attempt;
}

export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  await using target = await FuzzTarget.start();
  await using oidc = await OidcSite.start();
  const kinds = (await kindsOf(target, oidc)).filter(({ name }) =>
    name.includes(options.only ?? "")
  );
  const outcomes: Outcome[] = [];
  const memory: [string, number][] = [["start", await target.memory()]];
  for (const { attempt, lanes, name, share, stranger, time } of kinds) {
    const before = stranger ? await target.effects() : undefined;
    const outcome = await campaign({
      name,
      inputs: Math.ceil(options.inputs * share),
      limit: options.limit * time,
      seed: options.seed,
      ...lanes === undefined ? {} : { lanes },
      progress: ({ inputs, seconds }) =>
        options.progress?.(`${name}: ${inputs} inputs in ${seconds.toFixed(0)} s`),
    }, attempt);
    if (before !== undefined) {
      const after = await target.effects();
      if (JSON.stringify(before) !== JSON.stringify(after)) {
        count(outcome.findings, `strangers had an effect: ${JSON.stringify([before, after])}`);
      }
    }
    outcomes.push(outcome);
    memory.push([name, await target.memory()]);
    options.progress?.(describe(outcome, memory.at(-1)![1]));
    if (outcome.findings.size > 0) {
      options.progress?.(`The log: ${target.skerry.stderr.slice(-2000)}`);
    }
  }
  return { outcomes, memory, troubles: await target.troubles() };
}

async function kindsOf(target: FuzzTarget, oidc: OidcSite): Promise<Kind[]> {
  const { hostname, port } = target;
  const { webtransport } = await target.session();
  const hash = webtransport?.certificateHashes[0];
  const quic = webtransport !== undefined && hash !== undefined
    ? { hostname, port: webtransport.port, hash: Uint8Array.fromBase64(hash) }
    : undefined;
  const http = { hostname, port };
  const good = async () => (await target.session()).webtransport!.path;
  const wrong = (mutator: Mutator) =>
    Promise.resolve(
      mutator.text("/api/webtransport?ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        .replace(/[^\x21-\x7e]|#/g, "").replace(/^\/*/, "/"),
    );
  return [
    { name: "HTTP, strangers", share: 0.5, time: 0.3, stranger: true, attempt: httpAttempt(http) },
    {
      name: "HTTP, signed in",
      share: 0.15,
      time: 0.12,
      stranger: false,
      attempt: httpAttempt({ ...http, credentials: () => Promise.resolve(target.bearer) }),
    },
    {
      name: "HTTP of OIDC, strangers",
      share: 0.05,
      time: 0.05,
      stranger: true,
      attempt: httpAttempt(oidc.target),
    },
    {
      name: "WebSocket, signed in",
      share: 0.15,
      time: 0.3,
      lanes: 12,
      stranger: false,
      attempt: webSocketAttempt({ ...http, path: () => target.webSocketPath() }),
    },
    ...quic === undefined ? [] : [
      {
        name: "UDP packets, strangers",
        share: 0.13,
        time: 0.1,
        lanes: 1,
        stranger: true,
        attempt: packetAttempt({ ...quic, path: wrong, good: false }),
      },
      {
        name: "WebTransport, strangers",
        share: 0.01,
        time: 0.05,
        lanes: 4,
        stranger: true,
        attempt: sessionAttempt({ ...quic, path: wrong, good: false }),
      },
      {
        name: "WebTransport, signed in",
        share: 0.02,
        time: 0.13,
        lanes: 4,
        stranger: false,
        attempt: sessionAttempt({ ...quic, path: good, good: true }),
      },
    ],
  ];
}

/** A server whose viewers sign in at a provider, without a desktop behind it. */
class OidcSite implements AsyncDisposable {
  private constructor(readonly provider: TestOidcProvider, readonly server: HttpServer) {}

  static async start(): Promise<OidcSite> {
    const provider = await TestOidcProvider.start();
    const app = createApp({
      client: await ClientFiles.of({ "index.html": new TextEncoder().encode("page") }),
      auth: createAuthentication({
        auth: "oidc",
        users: ["*"],
        oidc: {
          issuer: provider.issuer,
          clientId: provider.clientId,
          clientSecret: provider.clientSecret,
          scope: "openid",
          userClaim: "preferred_username",
          groupsClaim: "groups",
          groups: [],
        },
      }),
      onViewer: (socket) => socket.close(),
      health: () => ({ healthy: true, state: "live", viewers: 0 }),
    });
    return new OidcSite(provider, HttpServer.listen({ hostname: "127.0.0.1", port: 0, app }));
  }

  get target() {
    return {
      ...this.server.address,
      paths: [
        "/api/oidc/login?path=/desk/&query=%3Fdebug",
        "/api/oidc/callback?code=AAAAAAAA&state=AAAAAAAAAAAAAAAA",
        "/api/oidc/callback?error=access_denied&state=AAAAAAAAAAAAAAAA",
      ],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await this.provider[Symbol.asyncDispose]();
  }
}

function describe({ answers, findings, inputs, name, seconds }: Outcome, memory: number): string {
  const list = (counts: Map<string, number>) =>
    [...counts].map(([what, times]) => `${what}: ${times}`).join(", ") || "none";
  return `${name}: ${inputs} inputs in ${seconds.toFixed(0)} s ` +
    `(${Math.round(inputs / Math.max(seconds, 0.001))}/s); answers ${list(answers)}; ` +
    `findings ${list(findings)}; the server has ${Math.round(memory / 1024 ** 2)} MiB`;
}
