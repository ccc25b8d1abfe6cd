/**
 * The Xauthority file: who may connect to an X server.
 *
 * Format (libXau, AuFileName(3)): entries of a big-endian u16 family and four strings, each with a
 * big-endian u16 length in front: address, display number, authorisation name, data.
 */

/** One entry of an Xauthority file. */
export interface AuthorityEntry {
  /** 256: this host by name, 65535: any address; others are networks. */
  family: number;
  address: string;
  /** Display number as text; empty matches every display. */
  display: string;
  name: string;
  data: Uint8Array;
}

/** Address family "this host, by its name" (X.h FamilyLocal). */
export const FAMILY_LOCAL = 256;
/** Address family "any address" (Xauth.h FamilyWild). */
export const FAMILY_WILD = 65535;
/** The one authorisation protocol that every X server knows. */
export const MAGIC_COOKIE = "MIT-MAGIC-COOKIE-1";

const latin1 = new TextDecoder("latin1");

/** Reads entries; a truncated tail is dropped, as libXau does. */
export function parseAuthority(bytes: Uint8Array): AuthorityEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: AuthorityEntry[] = [];
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    const family = view.getUint16(offset);
    offset += 2;
    const fields: Uint8Array[] = [];
    for (let i = 0; i < 4; i++) {
      if (offset + 2 > bytes.length) return entries;
      const length = view.getUint16(offset);
      offset += 2;
      if (offset + length > bytes.length) return entries;
      fields.push(bytes.slice(offset, offset + length));
      offset += length;
    }
    entries.push({
      family,
      address: latin1.decode(fields[0]),
      display: latin1.decode(fields[1]),
      name: latin1.decode(fields[2]),
      data: fields[3]!,
    });
  }
  return entries;
}

/** Writes entries in the file's format. */
export function formatAuthority(entries: readonly AuthorityEntry[]): Uint8Array<ArrayBuffer> {
  const octets: number[] = [];
  const u16 = (n: number) => octets.push(n >> 8 & 255, n & 255);
  for (const entry of entries) {
    u16(entry.family);
    for (const text of [entry.address, entry.display, entry.name]) {
      u16(text.length);
      for (let i = 0; i < text.length; i++) octets.push(text.charCodeAt(i) & 255);
    }
    u16(entry.data.length);
    octets.push(...entry.data);
  }
  return Uint8Array.from(octets);
}

/**
 * The cookie for a display of this host, by libXau's rule (XauGetBestAuthByAddr). A host that
 * changed its name since (a laptop on another network) still finds its own display's cookie.
 *
 * @param display Display number as text, like "7".
 * @param host This host's name.
 */
export function findCookie(
  entries: readonly AuthorityEntry[],
  display: string,
  host: string,
): AuthorityEntry | undefined {
  const usable = entries.filter((e) =>
    e.name === MAGIC_COOKIE && (e.display === "" || e.display === display)
  );
  return usable.find((e) =>
    e.family === FAMILY_WILD || (e.family === FAMILY_LOCAL && e.address === host)
  ) ?? usable.find((e) => e.family === FAMILY_LOCAL);
}

/**
 * Makes an Xauthority file for one display with a cookie of its own, readable by its owner alone.
 * Before the display number is known, pass `undefined`: the entry then matches every display.
 *
 * @param path Where to put it; replaced in one step if it exists.
 */
export function writeAuthority(
  path: string,
  cookie: Uint8Array,
  display: number | undefined,
  host: string,
): void {
  const number = display === undefined ? "" : String(display);
  const entry = { display: number, name: MAGIC_COOKIE, data: cookie };
  const bytes = formatAuthority([
    { ...entry, family: FAMILY_LOCAL, address: host },
    { ...entry, family: FAMILY_WILD, address: "" },
  ]);
  const fresh = `${path}.new`;
  Deno.writeFileSync(fresh, bytes, { mode: 0o600 });
  Deno.renameSync(fresh, path);
}

/** A new 128-bit cookie. */
export function newCookie(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(16));
}
