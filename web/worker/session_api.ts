/**
 * The HTTP part of a connection: signing in, and asking for a way in.
 *
 * @module
 */

import * as v from "valibot";

const SessionOffer = v.object({
  version: v.string(),
  /** Names the viewer that the tickets are for; a secret. */
  viewer: v.string(),
  /** The network that this page is in. */
  network: v.string(),
  transports: v.array(v.string()),
  webtransport: v.optional(v.object({
    /** Without it, the page's own. */
    hostname: v.optional(v.string()),
    port: v.number(),
    path: v.string(),
    /** Base64. */
    certificateHashes: v.array(v.string()),
  })),
  /** The path is relative to the page's and carries a ticket for one use. */
  websocket: v.optional(v.object({ path: v.string() })),
});
/** How the session can be reached. */
export type SessionOffer = v.InferOutput<typeof SessionOffer>;

const ErrorAnswer = v.object({ error: v.object({ message: v.string(), code: v.string() }) });

/** What the server wants to know: its token, a name and its password, or nothing that is typed here. */
export type SignInKind = "token" | "password" | "proxy" | "oidc";

/** What the server's codes ask for. */
const WANTED: Readonly<Record<string, SignInKind>> = {
  "password-wanted": "password",
  "proxy-wanted": "proxy",
  "oidc-wanted": "oidc",
};

/** What somebody signs in with. */
export type Credentials = { readonly token: string } | {
  readonly name: string;
  readonly password: string;
};

/** The server wants a sign-in first. */
export class SignInRequiredError extends Error {
  override readonly name = "SignInRequiredError";
  /**
   * @param kind What the server asks for.
   * @param wrong Whether what it was given was wrong.
   */
  constructor(readonly kind: SignInKind, readonly wrong = false) {
    super(`The server asks for a sign-in (${kind})`);
  }
}

/** The server cannot be reached at all. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** The server answered, and not with a session. */
export class SessionRefusedError extends Error {
  override readonly name = "SessionRefusedError";
  /** @param status The HTTP status. */
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** No server takes this long to answer; in ms. */
const PATIENCE = 10_000;
/**
 * So often it is asked anew meanwhile, in ms: TCP asks a network that was away at ever longer intervals, and
 * a new connection at once.
 */
const ASK_EVERY = 500;
/** The first request, and so many of the latest, are waited for: browsers open no more connections. */
const MOST_LATER = 3;

/**
 * Trades what somebody signs in with for the cookie that every other request is let in by.
 *
 * @param base The page's own folder.
 * @returns Whether the server knows it.
 * @throws {UnreachableError} or {@link SessionRefusedError}.
 */
export async function signIn(
  base: URL,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<boolean> {
  const response = await post(
    new URL("api/login", base),
    { ...credentials, path: base.pathname },
    signal,
  );
  if (!response.ok && response.status !== 401) throw await refusal(response);
  await response.body?.cancel();
  return response.ok;
}

/**
 * Asks for a session.
 *
 * @param asker Who asks: the viewer of an earlier answer, if there was one; and whether the transports
 * are of no use if the server does not know it any more.
 * @throws {SignInRequiredError} without a valid cookie; {@link UnreachableError};
 * {@link SessionRefusedError}.
 */
export async function openSession(
  base: URL,
  asker: { readonly viewer?: string | undefined; readonly standby?: boolean },
  signal: AbortSignal,
): Promise<SessionOffer> {
  const response = await post(new URL("api/session", base), asker, signal, ASK_EVERY);
  if (response.ok) {
    try {
      return v.parse(SessionOffer, await response.json());
    } catch {
      throw new SessionRefusedError("The answer is not a session's", response.status);
    }
  }
  if (response.status === 401) {
    const body = v.safeParse(ErrorAnswer, await response.json().catch(() => undefined));
    const code = body.success ? body.output.error.code : "";
    throw new SignInRequiredError(WANTED[code] ?? "token");
  }
  throw await refusal(response);
}

/**
 * @param every How often to ask again while there is no answer, in ms; default: not at all.
 * @returns What the server answers first.
 */
async function post(
  url: URL,
  body: unknown,
  signal: AbortSignal,
  every?: number,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const waiting = new Set<AbortController>();
  const ask = async () => {
    const request = new AbortController();
    waiting.add(request);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        credentials: "same-origin",
        cache: "no-store",
        // It holds for the answer's body, too.
        signal: AbortSignal.any([signal, request.signal, AbortSignal.timeout(PATIENCE)]),
      });
      waiting.delete(request);
      resolve(response);
    } catch (error) {
      if (waiting.delete(request)) reject(error);
    }
  };
  const giveUp = ([...requests]: Iterable<AbortController>) => {
    for (const request of requests) {
      waiting.delete(request);
      request.abort();
    }
  };
  ask();
  const again = every === undefined ? undefined : setInterval(() => {
    const [, ...later] = waiting;
    giveUp(later.slice(0, Math.max(later.length - MOST_LATER + 1, 0)));
    ask();
  }, every);
  try {
    return await promise;
  } catch (error) {
    signal.throwIfAborted();
    throw new UnreachableError(error instanceof Error ? error.message : String(error));
  } finally {
    clearInterval(again);
    giveUp(waiting);
  }
}

/** What the server says of itself, in its own words if it has some. */
async function refusal(response: Response): Promise<SessionRefusedError> {
  const { status, statusText } = response;
  const body = v.safeParse(ErrorAnswer, await response.json().catch(() => undefined));
  const message = body.success ? body.output.error.message : `HTTP ${status} ${statusText}`.trim();
  return new SessionRefusedError(message, status);
}
