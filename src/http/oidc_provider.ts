/**
 * An OpenID Connect provider, seen from a client of it (OpenID Connect Core 1.0 §3.1, with PKCE of RFC
 * 7636).
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import * as oauth from "oauth4webapi";

const log = getLogger(["skerry", "http", "oidc"]);

export interface OidcProviderOptions {
  /** As the provider names itself; its configuration is found from here. */
  readonly issuer: URL;
  /** What the provider knows Skerry by. */
  readonly clientId: string;
  /** Without one, Skerry is a public client, which PKCE alone protects. */
  readonly clientSecret?: string | undefined;
  /** What to ask for, with spaces between; `openid` is among it. */
  readonly scope: string;
}

/** What a browser is sent to the provider with, to be told from others when it comes back. */
export interface OidcRequest {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's `code_verifier`. */
  readonly verifier: string;
  /** Where the provider is to send the browser back to. */
  readonly redirectUri: string;
}

/** What the provider says of somebody. */
export type OidcClaims = Readonly<Record<string, unknown>>;

/** Why nobody was signed in, as a word for the page: the provider cannot be reached, or says no, or
 * what it says does not hold. */
export type OidcFailure = "unreachable" | "denied" | "failed";

export class OidcError extends Error {
  override name = "OidcError";

  constructor(readonly failure: OidcFailure, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Milliseconds for each answer of the provider. */
const PATIENCE = 10_000;
/** Milliseconds after which the provider's configuration is asked for again. */
const CONFIGURATION_LIFETIME = 3600_000;
/** Milliseconds after a failure in which the provider is left alone: strangers can make us ask. */
const PAUSE = 2000;
/** Seconds that the provider's clock may differ from ours. */
const CLOCK_TOLERANCE = 30;

export class OidcProvider {
  readonly #options: OidcProviderOptions;
  readonly #client: oauth.Client;
  readonly #insecure: boolean;
  #configuration:
    | { readonly until: number; readonly server: Promise<oauth.AuthorizationServer> }
    | undefined;

  constructor(options: OidcProviderOptions) {
    this.#options = options;
    this.#client = { client_id: options.clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE };
    // The settings take it for loopback only.
    this.#insecure = options.issuer.protocol === "http:";
  }

  get issuer(): URL {
    return this.#options.issuer;
  }

  /** @throws {OidcError} if the provider's configuration cannot be had. */
  async check(): Promise<void> {
    await this.#discover();
  }

  /** Values for one way there and back. */
  request(redirectUri: string): OidcRequest {
    return {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
      redirectUri,
    };
  }

  /**
   * @returns Where to send the browser.
   * @throws {OidcError} if the provider's configuration cannot be had.
   */
  async authorizationUrl({ nonce, redirectUri, state, verifier }: OidcRequest): Promise<URL> {
    const { authorization_endpoint: endpoint } = await this.#discover();
    const url = endpoint === undefined ? null : URL.parse(endpoint);
    if (url === null) {
      throw new OidcError("failed", `${this.#name} names no authorization_endpoint.`);
    }
    const parameters = {
      response_type: "code",
      client_id: this.#options.clientId,
      redirect_uri: redirectUri,
      scope: this.#options.scope,
      state,
      nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  /**
   * Looks at what the browser brought back, and trades it for what the provider says of who is there.
   *
   * @param answer The parameters of the browser's request.
   * @param request What it was sent there with.
   * @param wanted Claims that the provider is asked for if its ID token has them not.
   * @throws {OidcError} if the provider denies it or cannot be reached, or if the answer or the ID token
   * is not to be trusted.
   */
  async claims(
    answer: URLSearchParams,
    request: OidcRequest,
    wanted: readonly string[],
  ): Promise<OidcClaims> {
    const server = await this.#discover();
    try {
      const parameters = oauth.validateAuthResponse(server, this.#client, answer, request.state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        this.#client,
        this.#authentication(server),
        parameters,
        request.redirectUri,
        request.verifier,
        this.#requestOptions(),
      );
      const tokens = await oauth.processAuthorizationCodeResponse(server, this.#client, response, {
        expectedNonce: request.nonce,
        requireIdToken: true,
      });
      // TLS may end at a proxy in between: the signature is what says that the provider wrote it.
      await oauth.validateApplicationLevelSignature(server, response, this.#requestOptions());
      const claims = oauth.getValidatedIdTokenClaims(tokens)!;
      if (
        server.userinfo_endpoint === undefined || wanted.every((name) => claims[name] !== undefined)
      ) {
        return claims;
      }
      return { ...await this.#userInfo(server, claims.sub, tokens.access_token), ...claims };
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async #userInfo(
    server: oauth.AuthorizationServer,
    subject: string,
    accessToken: string,
  ): Promise<OidcClaims> {
    const response = await oauth.userInfoRequest(
      server,
      this.#client,
      accessToken,
      this.#requestOptions(),
    );
    return await oauth.processUserInfoResponse(server, this.#client, subject, response);
  }

  #authentication(server: oauth.AuthorizationServer): oauth.ClientAuth {
    const { clientSecret } = this.#options;
    if (clientSecret === undefined) return oauth.None();
    const methods = server.token_endpoint_auth_methods_supported;
    // Basic is what goes without saying (OpenID Connect Discovery 1.0 §3).
    return methods === undefined || methods.includes("client_secret_basic")
      ? oauth.ClientSecretBasic(clientSecret)
      : oauth.ClientSecretPost(clientSecret);
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    const now = performance.now();
    if (this.#configuration === undefined || this.#configuration.until <= now) {
      const server = this.#askForConfiguration();
      const configuration = { until: now + CONFIGURATION_LIFETIME, server };
      this.#configuration = configuration;
      server.catch(() => {
        if (this.#configuration !== configuration) return;
        this.#configuration = { until: performance.now() + PAUSE, server };
      });
    }
    return await this.#configuration.server;
  }

  async #askForConfiguration(): Promise<oauth.AuthorizationServer> {
    const { issuer } = this.#options;
    try {
      const response = await oauth.discoveryRequest(issuer, this.#requestOptions());
      return await oauth.processDiscoveryResponse(issuer, response);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #requestOptions() {
    return {
      [oauth.allowInsecureRequests]: this.#insecure,
      signal: () => AbortSignal.timeout(PATIENCE),
    };
  }

  get #name(): string {
    return `The OIDC provider "${this.issuer.href}"`;
  }

  #explain(error: unknown): OidcError {
    if (error instanceof OidcError) return error;
    const cause = error instanceof Error ? error : new Error(String(error));
    const options = { cause };
    if (error instanceof oauth.AuthorizationResponseError) {
      // The browser brings it: of what it may say, only the word is looked at (RFC 6749 §4.1.2.1).
      const text = /^[a-z_]{1,40}$/.test(error.error) ? error.error : "an error of no name";
      return new OidcError(
        error.error === "access_denied" ? "denied" : "failed",
        `${this.#name} signed nobody in: ${text}`,
        options,
      );
    }
    if (error instanceof oauth.ResponseBodyError) {
      const text = visible(error.error_description ?? error.error);
      return new OidcError(
        "failed",
        `${this.#name} refused the code: ${text}. ` +
          "If that is about the client, look at --oidc-client-id and --oidc-client-secret-file.",
        options,
      );
    }
    if (cause.name === "TimeoutError" || cause.name === "AbortError" || isNetworkError(error)) {
      return new OidcError(
        "unreachable",
        `${this.#name} cannot be reached: ${cause.message}`,
        options,
      );
    }
    log.debug("What {provider} said does not hold: {error}", {
      provider: this.issuer.href,
      error: cause,
    });
    return new OidcError(
      "failed",
      `What ${this.#name.replace("The", "the")} said does not hold: ${cause.message}`,
      options,
    );
  }
}

/** What others have written, fit for a log. */
function visible(text: string): string {
  return text.slice(0, 256).replace(/\p{Cc}/gu, " ");
}

/** `fetch` rejects with a TypeError when the network does; the library's own have a code. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError && !("code" in error && typeof error.code === "string" &&
    error.code.startsWith("ERR_"));
}
