import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

/** What the server gives each request beside itself. */
export interface Bindings {
  /** Absent in tests that ask the app without a socket. */
  readonly remoteAddr?: Deno.Addr;
}

export type AppContext = Context<{ Bindings: Bindings }>;

/** The address of whoever sent the request, without the port. */
export function remoteOf(c: AppContext): string {
  const address = c.env?.remoteAddr;
  return address !== undefined && "hostname" in address ? address.hostname : "local";
}

/** The host and port that the request was sent to, as its sender names them. */
export function hostOf(c: AppContext): string {
  return c.req.header("host") ?? new URL(c.req.url).host;
}

/** The cookie that carries a sign-in: kept from scripts and from other sites' requests. */
export class SignInCookie {
  readonly #path: string;

  /** @param path The path of the page. */
  constructor(path: string) {
    this.#path = path;
  }

  read(c: AppContext): string | undefined {
    return getCookie(c, cookieName(c));
  }

  /** @param lifetime In milliseconds. */
  write(c: AppContext, id: string, lifetime: number): void {
    setCookie(c, cookieName(c), id, {
      path: this.#path,
      httpOnly: true,
      sameSite: "Strict",
      secure: isSecure(c),
      maxAge: Math.floor(lifetime / 1000),
    });
  }

  clear(c: AppContext): void {
    deleteCookie(c, cookieName(c), { path: this.#path, secure: isSecure(c) });
  }
}

/** Browsers keep cookies by host, not by port: two Skerrys on one host would sign each other out. */
function cookieName(c: AppContext): string {
  const port = /:(\d{1,5})$/.exec(hostOf(c))?.[1];
  return port === undefined ? "skerry" : `skerry-${port}`;
}

function isSecure(c: AppContext): boolean {
  return new URL(c.req.url).protocol === "https:";
}
