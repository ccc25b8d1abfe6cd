/**
 * Signing in at an OpenID Connect provider: the way there, and the way back.
 *
 * @module
 */
import type { Hono } from "hono";
import * as v from "valibot";
import { type AppContext, type Bindings, peerOf } from "./context.ts";
import { RefusedError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import type { OidcAuthentication } from "./oidc_authentication.ts";
import { OidcError, type OidcFailure } from "./oidc_provider.ts";
import { PagePath } from "./page_path.ts";
import { SealedCookie } from "./sealed_cookie.ts";
import { digest } from "./secrets.ts";

/** Milliseconds for somebody to sign in at the provider. */
const LIFETIME = 600_000;
/** Ways back that are remembered, so that none is gone twice. */
const MOST_USED = 4096;

/** What the page's address has after its path. */
const PageQuery = v.pipe(v.string(), v.maxLength(512), v.regex(/^(\?[\x21-\x7e]*)?$/));

const Underway = v.object({
  state: v.string(),
  nonce: v.string(),
  verifier: v.string(),
  redirectUri: v.string(),
  path: v.string(),
  query: v.string(),
  /** By `Date.now()`. */
  expiresAt: v.number(),
});

/** Why nobody was signed in, for the page, which has it in its fragment as `#sign-in=…`. */
export type SignInFailure = OidcFailure | "not-allowed" | "expired" | "too-many-tries";

export interface OidcRoutesOptions {
  readonly auth: OidcAuthentication;
  /** Of the page, without a slash at its end. */
  readonly basePath: string;
  /** Seconds until this one may try again; 0 if it may. */
  readonly wait: (c: AppContext) => number;
  /** Somebody is signed in. */
  readonly signedIn: (c: AppContext, identity: Identity, path: string) => void;
  /** Somebody is not. */
  readonly failed: (c: AppContext, failure: SignInFailure, why: string) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Adds `GET oidc/login`, which the page goes to, and `GET oidc/callback`, where the provider sends it. */
export function addOidcRoutes(
  api: Hono<{ Bindings: Bindings }>,
  { auth, basePath, failed, now = Date.now, signedIn, wait }: OidcRoutesOptions,
): void {
  const cookie = new SealedCookie("oidc");
  const used = new Map<string, number>();

  api.get("/oidc/login", async (c) => {
    const { prefix, secure, host } = peerOf(c);
    // The browser knows best where it sees the page: not every proxy says what it takes off.
    const path = v.safeParse(PagePath, c.req.query("path") ?? `${prefix}${basePath}/`);
    const query = v.safeParse(PageQuery, c.req.query("query") ?? "");
    if (!path.success || !query.success) {
      throw new RefusedError(400, "bad-request", "The address does not say where the page is.");
    }
    const folder = `${path.output}api/oidc/`;
    const redirectUri = `${secure ? "https" : "http"}://${host}${folder}callback`;
    const request = auth.provider.request(redirectUri);
    let url: URL;
    try {
      url = await auth.provider.authorizationUrl(request);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      failed(c, error.failure, error.message);
      return back(c, query.output, error.failure);
    }
    const underway: v.InferOutput<typeof Underway> = {
      ...request,
      path: path.output,
      query: query.output,
      expiresAt: now() + LIFETIME,
    };
    cookie.write(c, JSON.stringify(underway), LIFETIME, folder);
    return c.redirect(url.href, 303);
  });

  api.get("/oidc/callback", async (c) => {
    const underway = read(cookie.read(c));
    const query = underway?.query ?? "";
    const refuse = (failure: SignInFailure, why: string) => {
      failed(c, failure, why);
      return back(c, query, failure);
    };
    if (underway === undefined || underway.expiresAt <= now()) {
      return refuse("expired", "This browser has not begun to sign in, or too long ago.");
    }
    if (wait(c) > 0) return refuse("too-many-tries", "There were too many wrong tries.");
    const answer = new URL(c.req.url).searchParams;
    // Before anything is asked of the provider: what is no answer to this request is not ours.
    if (answer.getAll("state").join() !== underway.state || !use(underway)) {
      return refuse("expired", "The state is another's, or was used already.");
    }
    cookie.clear(c, `${underway.path}api/oidc/`);
    try {
      const claims = await auth.provider.claims(answer, underway, auth.wanted);
      const identity = auth.admit(claims);
      if (identity === undefined) {
        const name = auth.nameOf(claims);
        return refuse(
          "not-allowed",
          name === undefined
            ? `The provider gives no ${auth.wanted[0]} to go by.`
            : `${name} is not among those who are let in.`,
        );
      }
      signedIn(c, identity, underway.path);
      return back(c, query);
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      return refuse(error.failure, error.message);
    }
  });

  /** @returns Whether it is the first use of this state. */
  function use({ expiresAt, state }: { readonly expiresAt: number; readonly state: string }) {
    const key = digest(state);
    for (const [old, until] of used) {
      if (until > now() && used.size < MOST_USED) break;
      used.delete(old);
    }
    if (used.has(key)) return false;
    used.set(key, expiresAt);
    return true;
  }
}

function read(text: string | undefined): v.InferOutput<typeof Underway> | undefined {
  // Nobody but us can have written it.
  return text === undefined ? undefined : v.parse(Underway, JSON.parse(text));
}

/** To the page, which is two folders up, wherever that is for the browser. */
function back(c: AppContext, query: string, failure?: SignInFailure): Response {
  const fragment = failure === undefined ? "" : `#sign-in=${failure}`;
  return c.redirect(`../../${query}${fragment}`, 303);
}
