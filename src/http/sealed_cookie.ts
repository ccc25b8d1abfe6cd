import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Buffer } from "node:buffer";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { type AppContext, cookieName, isSecure } from "./context.ts";

const IV_OCTETS = 12;
const TAG_OCTETS = 16;
/** Browsers keep no cookie that is larger (RFC 6265 §6.1). */
const LONGEST = 4096;

/**
 * A cookie that the browser keeps for us and can neither read nor change: AES-256-GCM under a key that
 * lives as long as this object. Strangers who ask for many take none of our memory.
 */
export class SealedCookie {
  readonly #suffix: string;
  readonly #key = randomBytes(32);

  /** @param suffix What follows in its name. */
  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  /**
   * @param text What to keep.
   * @param lifetime In milliseconds.
   * @param path Where the browser is to send it.
   */
  write(c: AppContext, text: string, lifetime: number, path: string): void {
    const iv = randomBytes(IV_OCTETS);
    const cipher = createCipheriv("aes-256-gcm", this.#key, iv);
    const sealed = Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    setCookie(c, this.#name(c), sealed.toString("base64url"), {
      path,
      httpOnly: true,
      // It has to come along when another site sends the browser back.
      sameSite: "Lax",
      secure: isSecure(c),
      maxAge: Math.floor(lifetime / 1000),
    });
  }

  /** @returns What was kept; undefined if there is nothing, or nothing of ours. */
  read(c: AppContext): string | undefined {
    const value = getCookie(c, this.#name(c)) ?? "";
    const sealed = Buffer.from(value.slice(0, LONGEST), "base64url");
    if (sealed.length <= IV_OCTETS + TAG_OCTETS) return undefined;
    const decipher = createDecipheriv("aes-256-gcm", this.#key, sealed.subarray(0, IV_OCTETS));
    decipher.setAuthTag(sealed.subarray(-TAG_OCTETS));
    try {
      const text = decipher.update(sealed.subarray(IV_OCTETS, -TAG_OCTETS));
      return Buffer.concat([text, decipher.final()]).toString();
    } catch {
      return undefined;
    }
  }

  clear(c: AppContext, path: string): void {
    deleteCookie(c, this.#name(c), { path, secure: isSecure(c) });
  }

  #name(c: AppContext): string {
    return `${cookieName(c)}-${this.#suffix}`;
  }
}
