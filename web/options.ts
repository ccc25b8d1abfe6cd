/**
 * What the page's address asks for.
 *
 * @module
 */

import { type WayName, WAYS } from "./worker/picture_way.ts";

/** What a message to the server holds. */
const MOST_MONITORS = 64;

/** Which transport the address forces; `auto` lets the page choose. */
export type ForcedTransport = "auto" | "websocket" | "webtransport";

/** Which decoder the address forces; `auto` lets the page choose. */
export type ForcedDecoder = "auto" | WayName;

export interface PageOptions {
  readonly transport: ForcedTransport;
  readonly decoder: ForcedDecoder;
  /** The monitor to be shown, from 1 on, or 0 for all of the screen; undefined for what suits. */
  readonly monitor: number | undefined;
  /** Whether to expose {@link ./debug.ts} to tests and to the console. */
  readonly debug: boolean;
  /** The access token of the fragment, which browsers do not send to servers. */
  readonly token: string | undefined;
  /** Why the way back from an identity provider signed nobody in, as a word. */
  readonly signInFailure: string | undefined;
}

/**
 * @param address The page's address.
 * @returns What it asks for; unknown parameters and values are ignored.
 */
export function parsePageOptions(address: string): PageOptions {
  const url = new URL(address);
  const transport = url.searchParams.get("transport");
  const decoder = url.searchParams.get("decoder");
  const fragment = new URLSearchParams(url.hash.slice(1));
  return {
    transport: transport === "websocket" || transport === "webtransport" ? transport : "auto",
    decoder: WAYS.find((name) => name === decoder) ?? "auto",
    monitor: parseMonitor(url.searchParams.get("monitor")),
    debug: url.searchParams.has("debug"),
    token: fragment.get("token") || undefined,
    signInFailure: fragment.get("sign-in") || undefined,
  };
}

/** @returns The address of a page like this one that shows another monitor. */
export function withMonitor(address: string, monitor: number): string {
  const url = new URL(withoutToken(address));
  url.searchParams.set("monitor", `${monitor}`);
  return url.href;
}

function parseMonitor(text: string | null): number | undefined {
  if (text === null || !/^\d{1,2}$/.test(text)) return undefined;
  const monitor = Number(text);
  return monitor <= MOST_MONITORS ? monitor : undefined;
}

/**
 * @returns The address without its token and what it says of a sign-in, for the address bar, the history
 * and bookmarks.
 */
export function withoutToken(address: string): string {
  const url = new URL(address);
  const fragment = new URLSearchParams(url.hash.slice(1));
  if (!fragment.has("token") && !fragment.has("sign-in")) return address;
  fragment.delete("token");
  fragment.delete("sign-in");
  url.hash = fragment.toString();
  return url.href;
}
