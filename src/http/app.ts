/**
 * The HTTP application: the web client, signing in, tickets, the WebSocket upgrade and health.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { Hono } from "hono";
import * as v from "valibot";
import { VERSION } from "../version.ts";
import type { Attempts } from "./attempts.ts";
import type { Audit } from "./audit.ts";
import type { Authentication } from "./auth.ts";
import { Authenticator } from "./authenticator.ts";
import { readJson } from "./body.ts";
import type { ClientFiles } from "./client_files.ts";
import type { ConnectionLimits } from "./connection_limits.ts";
import {
  type AppContext,
  type Bindings,
  hostOf,
  peerOf,
  remoteOf,
  SignInCookie,
} from "./context.ts";
import { errorBody, RefusedError } from "./errors.ts";
import type { Invitations } from "./invitations.ts";
import { isOwnHost, isSameOrigin } from "./origin.ts";
import { addMonitoring, type Health, type MetricsSource } from "./monitoring.ts";
import { OidcAuthentication } from "./oidc_authentication.ts";
import { addOidcRoutes } from "./oidc_routes.ts";
import { PagePath } from "./page_path.ts";
import { TrustedProxies } from "./proxies.ts";
import { securityHeaders } from "./security_headers.ts";
import { randomSecret } from "./secrets.ts";
import { SignIns } from "./sign_ins.ts";
import { Tickets } from "./tickets.ts";
import { type UpgradeOptions, type ViewerGrant, ViewerSockets } from "./upgrade.ts";
import { originOf, type Resolve, seenFrom, type WebTransportPlace } from "./webtransport_place.ts";

export interface AppOptions extends Partial<Omit<UpgradeOptions, "onViewer">> {
  readonly client: ClientFiles;
  readonly auth: Authentication;
  readonly onViewer: UpgradeOptions["onViewer"];
  /** Called when a page says that it is being left, with what the tickets of its viewer were issued for. */
  readonly onLeave?: (grant: ViewerGrant, maybe: boolean) => void;
  readonly health: () => Health;
  /** Whether to offer the WebSocket; it is offered if not said otherwise. */
  readonly websocket?: boolean;
  /** Where WebTransport is to be had now; undefined while it is not. */
  readonly webtransport?: () => WebTransportPlace | undefined;
  /** How to find the addresses of a name; by default as the system does. */
  readonly resolve?: Resolve;
  /** Path of the page, for example `/desk/ada`; the root by default. */
  readonly basePath?: string;
  /** Who is believed what it says of the requests that it passes on; nobody by default. */
  readonly proxies?: TrustedProxies;
  /** Names of this server beside its IP addresses and localhost; they count without sign-in only. */
  readonly hostNames?: readonly string[];
  readonly signIns?: SignIns;
  /** Links by which others come in, too; by default there are none. */
  readonly invitations?: Invitations | undefined;
  readonly attempts?: Attempts;
  readonly audit?: Audit;
  /** Is told of each request, to end connections that have none. */
  readonly limits?: ConnectionLimits;
  /** What `GET metrics` says; without one, there is no such address. */
  readonly metrics?: MetricsSource;
  /** Opens the metrics and nothing else. */
  readonly metricsToken?: string | undefined;
}

/** The answer to `POST api/session`. Paths are relative to the page. */
export interface SessionAnswer {
  readonly version: string;
  /** Names the viewer that the tickets are for, to ask for more transports of its; a secret. */
  readonly viewer: string;
  /** The network that the page is in, as seen from here; something else after it has moved. */
  readonly network: string;
  readonly transports: readonly string[];
  readonly websocket?: { readonly path: string };
  readonly webtransport?: {
    /** Without it, the page's own. */
    readonly hostname?: string;
    readonly port: number;
    /** From the root of that server. */
    readonly path: string;
    /** Base64. */
    readonly certificateHashes: readonly string[];
  };
  /** Milliseconds for which the ticket in the path can be used, once. */
  readonly ticketLifetime: number;
}

