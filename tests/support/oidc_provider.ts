/**
 * A small OpenID Connect provider on loopback, with keys, codes and PKCE of its own: what Skerry is
 * a client of.
 *
 * @module
 */
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const CLIENT_ID = "skerry";
const CLIENT_SECRET = "a secret of the client's";

/** How an ID token is to be other than it should be. */
export interface Flaw {
  /** Signed with a key that the provider does not publish. */
  readonly foreignKey?: boolean;
  readonly audience?: string;
  readonly issuer?: string;
  readonly nonce?: string;
  /** Seconds that its end lies in the past. */
  readonly expiredFor?: number;
}

interface Code {
  readonly nonce: string | null;
  readonly challenge: string | null;
  readonly redirectUri: string | null;
}

export class TestOidcProvider implements AsyncDisposable {
  readonly clientId = CLIENT_ID;
  readonly clientSecret = CLIENT_SECRET;
  /** Of who signs in; `sub` is always there. */
  claims: Record<string, unknown> = { preferred_username: "ada" };
  /** What only the userinfo endpoint says. */
  userInfo: Record<string, unknown> | undefined;
  flaw: Flaw = {};
  /** What it answers instead of a code. */
  error: string | undefined;
  /** How often a code was brought to it. */
  exchanges = 0;
  readonly #codes = new Map<string, Code>();
  readonly #keys: { readonly own: CryptoKeyPair; readonly foreign: CryptoKeyPair };
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(keys: { own: CryptoKeyPair; foreign: CryptoKeyPair }) {
    this.#keys = keys;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  static async start(): Promise<TestOidcProvider> {
    const own = await generateKeyPair("RS256", { extractable: true });
    return new TestOidcProvider({ own, foreign: await generateKeyPair("RS256") });
  }

  get issuer(): URL {
    return new URL(`http://127.0.0.1:${this.#server.addr.port}/realms/lab`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const here = this.issuer.href;
    switch (url.pathname.replace(this.issuer.pathname, "")) {
      case "/.well-known/openid-configuration":
        return Response.json({
          issuer: here,
          authorization_endpoint: `${here}/authorize?kind=code`,
          token_endpoint: `${here}/token`,
          jwks_uri: `${here}/keys`,
          ...this.userInfo === undefined ? {} : { userinfo_endpoint: `${here}/userinfo` },
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
        });
      case "/keys": {
        const key = await exportJWK(this.#keys.own.publicKey);
        return Response.json({ keys: [{ ...key, kid: "1", alg: "RS256", use: "sig" }] });
      }
      case "/authorize":
        return this.#authorize(url.searchParams);
      case "/token":
        return await this.#token(request);
      case "/userinfo":
        return Response.json({ sub: "4711", ...this.userInfo });
      default:
        return new Response(null, { status: 404 });
    }
  }

  /** Somebody comes to sign in, and is shown a link to do so. */
  #authorize(query: URLSearchParams): Response {
    const back = new URL(query.get("redirect_uri")!);
    back.searchParams.set("state", query.get("state") ?? "");
    if (this.error !== undefined) back.searchParams.set("error", this.error);
    else back.searchParams.set("code", this.#newCode(query));
    const wrong = query.get("response_type") !== "code" || query.get("client_id") !== CLIENT_ID ||
      query.get("code_challenge_method") !== "S256" || query.get("kind") !== "code";
    if (wrong) return new Response("What is this?", { status: 400 });
    const target = back.href.replaceAll("&", "&amp;");
    return new Response(`<!doctype html><title>Provider</title><a href="${target}">I am Ada</a>`, {
      headers: { "content-type": "text/html; charset=utf-8", "x-back": back.href },
    });
  }

  #newCode(query: URLSearchParams): string {
    const code = crypto.randomUUID();
    this.#codes.set(code, {
      nonce: query.get("nonce"),
      challenge: query.get("code_challenge"),
      redirectUri: query.get("redirect_uri"),
    });
    return code;
  }

  async #token(request: Request): Promise<Response> {
    this.exchanges++;
    const form = new URLSearchParams(await request.text());
    // RFC 6749 §2.3.1: both are encoded as in forms first.
    const form64 = (text: string) =>
      encodeURIComponent(text).replaceAll("%20", "+").replaceAll("'", "%27");
    const basic = `Basic ${btoa(`${form64(CLIENT_ID)}:${form64(CLIENT_SECRET)}`)}`;
    if (request.headers.get("authorization") !== basic) {
      return Response.json({ error: "invalid_client" }, { status: 401 });
    }
    const code = this.#codes.get(form.get("code") ?? "");
    this.#codes.delete(form.get("code") ?? "");
    const verifier = new TextEncoder().encode(form.get("code_verifier") ?? "");
    const challenge = new Uint8Array(await crypto.subtle.digest("SHA-256", verifier))
      .toBase64({ alphabet: "base64url", omitPadding: true });
    if (
      code === undefined || code.challenge !== challenge ||
      code.redirectUri !== form.get("redirect_uri")
    ) return Response.json({ error: "invalid_grant" }, { status: 400 });
    return Response.json({
      access_token: crypto.randomUUID(),
      token_type: "Bearer",
      id_token: await this.#idToken(code),
    });
  }

  async #idToken({ nonce }: Code): Promise<string> {
    const { audience, expiredFor, foreignKey, issuer, nonce: otherNonce } = this.flaw;
    const now = Math.floor(Date.now() / 1000);
    return await new SignJWT({ nonce: otherNonce ?? nonce, ...this.claims })
      .setProtectedHeader({ alg: "RS256", kid: "1" })
      .setIssuer(issuer ?? this.issuer.href)
      .setSubject("4711")
      .setAudience(audience ?? CLIENT_ID)
      .setIssuedAt(now - (expiredFor ?? 0) - 60)
      .setExpirationTime(expiredFor === undefined ? now + 60 : now - expiredFor)
      .sign(foreignKey ? this.#keys.foreign.privateKey : this.#keys.own.privateKey);
  }
}
