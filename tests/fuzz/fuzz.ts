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
import { add, type Attempt, campaign, count, type Outcome } from "./campaign.ts";
import { growth } from "./growth.ts";
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
  /** How often all kinds get their turn, each time with their part of the inputs. Default: once. */
  readonly rounds?: number;
  /** Milliseconds without anything after each round, before the memory is looked at. Default: none. */
  readonly quiet?: number;
  readonly progress?: (line: string) => void;
}

export interface FuzzReport {
  readonly outcomes: readonly Outcome[];
  /** Octets of the server's own memory at the start, at the end of each kind, and after quiet periods. */
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
  const { only = "", quiet = 0, rounds = 1 } = options;
  const kinds = (await kindsOf(target, oidc)).filter(({ name }) => name.includes(only));
  const outcomes = new Map<string, Outcome>();
  const memory: [string, number][] = [["start", await target.memory()]];
  const levels: number[] = [];
  const troubles: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const kind of kinds) {
      const outcome = await fuzzKind(kind, target, { ...options, round, rounds });
      const sum = outcomes.get(kind.name);
      if (sum === undefined) outcomes.set(kind.name, outcome);
      else add(sum, outcome);
      memory.push([`${kind.name}, round ${round}`, await target.memory()]);
    }
    if (quiet === 0) continue;
    options.progress?.(`Round ${round} is over: nothing for ${quiet / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, quiet));
    levels.push(await target.memory());
    memory.push([`quiet after round ${round}`, levels.at(-1)!]);
    options.progress?.(`The server has ${mib(levels.at(-1)!)} MiB`);
  }
  const grown = growth(levels);
  if (grown !== undefined) troubles.push(grown);
  troubles.push(...await target.troubles());
  return { outcomes: [...outcomes.values()], memory, troubles };
}

async function fuzzKind(
  { attempt, lanes, name, share, stranger, time }: Kind,
  target: FuzzTarget,
  { inputs, limit, progress, round, rounds, seed }: FuzzOptions & { round: number; rounds: number },
): Promise<Outcome> {
  const before = stranger ? await target.effects() : undefined;
  const outcome = await campaign({
    name,
    inputs: Math.ceil(inputs * share / rounds),
    limit: limit * time / rounds,
    // Another round is not to say the same again.
    seed: seed + (round - 1) * 15_485_863,
    ...lanes === undefined ? {} : { lanes },
    progress: ({ inputs, seconds }) =>
      progress?.(`${name}: ${inputs} inputs in ${seconds.toFixed(0)} s`),
  }, attempt);
  if (before !== undefined) {
    const after = await target.effects();
    if (JSON.stringify(before) !== JSON.stringify(after)) {
      count(outcome.findings, `strangers had an effect: ${JSON.stringify([before, after])}`);
    }
  }
  // What has harmed the others is known by when.
  const harm = await target.harm();
  if (harm !== undefined) count(outcome.findings, harm);
  progress?.(describe(outcome, await target.memory()));
  if (outcome.findings.size > 0) progress?.(`The log: ${target.skerry.stderr.slice(-2000)}`);
  return outcome;
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
    { name: "HTTP, strangers", share: 0.35, time: 0.3, stranger: true, attempt: httpAttempt(http) },
    {
      name: "HTTP, signed in",
      share: 0.12,
      time: 0.12,
      stranger: false,
      attempt: httpAttempt({ ...http, credentials: () => Promise.resolve(target.bearer) }),
    },
    {
      name: "HTTP of OIDC, strangers",
      share: 0.04,
      time: 0.05,
      stranger: true,
      attempt: httpAttempt(oidc.target),
    },
    {
      name: "WebSocket, signed in",
      share: 0.15,
      time: 0.23,
      lanes: 12,
      stranger: false,
      attempt: webSocketAttempt({ ...http, path: () => target.webSocketPath() }),
    },
    ...quic === undefined ? [] : [
      {
        name: "UDP packets, strangers",
        share: 0.27,
        time: 0.1,
        lanes: 1,
        stranger: true,
        attempt: packetAttempt({ ...quic, path: wrong, good: false }),
      },
      {
        name: "WebTransport, strangers",
        share: 0.002,
        time: 0.05,
        lanes: 4,
        stranger: true,
        attempt: sessionAttempt({ ...quic, path: wrong, good: false }),
      },
      {
        name: "WebTransport, signed in",
        share: 0.068,
        time: 0.15,
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
    `findings ${list(findings)}; the server has ${mib(memory)} MiB`;
}

function mib(octets: number): number {
  return Math.round(octets / 1024 ** 2);
}