/** What names a viewer. */
const ViewerSecret = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{32,64}$/));

/** A page that has a viewer already says so; one that asks for the first time may say nothing. */
const SessionBody = v.object({
  /** What the first answer gave. */
  viewer: v.optional(ViewerSecret),
  /** Whether the transports are of no use but to that viewer. */
  standby: v.optional(v.boolean(), false),
});

const LeaveBody = v.object({ viewer: ViewerSecret, maybe: v.optional(v.boolean(), false) });

const LoginBody = v.union([
  v.object({ token: v.pipe(v.string(), v.maxLength(512)), path: v.optional(PagePath) }),
  v.object({
    name: v.pipe(v.string(), v.maxLength(64)),
    password: v.pipe(v.string(), v.maxLength(512)),
    path: v.optional(PagePath),
  }),
]);

/**
 * Creates the application. It needs no socket but for the upgrade: tests ask it by `app.request()`.
 *
 * @example
 * ```ts ignore
 * const app = createApp({ client, auth, onViewer: (socket) => session.add(socket), health });
 * Deno.serve((request, info) => app.fetch(request, info));
 * ```
 */
export function createApp(options: AppOptions): Hono<{ Bindings: Bindings }> {
  const {
    auth,
    client,
    hostNames = [],
    proxies = new TrustedProxies(),
    signIns = new SignIns(),
  } = options;
  const log = getLogger(["skerry", "http"]);
  const basePath = normalizeBasePath(options.basePath);
  const cookie = new SignInCookie(`${basePath}/`);
  const door = new Authenticator({ ...options, cookie, signIns });
  const tickets = options.tickets ?? new Tickets<ViewerGrant>();
  const sockets = new ViewerSockets({ ...options, audit: door.audit, tickets });

  const root = new Hono<{ Bindings: Bindings }>();
  root.onError((error, c) => {
    if (error instanceof RefusedError) {
      log.debug("{method} {path} of {remote} is refused: {message}", {
        method: c.req.method,
        path: c.req.path,
        remote: remoteOf(c),
        message: error.message,
      });
      if (error.retryAfter !== undefined) c.header("retry-after", String(error.retryAfter));
      return c.json(errorBody(error.code, error.message), error.status);
    }
    log.error("{method} {path} failed: {error}", { method: c.req.method, path: c.req.path, error });
    return c.json(
      errorBody("internal", "Something went wrong on the server; its log has it."),
      500,
    );
  });
  root.notFound((c) => c.json(errorBody("not-found", "There is nothing at this address."), 404));

  root.use(async (c, next) => {
    c.env.peer = proxies.peerOf(c.req.raw, c.env.remoteAddr);
    if (!URL.canParse(c.req.url)) {
      throw new RefusedError(400, "bad-host", "The request does not say which host it is for.");
    }
    const over = options.limits?.begin(c.env.remoteAddr);
    await next();
    over?.();
  });
  // The upgrade's response cannot be given headers, and comes before the middleware that gives them.
  root.get(`${basePath}/api/websocket`, (c) => {
    checkHost(c);
    return sockets.upgrade(c);
  });
  root.use(securityHeaders({
    connectTo: (c) => {
      const place = placeFor(c);
      return place && originOf(place, hostOf(c));
    },
  }));
  addMonitoring(root, basePath, {
    ...options,
    door,
    checkHost,
    open: () => sockets.hasRoom,
  });

  const api = root.basePath(`${basePath}/api`);
  api.use(async (c, next) => {
    checkHost(c);
    c.header("cache-control", "no-store");
    await next();
  });
  api.post("/login", async (c) => {
    checkOrigin(c);
    const { path, ...credentials } = await readJson(c, LoginBody);
    const identity = await door.signIn(c, credentials);
    door.remember(c, identity, path);
    return c.json({ name: identity.name, role: identity.role });
  });
  api.post("/logout", (c) => {
    checkOrigin(c);
    door.signOut(c);
    return c.json({});
  });
  if (auth instanceof OidcAuthentication) {
    addOidcRoutes(api, {
      auth,
      basePath,
      wait: (c) => door.wait(c),
      signedIn(c, identity, path) {
        door.audit.signedIn(identity.name, "oidc", remoteOf(c));
        door.remember(c, identity, path);
      },
      failed(c, failure, why) {
        // Only these cost the provider something.
        if (failure === "failed") door.count(c);
        door.audit.failed("oidc", remoteOf(c), failure, why);
      },
    });
  }
  api.post("/session", async (c) => {
    checkOrigin(c);
    const identified = await door.identify(c);
    const { viewer = randomSecret(), standby } = await readJson(c, SessionBody, {});
    const grant: ViewerGrant = { ...identified, viewer, standby };
    const offered = placeFor(c);
    const asker = { host: hostOf(c), remote: remoteOf(c) };
    const place = offered && await seenFrom(offered, asker, options.resolve);
    const { websocket = true } = options;
    return c.json(
      {
        version: VERSION,
        viewer,
        network: remoteOf(c),
        transports: [...place ? ["webtransport"] : [], ...websocket ? ["websocket"] : []],
        ticketLifetime: tickets.lifetime,
        ...place ? { webtransport: webtransportAnswer(place, tickets.issue(grant)) } : {},
        ...websocket ? { websocket: { path: `api/websocket?ticket=${tickets.issue(grant)}` } } : {},
      } satisfies SessionAnswer,
    );
  });
  api.post("/leave", async (c) => {
    checkOrigin(c);
    const identified = await door.identify(c);
    const { maybe, viewer } = await readJson(c, LeaveBody);
    options.onLeave?.({ ...identified, viewer, standby: true }, maybe);
    return c.json({});
  });

  // Relative URLs of the page need the slash.
  if (basePath !== "") {
    root.get(basePath, (c) => c.redirect(`${basePath}/${new URL(c.req.url).search}`, 308));
  }
  root.get(`${basePath}/*`, (c) => {
    const path = decodePath(new URL(c.req.url).pathname.slice(basePath.length + 1));
    return client.respond(path, c.req.raw.headers) ?? c.notFound();
  });
  return root;

  /** Where this page may find WebTransport: behind a proxy, only where we were told. */
  function placeFor(c: AppContext): WebTransportPlace | undefined {
    const place = options.webtransport?.();
    return place?.hostname === undefined && peerOf(c).proxied ? undefined : place;
  }

  function checkHost(c: AppContext): void {
    const host = hostOf(c);
    if (auth.anonymous === undefined || isOwnHost(host, hostNames)) return;
    throw new RefusedError(
      421,
      "wrong-host",
      `Without sign-in this server answers to IP addresses and localhost, not to "${
        host.slice(0, 256)
      }".`,
    );
  }

  function checkOrigin(c: AppContext): void {
    const origin = c.req.header("origin");
    if (origin === undefined || isSameOrigin(origin, hostOf(c))) return;
    throw new RefusedError(
      403,
      "wrong-origin",
      `A page of "${origin.slice(0, 256)}" may not use this server.`,
    );
  }
}

function webtransportAnswer(place: WebTransportPlace, ticket: string) {
  const { hostname, port, hashes } = place;
  return {
    ...hostname === undefined ? {} : { hostname },
    port,
    path: `/api/webtransport?ticket=${ticket}`,
    certificateHashes: hashes.map((hash) => hash.toBase64()),
  };
}

/** `/desk/ada/` → `/desk/ada`; the root → the empty string. */
function normalizeBasePath(path = "/"): string {
  const trimmed = path.replace(/^\/+|\/+$/g, "");
  return trimmed === "" ? "" : `/${trimmed}`;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
