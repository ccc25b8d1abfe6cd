/**
 * What the text of an option may be, and the value that it stands for. Every message completes the
 * sentence "… does not take "TEXT": it takes …".
 *
 * @module
 */
import * as v from "valibot";

/** Where the server listens. */
export interface ListenAddress {
  /** A host name or an IP address, IPv6 without brackets. */
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
}

/** A Unix socket that the server listens on. */
export interface ListenSocket {
  /** Absolute, or relative to the current directory, or to the home with `~/`. */
  readonly path: string;
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The smallest and largest width and height of a display of our own, in pixels. */
export const SIZE_LIMITS = { min: 64, max: 16384 } as const;

/** A whole number, digits only. */
export function wholeNumber(min: number, max: number, unit = "") {
  const message = `a whole number from ${min} to ${max}${unit === "" ? "" : ` (${unit})`}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(...words: T) {
  const last = words.at(-1)!;
  const rest = words.slice(0, -1).join(", ");
  return v.picklist(words, rest === "" ? last : `${rest} or ${last}`);
}

/** A name of letters, digits, `-` and `_`. */
export function name(what: string) {
  return v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, what));
}

/** Visible text without line breaks. */
export function text(what: string, max: number) {
  return v.pipe(v.string(), v.regex(/^\P{Cc}+$/u, what), v.maxLength(max, what));
}

const UNIX = "unix:";
const LISTEN_MESSAGE =
  "HOST:PORT, for example 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:0 (port 0 takes a free one)";

/** `HOST:PORT`, with IPv6 addresses in brackets. */
export function listenAddress() {
  const message = LISTEN_MESSAGE;
  return v.pipe(
    v.string(),
    v.regex(/^(\[[0-9A-Fa-f:.%]+\]|[^\s:[\]/@]+):\d{1,5}$/, message),
    v.transform((address): ListenAddress => {
      const colon = address.lastIndexOf(":");
      return {
        hostname: address.slice(0, colon).replace(/^\[|\]$/g, ""),
        port: Number(address.slice(colon + 1)),
      };
    }),
    v.check(({ port }) => port <= 65535, message),
  );
}

/** `HOST:PORT`, or `unix:` and a path. */
export function listenPlace() {
  const message = `${LISTEN_MESSAGE}, or unix: and the path of a socket`;
  const address = listenAddress();
  const isSocket = (text: string) => text.startsWith(UNIX);
  return v.pipe(
    v.string(),
    v.check(
      (text) => isSocket(text) ? /^\P{Cc}+$/u.test(text.slice(UNIX.length)) : v.is(address, text),
      message,
    ),
    v.transform((text): ListenAddress | ListenSocket =>
      isSocket(text) ? { path: text.slice(UNIX.length) } : v.parse(address, text)
    ),
  );
}

/** `WxH` in pixels. */
export function size() {
  const { min, max } = SIZE_LIMITS;
  const message = `WxH in pixels, each from ${min} to ${max}, for example 1280x720`;
  const inRange = (pixels: number) => pixels >= min && pixels <= max;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,5}x\d{1,5}$/, message),
    v.transform((text): Size => {
      const [width = 0, height = 0] = text.split("x").map(Number);
      return { width, height };
    }),
    v.check(({ width, height }) => inRange(width) && inRange(height), message),
  );
}

/** Where sound comes from: a server of the session's own or an existing one, or nowhere. */
export type AudioSetting =
  | { readonly kind: "auto" | "off" }
  | { readonly kind: "server"; readonly address: string };

/** `auto`, `off`, or `pulse:` and a server as in the variable `PULSE_SERVER`. */
export function audio() {
  return v.pipe(
    v.string(),
    v.regex(
      /^(auto|off|pulse:[\x21-\x7e]{1,512})$/,
      "auto, off, or pulse:SERVER with a server as in PULSE_SERVER, for example " +
        "pulse:unix:/run/user/1000/pulse/native",
    ),
    v.transform((text): AudioSetting =>
      text === "auto" || text === "off"
        ? { kind: text }
        : { kind: "server", address: text.slice("pulse:".length) }
    ),
  );
}

/** `new`, or a display that runs already. */
export function display() {
  return v.pipe(
    v.string(),
    v.regex(
      /^(new|:\d{1,5}(\.\d{1,2})?)$/,
      "new, or a display that runs already, for example :0",
    ),
  );
}

/** An amount of octets: digits, and K, M, G or T for powers of 1024. */
export function octets(min: number, max: number) {
  const message = `an amount of octets from ${amount(min)} to ${
    amount(max)
  }, for example 32M or 10G`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}[KMGT]?$/, message),
    v.transform((text) => Number.parseInt(text) * 1024 ** ("KMGT".indexOf(text.at(-1)!) + 1)),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** 33554432 → "32M". */
function amount(octets: number): string {
  const units = ["", "K", "M", "G", "T"];
  let unit = 0;
  for (; unit < 4 && octets > 0 && octets % 1024 === 0; unit++) octets /= 1024;
  return `${octets}${units[unit]}`;
}

/** Milliseconds of a second, a minute, an hour and a day. */
const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** What a timer takes at most, in days. */
const MOST_DAYS = 24;

/** A duration in milliseconds: a whole number and s, m, h or d. */
export function duration() {
  const message = `a duration from 1s to ${MOST_DAYS}d, for example 90s, 30m, 8h or 2d`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,7}[smhd]$/, message),
    v.transform((text) => Number.parseInt(text) * UNITS[text.at(-1) as keyof typeof UNITS]),
    v.minValue(UNITS.s, message),
    v.maxValue(MOST_DAYS * UNITS.d, message),
  );
}

/** Where files are, if anywhere. */
export type FilesSetting =
  | { readonly kind: "off" }
  | { readonly kind: "directory"; readonly path: string };

/** `off`, or a directory. */
export function directory() {
  const message = "off, or the path of a directory";
  return v.pipe(
    v.string(),
    v.regex(/^\P{Cc}+$/u, message),
    v.maxLength(4096, message),
    v.transform((path): FilesSetting =>
      path === "off" ? { kind: path } : { kind: "directory", path }
    ),
  );
}

/** Where an OpenID Connect provider is: plain HTTP is for tests on the same machine only. */
export function issuer() {
  const message = "an address that begins with https://, for example https://id.example/realms/lab";
  return v.pipe(
    v.string(),
    v.maxLength(1024, message),
    v.check((text) => {
      const url = URL.parse(text);
      return url !== null && url.search === "" && url.hash === "" && url.username === "" &&
        (url.protocol === "https:" ||
          url.protocol === "http:" &&
            /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname));
    }, message),
    v.transform((text) => new URL(text)),
  );
}

/** Where a page is, seen from the root of its host. */
export function urlPath() {
  return v.pipe(
    v.string(),
    v.regex(
      /^\/([A-Za-z0-9._~!$&'()*+=:@%-]+\/?)*$/,
      "the path of a URL, for example /desk/ada",
    ),
  );
}

/** Addresses, networks and `unix`, with commas between them; which ones are valid is not said here. */
export function proxies() {
  return v.pipe(
    v.string(),
    v.regex(
      /^[0-9A-Fa-f:./unix, ]*$/,
      "IP addresses, networks or unix, for example 127.0.0.1,10.0.0.0/8",
    ),
    v.transform((text) => text.split(",").map((entry) => entry.trim()).filter(Boolean)),
  );
}

/** Names of users, with commas between them. */
export function names() {
  return v.pipe(
    v.string(),
    v.regex(/^\P{Cc}{0,4096}$/u, "names with commas between them, for example ada,grace"),
    v.transform((text) => text.split(",").map((entry) => entry.trim()).filter(Boolean)),
  );
}
