import { Attempts } from "./attempts.ts";
import { Audit } from "./audit.ts";
import type { Authentication, Credentials } from "./auth.ts";
import { type AppContext, peerOf, remoteOf, type SignInCookie } from "./context.ts";
import { RefusedError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import type { Invitations } from "./invitations.ts";
import type { SignIns } from "./sign_ins.ts";

export interface AuthenticatorOptions {
  readonly auth: Authentication;
  readonly attempts?: Attempts | undefined;
  readonly audit?: Audit | undefined;
  readonly cookie: SignInCookie;
  readonly invitations?: Invitations | undefined;
  readonly signIns: SignIns;
}

/** Who sent a request, and how that is known. */
export interface Identified {
  readonly identity: Identity;
  /** Whether a cookie vouched for it, so that a page of our own has to be the one that uses it. */
  readonly byCookie: boolean;
  /** The sign-in that the cookie stands for; no secret. */
  readonly signIn?: string | undefined;
}

/** Signs people in and recognizes them in their requests; counts who guesses, and keeps the audit log. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #attempts: Attempts;
  readonly audit: Audit;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#attempts = options.attempts ?? new Attempts();
    this.audit = options.audit ?? new Audit();
  }

  /** Seconds until this one may try again; 0 if it may. */
  wait(c: AppContext): number {
    return this.#attempts.wait(remoteOf(c));
  }

  /** Counts a try that was wrong. */
  count(c: AppContext): void {
    this.#attempts.failed(remoteOf(c));
  }

  /**
   * Signs in whoever the credentials stand for.
   *
   * @throws {RefusedError} if they are wrong, or there were too many wrong ones.
   */
  async signIn(c: AppContext, credentials: Credentials): Promise<Identity> {
    const invited = this.#invited(credentials);
    const identity = invited ?? await this.verify(c, credentials);
    const { kind } = this.#options.auth;
    this.audit.signedIn(
      identity.name,
      invited ? "link" : kind === "none" ? "token" : kind,
      remoteOf(c),
    );
    return identity;
  }

  /** Gives the browser the cookie of a new sign-in, or a new one of that it has. */
  remember(c: AppContext, identity: Identity, path?: string): void {
    const { cookie, signIns } = this.#options;
    cookie.write(c, signIns.add(identity, cookie.read(c)), signIns.lifetime, path);
  }

  /** Ends the sign-in that the request's cookie stands for. */
  signOut(c: AppContext): void {
    const { cookie, signIns } = this.#options;
    const id = cookie.read(c);
    if (id !== undefined) signIns.revoke(id);
    cookie.clear(c);
  }

  /**
   * Who asks: by the header, by the cookie, or anybody where that is allowed.
   *
   * @throws {RefusedError} if nothing says so.
   */
  async identify(c: AppContext): Promise<Identified> {
    const { auth, cookie, invitations, signIns } = this.#options;
    const recognized = auth.recognize?.(c.req.raw.headers, peerOf(c));
    // The proxy knows its users by a cookie of its own.
    if (recognized !== undefined) return { identity: recognized, byCookie: true };
    const token = bearerOf(c);
    if (token !== undefined) {
      const identity = this.#invited({ token }) ?? await this.verify(c, { token });
      return { identity, byCookie: false };
    }
    const secret = cookie.read(c);
    const found = secret === undefined ? undefined : signIns.find(secret);
    if (found !== undefined && (invitations?.accepts(found.identity) ?? true)) {
      return { identity: found.identity, byCookie: true, signIn: found.id };
    }
    if (auth.anonymous !== undefined) return { identity: auth.anonymous, byCookie: false };
    throw new RefusedError(401, NOT_SIGNED_IN[auth.kind], ADVICE[auth.kind]);
  }

  /**
   * Whose credentials they are; counts the failures.
   *
   * @throws {RefusedError} if they are wrong, or there were too many wrong ones.
   */
  async verify(c: AppContext, credentials: Credentials): Promise<Identity> {
    const { auth } = this.#options;
    const remote = remoteOf(c);
    const wait = this.#attempts.wait(remote);
    const identity = wait > 0 && auth.guessable ? undefined : await auth.verify(credentials);
    if (identity !== undefined) return identity;
    if (wait > 0) throw tooManyTries(wait);
    this.#attempts.failed(remote);
    const named = "name" in credentials;
    const what = auth.kind === "password" ? "name or password" : "token";
    const why = `the ${what} is wrong.`;
    this.audit.failed(named ? "password" : "token", remote, "wrong", why);
    throw new RefusedError(401, "wrong-token", `The ${what} is wrong.`);
  }

  #invited(credentials: Credentials): Identity | undefined {
    return "token" in credentials
      ? this.#options.invitations?.verify(credentials.token)
      : undefined;
  }
}

/** The token of the `Authorization` header (RFC 6750 §2.1). */
export function bearerOf(c: AppContext): string | undefined {
  return /^Bearer +(\S.*)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

export function tooManyTries(wait: number): RefusedError {
  return new RefusedError(
    429,
    "too-many-tries",
    `There were too many wrong tries. Try again in ${wait} s.`,
    wait,
  );
}

/** What the page is to ask for. */
const NOT_SIGNED_IN = {
  token: "not-signed-in",
  none: "not-signed-in",
  password: "password-wanted",
  proxy: "proxy-wanted",
  oidc: "oidc-wanted",
} as const;

const ADVICE = {
  token: "Sign in first: open the URL that Skerry printed when it started, or enter its token.",
  none: "Sign in first.",
  password: "Sign in first, with a name and its password.",
  proxy: "Sign in at the proxy in front of this server first, and come by its address.",
  oidc: "Sign in first: open the page, which sends you to where you sign in.",
} as const;
