import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { type Peer, TrustedProxies } from "./proxies.ts";

/** What the server gives each request beside itself. */
export interface Bindings {
  /** Absent in tests that ask the app without a socket. */
  readonly remoteAddr?: Deno.Addr;
  /** What the application makes of it and of the request. */
  peer?: Peer;
}

export type AppContext = Context<{ Bindings: Bindings }>;

const NO_PROXIES = new TrustedProxies();

/** Who sent the request, and to what address. */
export function peerOf(c: AppContext): Peer {
  return c.env?.peer ?? NO_PROXIES.peerOf(c.req.raw, c.env?.remoteAddr);
}

/** The address of whoever sent the request, without the port. */
export function remoteOf(c: AppContext): string {
  return peerOf(c).remote;
}

/** The host and port that the request was sent to, as its sender names them. */
export function hostOf(c: AppContext): string {
  return peerOf(c).host;
}

/** The cookie that carries a sign-in: kept from scripts and from other sites' requests. */
export class SignInCookie {
  readonly #path: string;

  /** @param path The path of the page, with a slash at its end. */
  constructor(path: string) {
    this.#path = path;
  }

  read(c: AppContext): string | undefined {
    return getCookie(c, cookieName(c));
  }

  /**
   * @param lifetime In milliseconds.
   * @param path Where the browser sees the page, if it says so: a proxy may have taken off what comes
   * before our own path, and others behind it are not to be sent the cookie.
   */
  write(c: AppContext, id: string, lifetime: number, path?: string): void {
    setCookie(c, cookieName(c), id, {
      path: path ?? this.#pathSeen(c),
      httpOnly: true,
      sameSite: "Strict",
      secure: isSecure(c),
      maxAge: Math.floor(lifetime / 1000),
    });
  }

  clear(c: AppContext, path?: string): void {
    deleteCookie(c, cookieName(c), { path: path ?? this.#pathSeen(c), secure: isSecure(c) });
  }

  #pathSeen(c: AppContext): string {
    return peerOf(c).prefix + this.#path;
  }
}

/** Browsers keep cookies by host, not by port: two Skerrys on one host would sign each other out. */
export function cookieName(c: AppContext): string {
  const port = /:(\d{1,5})$/.exec(hostOf(c))?.[1];
  return port === undefined ? "skerry" : `skerry-${port}`;
}

/** Whether the browser speaks TLS. */
export function isSecure(c: AppContext): boolean {
  return peerOf(c).secure;
}
