/**
 * Ways to sign in. The app asks only this interface, so that a way more is a class more.
 *
 * @module
 */
import type { Identity } from "./identity.ts";
import { randomSecret, sameSecret } from "./secrets.ts";

/** What a login form or an `Authorization` header brings. */
export interface Credentials {
  readonly token: string;
}

export interface Authentication {
  readonly kind: "token" | "none";
  /**
   * Whether tries are to be counted and the right credentials refused too once there were too many.
   * Where guessing is hopeless, that would only let strangers lock the owner out.
   */
  readonly guessable: boolean;
  /** Who the credentials stand for; undefined if they are wrong. */
  verify(credentials: Credentials): Identity | undefined;
  /** Who everybody is that brings no credentials; undefined if nobody gets in that way. */
  readonly anonymous: Identity | undefined;
}

/** Lets in whoever knows one token. */
export class TokenAuthentication implements Authentication {
  readonly kind = "token";
  readonly anonymous = undefined;
  readonly guessable: boolean;
  /** The secret; it belongs into the printed URL and nowhere else. */
  readonly token: string;

  /** @param token The secret; without one a random one is made. */
  constructor(token?: string) {
    if (token === "") throw new TypeError("The token is empty.");
    this.guessable = token !== undefined;
    this.token = token ?? randomSecret();
  }

  verify({ token }: Credentials): Identity | undefined {
    return sameSecret(token, this.token) ? { name: "token", role: "control" } : undefined;
  }
}

/** Lets in everybody. */
export class NoAuthentication implements Authentication {
  readonly kind = "none";
  readonly guessable = false;
  readonly anonymous: Identity = { name: "anonymous", role: "control" };

  verify(): Identity {
    return this.anonymous;
  }
}

/** The way to sign in that the settings ask for. */
export function createAuthentication(
  { auth, token }: { readonly auth: "token" | "none"; readonly token?: string | undefined },
): TokenAuthentication | NoAuthentication {
  return auth === "none" ? new NoAuthentication() : new TokenAuthentication(token);
}
