/**
 * Proxies in front of the server, and what they say of the requests that they pass on.
 *
 * @module
 */
import { BlockList, isIP } from "node:net";

/** Who sent a request, and to what address of ours, as the browser sees it. */
export interface Peer {
  /** The IP address of the browser, or what is known instead. */
  readonly remote: string;
  /** Host and port that the browser's request was sent to. */
  readonly host: string;
  /** Whether the browser speaks TLS. */
  readonly secure: boolean;
  /** What a proxy has taken off the path, without a slash at the end; empty if nothing is known. */
  readonly prefix: string;
  /** Whether a trusted proxy has passed the request on. */
  readonly proxied: boolean;
}

/** The name under which peers of a Unix socket are trusted: they have no address. */
const UNIX = "unix";

/** A host name or address, with or without a port. */
const HOST = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:\d{1,5})?$/;

/** What may be put in front of a path, and into a cookie's `Path` (RFC 6265 §4.1.1). */
const PREFIX = /^(\/[A-Za-z0-9._~!$&'()*+=:@%-]+)*$/;

/**
 * The proxies that are believed what they say of a request in `X-Forwarded-For`, `-Host`, `-Proto` and
 * `-Prefix`. From anybody else those headers mean nothing: whoever can reach the server can send them.
 */
export class TrustedProxies {
  readonly #addresses = new BlockList();
  readonly #unix: boolean;

  /**
   * @param list IP addresses, networks like `10.0.0.0/8`, and `unix` for the peers of a Unix socket.
   * @throws {RangeError} with the entry that is none of these.
   */
  constructor(list: readonly string[] = []) {
    this.#unix = list.includes(UNIX);
    for (const entry of list) if (entry !== UNIX) this.#add(entry);
  }

  /**
   * @param request What came.
   * @param address Whose socket it came by; undefined where there is none.
   */
  peerOf(request: Request, address: Deno.Addr | undefined): Peer {
    // Whoever sends no good host has sent no good address.
    const url = URL.parse(request.url);
    const remote = address !== undefined && "hostname" in address ? address.hostname : "local";
    const direct: Peer = {
      remote,
      host: request.headers.get("host") ?? url?.host ?? "",
      secure: request.url.startsWith("https:"),
      prefix: "",
      proxied: false,
    };
    if (!this.#trusts(address)) return direct;
    const said = (name: string) => {
      // Of several proxies the one next to the browser comes first.
      const value = request.headers.get(`x-forwarded-${name}`)?.split(",")[0]?.trim();
      return value === "" ? undefined : value;
    };
    const host = said("host");
    const prefix = said("prefix")?.replace(/\/+$/, "");
    const protocol = said("proto")?.toLowerCase();
    return {
      remote: this.#browser(request.headers.get("x-forwarded-for")) ?? remote,
      host: host !== undefined && HOST.test(host) ? host : direct.host,
      secure: protocol === undefined ? direct.secure : protocol === "https" || protocol === "wss",
      prefix: prefix !== undefined && prefix.length <= 512 && PREFIX.test(prefix) ? prefix : "",
      proxied: true,
    };
  }

  #add(entry: string): void {
    const [address = "", length] = entry.split("/");
    const family = isIP(address) === 4 ? "ipv4" : isIP(address) === 6 ? "ipv6" : undefined;
    const most = family === "ipv4" ? 32 : 128;
    const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : NaN;
    if (family === undefined || !(bits >= 0 && bits <= most)) {
      throw new RangeError(
        `--trusted-proxy does not take "${entry}": it is no IP address, no network and not "${UNIX}".`,
      );
    }
    this.#addresses.addSubnet(address, bits, family);
  }

  #trusts(address: Deno.Addr | undefined): boolean {
    if (address === undefined) return false;
    return "hostname" in address ? this.#knows(address.hostname) : this.#unix;
  }

  #knows(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#addresses.check(address, family === 4 ? "ipv4" : "ipv6");
  }

  /** The last address that no proxy of ours has: what is left of it anybody may have written. */
  #browser(forwardedFor: string | null): string | undefined {
    const addresses = (forwardedFor ?? "").split(",").map((text) => withoutPort(text.trim()));
    return addresses.findLast((address) => isIP(address) !== 0 && !this.#knows(address)) ??
      addresses.find((address) => isIP(address) !== 0);
  }
}

/** `192.0.2.1:4711` → `192.0.2.1`, `[2001:db8::1]:80` → `2001:db8::1`; some proxies add the port. */
function withoutPort(address: string): string {
  return /^\[([^\]]+)\](:\d+)?$/.exec(address)?.[1] ??
    /^(\d+(?:\.\d+){3}):\d+$/.exec(address)?.[1] ?? address;
}
