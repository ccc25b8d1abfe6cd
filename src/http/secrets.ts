/**
 * Random secrets, and comparing them without telling by the time it takes how much was right.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";

/** Random octets of a secret: 192 bits cannot be guessed, and are 32 letters without padding. */
const SECRET_BYTES = 24;

/** A new secret of 32 letters that go into a URL as they are. */
export function randomSecret(): string {
  return crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64({ alphabet: "base64url" });
}

/** What to keep of a secret instead of itself, and to find it by: a look-up by a digest reveals
 * nothing of what was looked up. */
export function digest(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Whether two secrets are equal, in a time that does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const sha256 = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(sha256(a), sha256(b));
}
