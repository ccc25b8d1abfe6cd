import assert from "node:assert/strict";
import { type AppOptions, createApp } from "../../src/http/app.ts";
import { Attempts } from "../../src/http/attempts.ts";
import { createAuthentication, type OidcSettings } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { TrustedProxies } from "../../src/http/proxies.ts";
import { TestOidcProvider } from "../support/oidc_provider.ts";

interface SiteOptions extends Partial<AppOptions> {
  readonly oidc?: Partial<OidcSettings>;
  readonly users?: readonly string[];
}

/** A server whose viewers sign in at the provider, and a browser with its cookies. */
async function siteOf(provider: TestOidcProvider, options: SiteOptions = {}) {
  const auth = createAuthentication({
    auth: "oidc",
    users: options.users ?? ["ada"],
    oidc: {
      issuer: provider.issuer,
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      scope: "openid profile",
      userClaim: "preferred_username",
      groupsClaim: "groups",
      groups: [],
      ...options.oidc,
    },
  });
  const app = createApp({
    client: await ClientFiles.of({ "index.html": new TextEncoder().encode("page") }),
    auth,
    onViewer: () => assert.fail("Nobody connects."),
    health: () => ({ healthy: true, state: "live", viewers: 0 }),
    ...options,
  });
  return {
    cookies: new Map<string, string>(),
    headers: {} as Record<string, string>,
    async get(path: string, method = "GET"): Promise<Response> {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { host: "127.0.0.1:8080", cookie, ...this.headers };
      const remoteAddr = { transport: "tcp", hostname: "192.0.2.1", port: 4242 } as const;
      const url = new URL(path, "http://127.0.0.1:8080");
      const response = await app.request(url.href, { method, headers }, { remoteAddr });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        if (value === "") this.cookies.delete(name!);
        else this.cookies.set(name!, value!);
      }
      await response.body?.cancel();
      return response;
    },
    /** Goes to the provider, and gives the address that it sends the browser back to. */
    async begin(path = "/api/oidc/login"): Promise<URL> {
      const response = await this.get(path);
      assert.equal(response.status, 303);
      const page = await fetch(response.headers.get("location")!);
      await page.body?.cancel();
      return new URL(page.headers.get("x-back")!);
    },
    /** Comes back, and gives where the page is and why nobody is signed in. */
    async finish(back: URL): Promise<string> {
      const response = await this.get(back.pathname + back.search);
      assert.equal(response.status, 303);
      return response.headers.get("location")!;
    },
    async signedIn(): Promise<boolean> {
      return (await this.get("/api/session", "POST")).status === 200;
    },
  };
}

Deno.test("signing in at an OIDC provider opens a session", async () => {
  await using provider = await TestOidcProvider.start();
  const site = await siteOf(provider);
  assert.equal(await site.signedIn(), false);
  const back = await site.begin("/api/oidc/login?path=/&query=%3Fdebug");
  assert.equal(back.origin + back.pathname, "http://127.0.0.1:8080/api/oidc/callback");
  assert.equal(await site.finish(back), "../../?debug");
  assert.equal(await site.signedIn(), true);
  // The way back is gone once.
  assert.deepEqual([...site.cookies.keys()], ["skerry-8080"]);
});

Deno.test("an ID token that does not hold signs nobody in", async () => {
  await using provider = await TestOidcProvider.start();
  const flaws = [
    { foreignKey: true },
    { audience: "another" },
    { issuer: "http://127.0.0.1:1/" },
    { nonce: "another" },
    { expiredFor: 120 },
  ];
  for (const flaw of flaws) {
    const site = await siteOf(provider);
    provider.flaw = flaw;
    assert.equal(await site.finish(await site.begin()), "../../#sign-in=failed");
    assert.equal(await site.signedIn(), false, JSON.stringify(flaw));
    // All but the flaw was right.
    provider.flaw = {};
    assert.equal(await site.finish(await site.begin()), "../../");
  }
});

Deno.test("a state opens the way back once, and only in the browser that it was made for", async () => {
  await using provider = await TestOidcProvider.start();
  const site = await siteOf(provider);
  const other = await siteOf(provider);
  const back = await site.begin();
  // Another's browser, with nothing, and with a way of its own.
  assert.equal(await other.finish(back), "../../#sign-in=expired");
  await other.begin();
  assert.equal(await other.finish(back), "../../#sign-in=expired");
  const kept = new Map(site.cookies);
  assert.equal(await site.finish(back), "../../");
  const { exchanges } = provider;
  site.cookies = kept;
  assert.equal(await site.finish(back), "../../#sign-in=expired");
  assert.equal(provider.exchanges, exchanges);
  // What was changed on the way is not ours any more.
  const forged = await site.begin();
  site.cookies = new Map(
    [...site.cookies].map(([name, value]) => [name, value.slice(0, -2) + "AA"]),
  );
  assert.equal(await site.finish(forged), "../../#sign-in=expired");
  const wrongState = await site.begin();
  wrongState.searchParams.set("state", "guessed");
  assert.equal(await site.finish(wrongState), "../../#sign-in=expired");
});

