/**
 * Whether a request comes from our own page.
 *
 * @module
 */

/**
 * Whether an `Origin` header names the host that the request went to (RFC 6454 §7). The scheme is not
 * compared: a proxy may speak TLS in front of us.
 *
 * @param origin Value of the `Origin` header.
 * @param host Value of the `Host` header.
 */
export function isSameOrigin(origin: string, host: string): boolean {
  const from = parse(origin);
  if (from === undefined || !/^https?:$/.test(from.protocol)) return false;
  // The default port of the scheme may be spelled out in one and left out in the other.
  const to = parse(`${from.protocol}//${host}`);
  return to !== undefined && from.host === to.host;
}

/**
 * Whether a host names this machine in a way that no stranger's DNS answer can give it: an IP address,
 * `localhost`, or the name that we were told to listen on. Without sign-in, this is what keeps a
 * foreign page from rebinding its own name to our address and using the desktop.
 *
 * @param host Value of the `Host` header.
 * @param names Names that are known to be ours.
 */
export function isOwnHost(host: string, names: readonly string[] = []): boolean {
  const hostname = parse(`http://${host}`)?.hostname;
  if (hostname === undefined) return false;
  return hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ||
    hostname === "localhost" || hostname.endsWith(".localhost") ||
    names.some((name) => name.toLowerCase() === hostname);
}

function parse(url: string): URL | undefined {
  return URL.parse(url) ?? undefined;
}
