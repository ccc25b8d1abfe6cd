import { getLogger } from "@logtape/logtape";
import type { SignIns } from "../http/sign_ins.ts";
import { CloseCode } from "../protocol/errors.ts";
import type { SessionFeature } from "./feature.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session"]);

/** How often it is looked whose sign-in has had its time, while somebody is here; in milliseconds. */
const INTERVAL_MS = 10_000;

/** Sends viewers away whose sign-in has ended, and keeps those alive that are in use. */
export class SignInWatch implements SessionFeature {
  readonly #signIns: SignIns;
  readonly #viewers = new Set<Viewer>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(signIns: SignIns) {
    this.#signIns = signIns;
    signIns.onend = ({ id }) => {
      for (const viewer of [...this.#viewers]) if (viewer.signIn === id) dismiss(viewer);
    };
  }

  onjoin(viewer: Viewer): void {
    if (viewer.signIn === undefined) return;
    // Its ticket may be older than the end of the sign-in.
    if (!this.#signIns.uses(viewer.signIn)) return dismiss(viewer);
    this.#viewers.add(viewer);
    this.#timer ??= setInterval(() => this.#look(), INTERVAL_MS);
  }

  onleave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) this.#rest();
  }

  /** Ends the sign-in that a viewer came by, with all other viewers that did. */
  signOut({ signIn }: Viewer): void {
    if (signIn !== undefined) this.#signIns.end(({ id }) => id === signIn);
  }

  /** Ends all sign-ins but this viewer's, also those that nobody uses now. */
  signOutOthers({ signIn }: Viewer): void {
    this.#signIns.end(({ id }) => id !== signIn);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#rest();
    return Promise.resolve();
  }

  #look(): void {
    this.#signIns.sweep();
    for (const { signIn } of this.#viewers) if (signIn !== undefined) this.#signIns.uses(signIn);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function dismiss(viewer: Viewer): void {
  log.info("Viewer {id} is sent away: its sign-in has ended", { id: viewer.id });
  viewer.role = "view";
  viewer.close(CloseCode.Normal, "The sign-in has ended");
}
