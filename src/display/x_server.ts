/** Starting an X server that shows its screen to nobody but us. */
import { getLogger } from "@logtape/logtape";
import { newCookie, writeAuthority } from "./authority.ts";
import { TemporaryDirectoryError, XServerNotFoundError, XServerStartError } from "./errors.ts";
import { identify, terminate } from "./process_tree.ts";
import { findBundledProgram, findProgram, Program } from "./program.ts";
import type { SessionDirectory } from "./session_directory.ts";
import { canMakeSocket, canWriteTemporary, drawDisplay } from "./socket_folder.ts";
import { listensOnTcp } from "./tcp_listeners.ts";
import { hostname } from "node:os";

const log = getLogger(["skerry", "display"]);

/** Kinds of X server. Xvnc resizes to anything, Xvfb does not resize. */
export type XServerKind = "xvnc" | "xvfb";

/** Milliseconds that a server gets until it takes connections: slow on NFS and loaded hosts. */
const START_LIMIT = 30_000;

/** Programs that are an Xvnc, the most capable first. */
const XVNC_PROGRAMS = ["Xtigervnc", "Xvnc", "/opt/TurboVNC/bin/Xvnc"];
const XVFB_PROGRAMS = ["Xvfb"];

interface Candidate {
  kind: XServerKind;
  path: string;
  args: string[];
}

/** A running X server. */
export interface XServer {
  readonly kind: XServerKind;
  readonly program: Program;
  /** Display number. */
  readonly display: number;
  /** Path of the Xauthority file with its cookie. */
  readonly authority: string;
}

/** What to start. */
export interface XServerOptions {
  server: "auto" | XServerKind;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  env: Readonly<Record<string, string>>;
  directory: SessionDirectory;
  signal?: AbortSignal;
}

/**
 * Starts the best X server there is, on a free display number that the server itself chooses if it can.
 *
 * @throws {XServerNotFoundError} None is installed.
 * @throws {TemporaryDirectoryError} None of those installed does without /tmp, which cannot be written to.
 * @throws {XServerStartError} None of those installed starts.
 */
export async function startXServer(options: XServerOptions): Promise<XServer> {
  const { server, directory } = options;
  const tried = [
    ...(server === "xvfb" ? [] : XVNC_PROGRAMS),
    ...(server === "xvnc" ? [] : XVFB_PROGRAMS),
  ];
  const seen = new Set<string>();
  // Only the portable file's put their keymaps into our private directory.
  const find = canWriteTemporary() ? findProgram : findBundledProgram;
  const candidates = tried.flatMap((name) => candidatesFor(name, find(name), options, seen));
  if (candidates.length === 0) {
    throw tried.some(findProgram) ? new TemporaryDirectoryError() : new XServerNotFoundError(tried);
  }
  const authority = `${directory.path}/authority`;
  const cookie = newCookie();
  writeAuthority(authority, cookie, undefined, hostname());
  let failure: unknown;
  for (const candidate of candidates) {
    options.signal?.throwIfAborted();
    try {
      const [program, display] = await launch(candidate, authority, options);
      writeAuthority(authority, cookie, display, hostname());
      directory.noteDisplay(display);
      return { kind: candidate.kind, program, display, authority };
    } catch (error) {
      if (!(error instanceof XServerStartError)) throw error;
      log.warn("{error}", { error: error.message });
      failure ??= error;
    }
  }
  throw failure;
}

/** The ways to start a program; none if it is not there, or was seen under another name. */
function candidatesFor(
  name: string,
  path: string | undefined,
  { width, height, directory }: XServerOptions,
  seen: Set<string>,
): Candidate[] {
  if (path === undefined) return [];
  const real = Deno.realPathSync(path);
  if (seen.has(real)) return [];
  seen.add(real);
  const common = ["-nolisten", "tcp", "-noreset", "-s", "0", "-dpi", "96"];
  if (XVFB_PROGRAMS.includes(name)) {
    return [{ kind: "xvfb", path, args: [...common, "-screen", "0", `${width}x${height}x24`] }];
  }
  const vnc = [...common, "-geometry", `${width}x${height}`, "-depth", "24"];
  return [
    { kind: "xvnc", path, args: [...vnc, "-SecurityTypes", "None", "-rfbport", "-1"] },
    // Where port -1 is not understood, a Unix socket in our private directory keeps others out.
    {
      kind: "xvnc",
      path,
      args: [...vnc, "-securitytypes", "None", "-rfbunixpath", `${directory.path}/rfb`],
    },
  ];
}

/** Starts one candidate and waits until it takes connections. */
async function launch(
  { path, args }: Candidate,
  authority: string,
  { env, directory, signal }: XServerOptions,
): Promise<[Program, number]> {
  // -displayfd lets the server pick a free number without a race and say when it is ready. The
  // shell moves the pipe from standard output, which the server and its helpers may write to.
  // Without sockets' files, it would refuse all numbers.
  const number = canMakeSocket() ? [] : [`:${drawDisplay()}`];
  const program = new Program(path.slice(path.lastIndexOf("/") + 1), "/bin/sh", {
    args: [
      ...["-c", `exec "$0" "$@" 3>&1 1>&2`, path],
      ...[...number, "-displayfd", "3", "-auth", authority, ...args],
    ],
    // For the portable file's.
    env: { ...env, SKERRY_X_FOLDER: directory.path },
    stdout: "piped",
  });
  const reader = program.stdout.getReader();
  const timer = setTimeout(() => reader.cancel(), START_LIMIT);
  const onabort = () => void reader.cancel();
  signal?.addEventListener("abort", onabort);
  try {
    directory.note(program.pid);
    if (signal?.aborted) onabort();
    const display = await readDisplayNumber(reader);
    signal?.throwIfAborted();
    if (display === undefined) throw new XServerStartError(path, "did not start", "");
    if (listensOnTcp(program.pid)) {
      throw new XServerStartError(path, "opened a TCP port although told not to", "");
    }
    return [program, display];
  } catch (error) {
    const id = identify(program.pid);
    if (id) await terminate([id], 1000);
    await program.finish();
    if (!(error instanceof XServerStartError)) throw error;
    throw new XServerStartError(path, error.reason, program.lastLines);
  } finally {
    signal?.removeEventListener("abort", onabort);
    clearTimeout(timer);
    await reader.cancel();
  }
}

async function readDisplayNumber(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<number | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  while (true) {
    const { value, done } = await reader.read();
    if (done) return undefined;
    text += decoder.decode(value, { stream: true });
    const match = /^\s*(\d+)\s*\n/.exec(text);
    if (match) return Number(match[1]);
  }
}
