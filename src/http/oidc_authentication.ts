import type { Authentication } from "./auth.ts";
import type { Identity } from "./identity.ts";
import type { OidcClaims, OidcProvider } from "./oidc_provider.ts";

export interface OidcAuthenticationOptions {
  readonly provider: OidcProvider;
  /** The claim that has the user's name. */
  readonly userClaim: string;
  /** The claim that has the user's groups, a list of names or one. */
  readonly groupsClaim: string;
  /** Users that are let in; `*` stands for all. */
  readonly users: readonly string[];
  /** Groups whose members are let in. */
  readonly groups: readonly string[];
}

/** Lets in those whom an OpenID Connect provider has signed in, and who are on the list. */
export class OidcAuthentication implements Authentication {
  readonly kind = "oidc";
  readonly anonymous = undefined;
  readonly guessable = false;
  readonly provider: OidcProvider;
  /** What has to be known of somebody to decide. */
  readonly wanted: readonly string[];
  readonly #options: OidcAuthenticationOptions;

  constructor(options: OidcAuthenticationOptions) {
    this.provider = options.provider;
    this.#options = options;
    this.wanted = [options.userClaim, ...options.groups.length > 0 ? [options.groupsClaim] : []];
  }

  /** Nothing that a form could bring counts. */
  verify(): undefined {
    return undefined;
  }

  /** The name by which the provider's user is known here; undefined if there is none to go by. */
  nameOf(claims: OidcClaims): string | undefined {
    const { userClaim } = this.#options;
    const name = claims[userClaim];
    // Some providers let their users enter any address.
    if (userClaim === "email" && claims["email_verified"] !== true) return undefined;
    return typeof name === "string" && /^\P{Cc}{1,256}$/u.test(name) ? name : undefined;
  }

  /** Who this is, if he is let in. */
  admit(claims: OidcClaims): Identity | undefined {
    const name = this.nameOf(claims);
    if (name === undefined) return undefined;
    const { groups, groupsClaim, users } = this.#options;
    const listed = claims[groupsClaim];
    const memberOf: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
    const admitted = users.includes("*") || users.includes(name) ||
      groups.some((group) => memberOf.includes(group));
    return admitted ? { name, role: "control" } : undefined;
  }
}
