/**
 * Broken HTTP: requests of every address with parts that are not what they should be, and octets that are no
 * request at all.
 *
 * @module
 */
import { type Attempt, count, type Outcome, PATIENCE, within } from "./campaign.ts";
import { join, type Mutator } from "./mutator.ts";

export interface HttpTarget {
  readonly hostname: string;
  readonly port: number;
  /** Signs in; without one the requests are a stranger's. */
  readonly credentials?: (() => Promise<Record<string, string>>) | undefined;
  /** Addresses beside those that every server has. */
  readonly paths?: readonly string[];
}

const PATHS = [
  "/",
  "/index.html",
  "/manifest.webmanifest",
  "/icon.svg",
  "/healthz",
  "/readyz",
  "/metrics",
  "/api/login",
  "/api/logout",
  "/api/session",
  "/api/leave",
  "/api/websocket?ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "/api/webtransport?ticket=x",
  "/api/nothing",
  "/%2e%2e/deno.json",
];

const METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "PATCH"];

const BODIES = [
  '{"token":"a token that is wrong","path":"/desk/"}',
  '{"name":"ada","password":"a password that is wrong","path":"/"}',
  '{"viewer":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","standby":true}',
  "{}",
  '{"token":{"__proto__":[1e999]}}',
];

const HEADERS = [
  "origin: http://HOST",
  "origin: null",
  "cookie: skerry-PORT=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "cookie: skerry-PORT-oidc=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "authorization: Basic YWRhOmxvdmVsYWNl",
  "x-forwarded-for: 192.0.2.7",
  "x-forwarded-prefix: /desk",
  "x-remote-user: ada",
  'if-none-match: W/"x"',
  "accept-encoding: gzip;q=0, br",
  "range: bytes=0-4",
  "upgrade: websocket",
  "connection: upgrade",
  "sec-websocket-version: 13",
  "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
  "transfer-encoding: chunked",
  "expect: 100-continue",
];

/** Requests in a row on one connection. */
const BATCH = 25;
const MOST_ANSWER = 4 * 1024 * 1024;

/** Throws requests at the server, some a connection if they can be told apart. */
export function httpAttempt(target: HttpTarget): Attempt {
  return async (mutator, outcome) => {
    const signedIn = await target.credentials?.() ?? {};
    const extra = Object.entries(signedIn).map(([name, value]) => `${name}: ${value}`);
    const broken = mutator.chance(20);
    const requests: Uint8Array[] = [];
    for (let left = broken ? 1 : BATCH; left > 0; left--) {
      const whole = request(target, mutator, extra, left === 1);
      requests.push(broken ? mutator.mutate(whole, 8) : whole);
    }
    const answer = await send(target, join(...requests));
    if (answer === undefined) count(outcome.findings, "no answer and no end of the connection");
    // What is no request is answered once, or by the end of the connection.
    return Math.max(1, judge(answer ?? "", target, outcome));
  };
}

function request(
  { hostname, paths = [], port }: HttpTarget,
  mutator: Mutator,
  extra: readonly string[],
  last: boolean,
): Uint8Array<ArrayBuffer> {
  const fit = (text: string) =>
    text.replaceAll("HOST", `${hostname}:${port}`)
      .replaceAll("PORT", String(port));
  // A request that keeps to the lines can be broken in each of them, and those that follow still hold.
  const line = (text: string) =>
    mutator.chance(30) ? mutator.text(text).replace(/[\r\n\0]/g, "") : text;
  const path = line(mutator.pick([...PATHS, ...paths])).replace(/[\s\x80-\xff]/g, "") || "/";
  const method = mutator.chance(80) ? mutator.pick(["GET", "POST"]) : mutator.pick(METHODS);
  const headers = [`host: ${hostname}:${port}`, ...extra];
  for (let left = mutator.below(4); left > 0; left--) {
    const header = fit(mutator.pick(HEADERS));
    // These would swallow the requests that follow.
    if (/^(transfer-encoding|connection|upgrade|expect)/.test(header) && !last) continue;
    const [name = "", value = ""] = header.split(": ");
    headers.push(`${name}: ${line(value)}`);
  }
  let body = "";
  if (method !== "GET" && method !== "HEAD" && mutator.chance(80)) {
    body = mutator.chance(70) ? mutator.text(mutator.pick(BODIES)) : mutator.pick(BODIES);
    if (mutator.chance(2)) body = body.padEnd(5000);
    headers.push(`content-length: ${body.length}`);
    if (mutator.chance(90)) headers.push("content-type: application/json");
  }
  if (last) headers.push("connection: close");
  const text = `${method} ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body}`;
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** @returns All that came back; undefined if the server neither answers nor hangs up. */
async function send(
  { hostname, port }: HttpTarget,
  octets: Uint8Array,
): Promise<string | undefined> {
  using connection = await Deno.connect({ hostname, port });
  const talk = async () => {
    let answer = "";
    const decoder = new TextDecoder("latin1");
    const buffer = new Uint8Array(65_536);
    const writing = writeAll(connection, octets).then(() => connection.closeWrite(), () => {});
    try {
      while (answer.length < MOST_ANSWER) {
        const length = await connection.read(buffer);
        if (length === null) break;
        answer += decoder.decode(buffer.subarray(0, length));
      }
    } catch {
      // It hangs up on what it has not read.
    }
    await writing.catch(() => {});
    return answer;
  };
  const talking = talk();
  const answer = await within(PATIENCE, talking);
  if (answer === undefined) talking.catch(() => {});
  return answer;
}

export async function writeAll(connection: Deno.Conn, octets: Uint8Array): Promise<void> {
  for (let sent = 0; sent < octets.length;) {
    sent += await connection.write(octets.subarray(sent));
  }
}

/** @returns How many answers there are. */
function judge(answer: string, { credentials }: HttpTarget, outcome: Outcome): number {
  let answers = 0;
  for (const [, status] of answer.matchAll(/HTTP\/1\.[01] (\d{3}) /g)) {
    answers++;
    count(outcome.answers, status!);
    if (/^5(?!03)/.test(status!)) count(outcome.findings, `an answer with ${status}`);
    if (credentials === undefined && status === "101") {
      count(outcome.findings, "a stranger's WebSocket");
    }
  }
  if (credentials === undefined) {
    if (/^set-cookie: skerry(-\d+)?=[A-Za-z0-9_-]+/im.test(answer)) {
      count(outcome.findings, "a stranger's sign-in");
    }
    if (/"ticketLifetime"|[?]ticket=[A-Za-z0-9_-]{32}"/.test(answer)) {
      count(outcome.findings, "a stranger's ticket");
    }
    if (/^skerry_info/m.test(answer)) count(outcome.findings, "figures for a stranger");
  }
  return answers;
}
