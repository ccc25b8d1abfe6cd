/**
 * What programs that watch over a server ask it: whether it lives, whether it is ready, and its figures.
 *
 * @module
 */
import type { Hono } from "hono";
import { VERSION } from "../version.ts";
import { type Authenticator, bearerOf, tooManyTries } from "./authenticator.ts";
import { type AppContext, type Bindings, remoteOf } from "./context.ts";
import { RefusedError } from "./errors.ts";
import { sameSecret } from "./secrets.ts";

/** What `GET healthz` says; it is public, so it says no more than whether things work. */
export interface Health {
  /** Whether a viewer that connects now would be served. */
  readonly healthy: boolean;
  /** The state of the session, for example `live`. */
  readonly state: string;
  readonly viewers: number;
}

/** Gives what `GET metrics` says. */
export type MetricsSource = () => Promise<{ readonly text: string; readonly contentType: string }>;

export interface MonitoringOptions {
  readonly door: Authenticator;
  readonly health: () => Health;
  /** Whether there is room for one more viewer, and the server is not about to stop. */
  readonly open: () => boolean;
  readonly metrics?: MetricsSource | undefined;
  /** Opens the metrics and nothing else; without one, only who is signed in and owns the session may. */
  readonly metricsToken?: string | undefined;
  /** @throws {RefusedError} if the request was sent to another host's name. */
  readonly checkHost: (c: AppContext) => void;
}

/** Adds `GET healthz`, `GET readyz` and `GET metrics`. */
export function addMonitoring(
  root: Hono<{ Bindings: Bindings }>,
  basePath: string,
  { checkHost, door, health, metrics, metricsToken, open }: MonitoringOptions,
): void {
  const startedAt = performance.now();
  const uncached = { "cache-control": "no-store" };

  root.get(`${basePath}/healthz`, (c) => {
    const { healthy, state, viewers } = health();
    return c.json(
      {
        status: healthy ? "ok" : "failing",
        state,
        viewers,
        version: VERSION,
        uptime: Math.round((performance.now() - startedAt) / 1000),
      },
      healthy ? 200 : 503,
      uncached,
    );
  });

  // Says less: it is asked often, by balancers, which want to know where to send somebody.
  root.get(`${basePath}/readyz`, (c) => {
    const { healthy, state } = health();
    const ready = healthy && open();
    const status = ready ? "ready" : healthy ? "full" : "not-ready";
    return c.json({ status, state }, ready ? 200 : 503, uncached);
  });

  if (metrics === undefined) return;
  root.get(`${basePath}/metrics`, async (c) => {
    checkHost(c);
    await admit(c);
    const { contentType, text } = await metrics();
    return c.body(text, 200, { ...uncached, "content-type": contentType });
  });

  async function admit(c: AppContext): Promise<void> {
    const token = bearerOf(c);
    if (metricsToken !== undefined && token !== undefined) {
      // The same bucket as of all that signs in: it must not be a second way to guess.
      const wait = door.wait(c);
      if (wait === 0 && sameSecret(token, metricsToken)) return;
      if (wait > 0) throw tooManyTries(wait);
    }
    const { identity } = await door.identify(c);
    if (identity.invitation === undefined) return;
    door.audit.failed("link", remoteOf(c), "metrics", "guests do not see the metrics.");
    throw new RefusedError(403, "owners-only", "Who came by a link does not see the metrics.");
  }
}
