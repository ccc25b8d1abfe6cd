/**
 * Ways to sign in. The app asks only this interface, so that a way more is a class more.
 *
 * @module
 */
import type { Identity } from "./identity.ts";
import { OidcAuthentication } from "./oidc_authentication.ts";
import { OidcProvider, type OidcProviderOptions } from "./oidc_provider.ts";
import type { Passwords } from "./passwords.ts";
import type { Peer } from "./proxies.ts";
import { randomSecret, sameSecret } from "./secrets.ts";

/** What a login form or an `Authorization` header brings. */
export type Credentials = { readonly token: string } | {
  readonly name: string;
  readonly password: string;
};

export interface Authentication {
  readonly kind: "token" | "password" | "proxy" | "oidc" | "none";
  /**
   * Whether tries are to be counted and the right credentials refused too once there were too many.
   * Where guessing is hopeless, that would only let strangers lock the owner out.
   */
  readonly guessable: boolean;
  /** Who the credentials stand for; undefined if they are wrong. */
  verify(credentials: Credentials): Identity | undefined | Promise<Identity | undefined>;
  /** Who a request is from by what comes with it; undefined if nothing says so. */
  recognize?(headers: Headers, peer: Peer): Identity | undefined;
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

  verify(credentials: Credentials): Identity | undefined {
    if (!("token" in credentials)) return undefined;
    return sameSecret(credentials.token, this.token)
      ? { name: "token", role: "control" }
      : undefined;
  }
}

/** Lets in those who are in a file, each by a password of their own. */
export class PasswordAuthentication implements Authentication {
  readonly kind = "password";
  readonly anonymous = undefined;
  readonly guessable = true;
  readonly #passwords: Passwords;

  constructor(passwords: Passwords) {
    this.#passwords = passwords;
  }

  async verify(credentials: Credentials): Promise<Identity | undefined> {
    if (!("password" in credentials)) return undefined;
    return await this.#passwords.verify(credentials.name, credentials.password);
  }
}

/** Lets in those whom a trusted proxy has signed in, and names in a header. */
export class ProxyAuthentication implements Authentication {
  readonly kind = "proxy";
  readonly anonymous = undefined;
  readonly guessable = false;
  readonly #header: string;
  readonly #users: ReadonlySet<string>;

  /**
   * @param header Has the user's name; from anybody but a trusted proxy it counts for nothing.
   * @param users Those who are let in; all of the proxy's if there are none.
   */
  constructor(header: string, users: readonly string[]) {
    this.#header = header;
    this.#users = new Set(users);
  }

  verify(): undefined {
    return undefined;
  }

  recognize(headers: Headers, { proxied }: Peer): Identity | undefined {
    const name = headers.get(this.#header)?.trim() ?? "";
    if (!proxied || name === "" || name.length > 256) return undefined;
    const admitted = this.#users.size === 0 || this.#users.has("*") || this.#users.has(name);
    return admitted ? { name, role: "control" } : undefined;
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

/** What the settings say of signing in. */
export interface AuthenticationSettings {
  readonly auth: "token" | "password" | "proxy" | "oidc" | "none";
  readonly token?: string | undefined;
  /** With "password". */
  readonly passwords?: Passwords | undefined;
  /** With "proxy". */
  readonly userHeader?: string;
  /** With "proxy" and "oidc". */
  readonly users?: readonly string[];
  /** With "oidc". */
  readonly oidc?: OidcSettings | undefined;
}

/** What the settings say of an OpenID Connect provider. */
export interface OidcSettings extends OidcProviderOptions {
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly groups: readonly string[];
}

/** The way to sign in that the settings ask for. */
export function createAuthentication(
  { auth, oidc, passwords, token, userHeader = "X-Remote-User", users = [] }:
    AuthenticationSettings,
):
  | TokenAuthentication
  | PasswordAuthentication
  | ProxyAuthentication
  | OidcAuthentication
  | NoAuthentication {
  switch (auth) {
    case "none":
      return new NoAuthentication();
    case "proxy":
      return new ProxyAuthentication(userHeader, users);
    case "password":
      if (passwords === undefined) throw new TypeError("There is no password file");
      return new PasswordAuthentication(passwords);
    case "oidc":
      if (oidc === undefined) throw new TypeError("There is no OIDC provider");
      return new OidcAuthentication({ ...oidc, provider: new OidcProvider(oidc), users });
    case "token":
      return new TokenAuthentication(token);
  }
}
