/**
 * Where a page is to look for a WebTransport server. A browser tries the other addresses of a name when
 * one does not answer, but not for WebTransport: it takes the first, which may be of a family that the
 * server does not listen on. A certificate that is pinned is good for any name, so the page can be told
 * an address.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** Where a page finds a WebTransport server. */
export interface WebTransportPlace {
  /** A host name or IP address; undefined for the one that the page itself came from. */
  readonly hostname?: string | undefined;
  /** The IP address that the server has bound. */
  readonly address?: string | undefined;
  /** UDP. */
  readonly port: number;
  /** SHA-256 of the certificates to pin; empty if browsers trust the server's by its authority. */
  readonly hashes: readonly Uint8Array<ArrayBuffer>[];
}

/** Finds the IP addresses of a name. */
export type Resolve = (name: string, family: 4 | 6) => Promise<readonly string[]>;

/** Who asks, and by which name. */
export interface Asker {
  /** The host that the page was asked from, with its port. */
  readonly host: string;
  /** The IP address of whoever asks. */
  readonly remote: string;
}

/** How long a name may take to resolve, in milliseconds: the page waits for it. */
const RESOLVE_MS = 300;

/** The system's own way, with the file of hosts. */
export const resolveByName: Resolve = async (name, family) =>
  (await lookup(name, { family, all: true })).map(({ address }) => address);

/**
 * @param resolve How to find the addresses of a name.
 * @returns The place as a page there can reach it.
 */
export async function seenFrom(
  place: WebTransportPlace,
  { host, remote }: Asker,
  resolve: Resolve = resolveByName,
): Promise<WebTransportPlace> {
  const name = nameToResolve(place, host);
  if (name === undefined) return place;
  if (name === "localhost") return { ...place, hostname: loopbackOf(place) };
  const family = isIP(place.address ?? "") === 6 ? 6 : 4;
  const addresses = await inTime(resolve(name, family));
  const chosen = addresses.find((address) => address === place.address) ??
    // Machines often know themselves by a loopback address.
    addresses.find((address) => isLoopback(remote) || !isLoopback(address));
  return chosen === undefined ? place : { ...place, hostname: chosen };
}

/**
 * @param host The one that the page was asked from, with its port.
 * @returns The origin that a page has to be allowed to connect to, or one with an IP address for any.
 */
export function originOf(place: WebTransportPlace, host: string): URL | undefined {
  const { hostname, port } = place;
  const toResolve = nameToResolve(place, host);
  const resolved = toResolve === undefined
    ? undefined
    : toResolve === "localhost"
    ? loopbackOf(place)
    // Whichever it resolves to.
    : isIP(place.address ?? "") === 6
    ? "::"
    : "0.0.0.0";
  const name = resolved ?? hostname ?? URL.parse(`https://${host}`)?.hostname;
  return URL.parse(`https://${name}:${port}`) ??
    // An IPv6 address, as the setting has it.
    URL.parse(`https://[${name}]:${port}`) ?? undefined;
}

/** The page's host name, if it may stand for an address that the server does not listen on. */
function nameToResolve(place: WebTransportPlace, host: string): string | undefined {
  const { address, hashes, hostname } = place;
  if (hostname !== undefined || hashes.length === 0 || address === undefined) return undefined;
  const name = URL.parse(`https://${host}`)?.hostname;
  if (name === undefined || name.startsWith("[") || isIP(name) !== 0) return undefined;
  // That takes both families.
  if (address === "::" && name !== "localhost") return undefined;
  return name;
}

/** Chromium takes localhost for ::1, and does not try 127.0.0.1 when nobody answers there. */
function loopbackOf({ address }: WebTransportPlace): string {
  return address === "::1" ? "::1" : "127.0.0.1";
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** What comes too late, or fails, is nothing. */
async function inTime(addresses: Promise<readonly string[]>): Promise<readonly string[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(resolve, RESOLVE_MS, []);
  try {
    return await Promise.race([addresses.catch(() => []), late]);
  } finally {
    clearTimeout(timer);
  }
}