Deno.test("only those who are let in are, by name or group", async () => {
  await using provider = await TestOidcProvider.start();
  const finish = async (options: SiteOptions) => {
    const site = await siteOf(provider, options);
    return await site.finish(await site.begin());
  };
  const groups = { users: [], oidc: { groups: ["desk"] } };
  assert.equal(await finish({ users: ["grace"] }), "../../#sign-in=not-allowed");
  assert.equal(await finish({ users: ["*"] }), "../../");
  assert.equal(await finish(groups), "../../#sign-in=not-allowed");
  provider.claims = { preferred_username: "ada", groups: ["lab", "desk"] };
  assert.equal(await finish(groups), "../../");
  // What the ID token lacks, the userinfo endpoint has.
  provider.claims = { preferred_username: "ada" };
  provider.userInfo = { groups: ["desk"], preferred_username: "eve" };
  assert.equal(await finish(groups), "../../");
  assert.equal(
    await finish({ users: ["eve"], ...{ oidc: { groups: ["x"] } } }),
    "../../#sign-in=not-allowed",
  );
  // An address that nobody has verified is no name.
  const email = { users: ["ada@example"], oidc: { userClaim: "email" } };
  provider.userInfo = undefined;
  provider.claims = { email: "ada@example" };
  assert.equal(await finish(email), "../../#sign-in=not-allowed");
  provider.claims = { email: "ada@example", email_verified: true };
  assert.equal(await finish(email), "../../");
});

Deno.test("the provider's refusal, and its absence, are told apart", async () => {
  const provider = await TestOidcProvider.start();
  const site = await siteOf(provider);
  provider.error = "access_denied";
  assert.equal(await site.finish(await site.begin()), "../../#sign-in=denied");
  provider.error = undefined;
  const wrongSecret = await siteOf(provider, { oidc: { clientSecret: "wrong" } });
  assert.equal(await wrongSecret.finish(await wrongSecret.begin()), "../../#sign-in=failed");
  const late = await site.begin();
  await provider[Symbol.asyncDispose]();
  assert.equal(await site.finish(late), "../../#sign-in=unreachable");
  const unknown = await siteOf(provider);
  const gone = await unknown.get("/api/oidc/login");
  assert.equal(gone.headers.get("location"), "../../#sign-in=unreachable");
});

Deno.test("answers that do not hold are counted, so that nobody keeps the provider busy", async () => {
  await using provider = await TestOidcProvider.start();
  const attempts = new Attempts({ remote: { capacity: 2, rate: 0.001 } });
  const site = await siteOf(provider, { attempts });
  const ends: string[] = [];
  for (let count = 0; count < 3; count++) {
    const back = await site.begin();
    back.searchParams.set("code", "guessed");
    ends.push((await site.finish(back)).replace(/.*=/, ""));
  }
  assert.deepEqual(ends, ["failed", "failed", "too-many-tries"]);
  assert.equal(provider.exchanges, 2);
});

Deno.test("signing in at an OIDC provider works below a path and behind a trusted proxy", async () => {
  await using provider = await TestOidcProvider.start();
  const proxies = new TrustedProxies(["192.0.2.1"]);
  const site = await siteOf(provider, { basePath: "/desk", proxies });
  site.headers = {
    "x-forwarded-host": "hpc.example",
    "x-forwarded-proto": "https",
    "x-forwarded-prefix": "/node/7",
  };
  const back = await site.begin("/desk/api/oidc/login");
  assert.equal(
    back.origin + back.pathname,
    "https://hpc.example/node/7/desk/api/oidc/callback",
  );
  back.pathname = "/desk/api/oidc/callback";
  const response = await site.get(back.pathname + back.search);
  assert.equal(response.headers.get("location"), "../../");
  const set = response.headers.getSetCookie().find((line) => line.startsWith("skerry="))!;
  assert.match(set, /; Path=\/node\/7\/desk\/(;|$)/);
  assert.match(set, /; Secure/);
  assert.match(set, /; HttpOnly/);
  // Where the proxy does not say what it takes off, the page does.
  const seen = await site.begin("/desk/api/oidc/login?path=/rnode/7/desk/");
  assert.equal(seen.pathname, "/rnode/7/desk/api/oidc/callback");
  for (const path of ["/a;b/", "evil", "/x"]) {
    const refused = await site.get(`/desk/api/oidc/login?path=${encodeURIComponent(path)}`);
    assert.equal(refused.status, 400, path);
  }
});
