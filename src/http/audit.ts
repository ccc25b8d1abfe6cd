/**
 * The log of who came in, who did not, and who left: the category `skerry.audit`, each message with its
 * `event` beside it for programs. Nothing secret goes into it, and no text that a stranger has typed:
 * people type passwords where names belong.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { Attempts } from "./attempts.ts";

const log = getLogger(["skerry", "audit"]);

/** How somebody was recognized. */
export type SignInMethod = "token" | "password" | "proxy" | "oidc" | "link";

export class Audit {
  /** Strangers could fill the disk: each has so many lines, and then a few a minute. */
  readonly #lines = new Attempts();

  signedIn(user: string, method: SignInMethod, remote: string): void {
    log.info("{user} has signed in from {remote} by {method}.", {
      event: "sign-in",
      user,
      remote,
      method,
    });
  }

  /** @param reason A word for programs. @param why The same for people. */
  failed(method: SignInMethod, remote: string, reason: string, why: string): void {
    if (!this.#mayLog(remote)) return;
    log.warn("A sign-in from {remote} by {method} failed: {why}", {
      event: "sign-in-failed",
      remote,
      method,
      reason,
      why,
    });
  }

  /** A ticket was wrong, expired or used, or there was none. */
  refused(transport: string, remote: string, why: string): void {
    if (!this.#mayLog(remote)) return;
    log.warn("A connection from {remote} by {transport} was refused: {why}", {
      event: "refused",
      remote,
      transport,
      why,
    });
  }

  signedOut(user: string, why: string): void {
    log.info("{user} is signed out: {why}.", { event: "sign-out", user, why });
  }

  #mayLog(remote: string): boolean {
    if (this.#lines.wait(remote) > 0) return false;
    this.#lines.failed(remote);
    return true;
  }
}
