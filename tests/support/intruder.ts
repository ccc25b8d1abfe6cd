/**
 * Tries everything by which another user of the machine could get at a session, as the user that runs
 * it. Reads an {@link IntruderTarget} as JSON from the standard input, and writes an {@link IntruderReport}
 * to the standard output.
 *
 * @module
 */
import { request } from "node:http";
import type { SessionAnswer } from "../../src/http/app.ts";
import { findCookie, parseAuthority } from "../../src/display/authority.ts";
import { WebTransportTransport } from "../../web/worker/webtransport_transport.ts";
import { filesOf, findings, readProcesses } from "./intruder_files.ts";

/** All that there is to know of a session without being let in, and more. */
export interface IntruderTarget {
  readonly uid: number;
  readonly processes: readonly number[];
  /** Where files of the session may be. */
  readonly folders: readonly string[];
  readonly urlFile: string;
  /** Of the page; also where there is no URL to be read. */
  readonly port: number;
  readonly socket: string;
  readonly quic: { readonly port: number; readonly hash: string };
  readonly display: number;
  readonly authority: string;
  readonly soundSocket: string;
  /** What must not be found anywhere, in base64. */
  readonly secrets: readonly string[];
}

/** Each attempt, and what it has got; the empty string for nothing. */
export type IntruderReport = Record<string, string>;

type Attempt = (target: IntruderTarget) => string | Promise<string>;

const ATTEMPTS: Record<string, Attempt> = {
  "the URL file": ({ urlFile }) => Deno.readTextFileSync(urlFile).trim(),
  "the X cookie": ({ authority }) => `${Deno.readFileSync(authority).length} octets`,
  "a session by TCP": async (target) => {
    const { transports } = await openSession(target);
    return transports.join();
  },
  "a session by the Unix socket": ({ socket }) => ask(socket),
  "a session by QUIC": async (target) => {
    const ticket = await openSession(target).then(
      ({ webtransport }) => webtransport!.path,
      () => "/api/webtransport?ticket=guessed",
    );
    return await connectByQuic(target, ticket);
  },
  "the X display by its sockets": async (target) => {
    const path = `/tmp/.X11-unix/X${target.display}`;
    // Some servers have an abstract one, too (unix(7)), which has no permissions.
    const abstract = Deno.readTextFileSync("/proc/net/unix").includes(`@${path}\n`);
    const ways = [path, ...abstract ? [`\0${path}`] : []];
    const tries = await Promise.allSettled(ways.map((way) => connectToDisplay(way, target)));
    return tries.flatMap((it) => it.status === "fulfilled" ? [it.value] : []).join(" ");
  },
  "the sound socket": async ({ soundSocket }) => {
    (await Deno.connect({ transport: "unix", path: soundSocket })).close();
    return "connected";
  },
  "the shared memory of the capture": ({ uid }) => attachAll(uid),
  "the processes' private entries in /proc": (target) => readProcesses(target).granted.join(" "),
  "secrets in /proc": (target) => readProcesses(target).secrets.join(" "),
  "secrets in files": (target) => findings(target).secrets.join(" "),
  "the session's own files": (target) => findings(target).files.join(" "),
  "sockets in the session's folders": async (target) => {
    const found: string[] = [];
    for (const { isSocket, path } of filesOf(target)) {
      if (!isSocket || path.startsWith("/tmp/.X11-unix/")) continue;
      await Deno.connect({ transport: "unix", path }).then((connection) => {
        connection.close();
        found.push(path);
      }, () => {});
    }
    return found.join(" ");
  },
};

/** With the token, if the file of the URL gives it away. */
async function openSession({ port, urlFile }: IntruderTarget): Promise<SessionAnswer> {
  let token = "guessed";
  try {
    token = new URLSearchParams(new URL(Deno.readTextFileSync(urlFile)).hash.slice(1)).get(
      "token",
    )!;
  } catch {
    // It is kept from us.
  }
  const response = await fetch(`http://127.0.0.1:${port}/api/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body as SessionAnswer;
}

function ask(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: "/healthz" }, (response) => {
      response.resume();
      response.on("end", () => resolve(`status ${response.statusCode}`));
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Being let in shows in what the server sends by itself. */
async function connectByQuic({ quic }: IntruderTarget, path: string): Promise<string> {
  const transport = await WebTransportTransport.connect({
    url: `https://127.0.0.1:${quic.port}${path}`,
    hashes: [Uint8Array.fromBase64(quic.hash)],
  });
  try {
    const greeted = new Promise<string>((resolve) => transport.onflow = () => resolve("greeted"));
    const closed = transport.closed.then(({ reason }) => Promise.reject(new Error(reason)));
    return await Promise.race([greeted, closed]);
  } finally {
    transport.close(1000, "");
  }
}

/** X Window System Protocol, "Connection Setup": with the cookie, if it can be read, or with none. */
async function connectToDisplay(
  path: string,
  { authority, display }: IntruderTarget,
): Promise<string> {
  let cookie: Uint8Array = new Uint8Array();
  try {
    const entries = parseAuthority(Deno.readFileSync(authority));
    cookie = findCookie(entries, String(display), Deno.hostname())?.data ?? cookie;
  } catch {
    // It is kept from us.
  }
  const name = new TextEncoder().encode(cookie.length === 0 ? "" : "MIT-MAGIC-COOKIE-1");
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  const setup = new Uint8Array(12 + padded(name.length) + padded(cookie.length));
  const view = new DataView(setup.buffer);
  view.setUint8(0, "l".charCodeAt(0));
  view.setUint16(2, 11, true);
  view.setUint16(6, name.length, true);
  view.setUint16(8, cookie.length, true);
  setup.set(name, 12);
  setup.set(cookie, 12 + padded(name.length));
  using connection = await Deno.connect({ transport: "unix", path });
  await connection.write(setup);
  const answer = new Uint8Array(1024);
  const length = await connection.read(answer) ?? 0;
  if (length > 0 && answer[0] === 1) return "the server lets us in";
  throw new Error("The server refuses");
}

/** System V segments of a user (proc_sysvipc(5)), attached to be read. */
function attachAll(uid: number): string {
  // It is in every process: nothing would be gained by closing it.
  const libc = Deno.dlopen("libc.so.6", {
    shmat: { parameters: ["i32", "pointer", "i32"], result: "isize" },
  });
  const READ_ONLY = 0o10000;
  const rows = Deno.readTextFileSync("/proc/sysvipc/shm").trim().split("\n").map((row) =>
    row.trim().split(/\s+/)
  );
  const [names = [], ...segments] = rows;
  const theirs = segments.filter((row) => Number(row[names.indexOf("uid")]) === uid);
  if (theirs.length === 0) throw new Error("There is none.");
  const attached = theirs.filter((row) =>
    libc.symbols.shmat(Number(row[names.indexOf("shmid")]), null, READ_ONLY) !== -1n
  );
  // The bits above say that it goes with its last user.
  const mode = (row: string[]) => Number.parseInt(row[names.indexOf("perms")]!, 8) & 0o777;
  return attached.map((row) => mode(row).toString(8)).join(" ");
}

if (import.meta.main) {
  const target = JSON.parse(await new Response(Deno.stdin.readable).text()) as IntruderTarget;
  const report: IntruderReport = {};
  for (const [name, attempt] of Object.entries(ATTEMPTS)) {
    try {
      report[name] = await attempt(target);
    } catch {
      report[name] = "";
    }
  }
  console.log(JSON.stringify(report));
  Deno.exit(0);
}
