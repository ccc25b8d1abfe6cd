import { getLogger } from "@logtape/logtape";
import type { Invitations } from "../http/invitations.ts";
import type { ShareRequest, Sharing, ViewerMessage } from "../protocol/control_message.ts";
import type { Schedule } from "../protocol/deadline_timer.ts";
import { CloseCode } from "../protocol/errors.ts";
import { scheduleTimeout } from "../transport/timeout.ts";
import type { SessionFeature } from "./feature.ts";
import type { SignInWatch } from "./sign_in_watch.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session", "sharing"]);

/** As many as a message holds; more are there all the same. */
const MOST_LISTED = 64;

/**
 * Least time between two times that everybody is told, in milliseconds: without it, one that asks for much
 * at once would have so much said to the others that they are sent away for what they have not read yet.
 */
const INTERVAL_MS = 200;

/**
 * Lets the owners of a session give links away and take them back, and hand the control over. Owners
 * are those who did not come by a link. Everybody sees who else is there.
 */
export class SharingFeature implements SessionFeature {
  readonly #viewers = new Set<Viewer>();
  readonly #invitations: Invitations | undefined;
  readonly #signIns: SignInWatch | undefined;
  readonly #schedule: Schedule;
  /** Who was away when there was news. */
  readonly #uninformed = new WeakSet<Viewer>();
  /** Whether there is news since everybody was told. */
  #due = false;
  /** Cancels the end of the interval; undefined if everybody may be told at once. */
  #cancel: (() => void) | undefined;
  #disposed = false;

  /**
   * @param invitations Undefined where everybody gets in without a link.
   * @param signIns What can sign viewers out.
   * @param schedule Default: `setTimeout`.
   */
  constructor(
    invitations: Invitations | undefined,
    signIns?: SignInWatch,
    schedule: Schedule = scheduleTimeout,
  ) {
    this.#invitations = invitations;
    this.#signIns = signIns;
    this.#schedule = schedule;
  }

  onjoin(viewer: Viewer): void {
    const { invitation } = viewer;
    // Its ticket may be older than the revocation.
    if (invitation !== undefined && !this.#invitations?.has(invitation)) return dismiss(viewer);
    this.#viewers.add(viewer);
    this.#tell();
  }

  onleave(viewer: Viewer): void {
    if (this.#viewers.delete(viewer)) this.#tell();
  }

  onpath(viewer: Viewer): void {
    if (viewer.transport === undefined || !this.#uninformed.delete(viewer)) return;
    viewer.tell(this.#describe(viewer));
  }

  oncontrol(viewer: Viewer, message: ViewerMessage): boolean {
    if (message.type !== "share") return false;
    if (message.ask.action === "list") viewer.tell(this.#describe(viewer));
    else if (isOwner(viewer)) this.#do(message.ask, viewer);
    else log.warn("Viewer {id} came by a link and may not share", { id: viewer.id });
    return true;
  }

  #do(ask: Exclude<ShareRequest, { action: "list" }>, by: Viewer): void {
    switch (ask.action) {
      case "invite":
        this.#invitations?.create(ask.role);
        break;
      case "revoke":
        this.#invitations?.revoke(ask.link);
        for (const viewer of [...this.#viewers]) {
          if (viewer.invitation === ask.link) dismiss(viewer);
        }
        break;
      case "role":
        for (const viewer of this.#viewers) {
          if (viewer.id === ask.viewer) viewer.role = ask.role;
        }
        break;
      case "sign-out":
        for (const viewer of [...this.#viewers]) {
          if (viewer.id === ask.viewer) this.#signIns?.signOut(viewer);
        }
        break;
      case "sign-out-others":
        this.#signIns?.signOutOthers(by);
        break;
    }
    this.#tell();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#cancel?.();
    return Promise.resolve();
  }

  /** There is news for everybody: now, or at the end of the interval, all that has come by then in one. */
  #tell(): void {
    this.#due = true;
    if (this.#cancel === undefined) this.#tellNow();
  }

  #tellNow(): void {
    this.#cancel = undefined;
    if (!this.#due || this.#disposed) return;
    this.#due = false;
    this.#cancel = this.#schedule(INTERVAL_MS, () => this.#tellNow());
    for (const viewer of this.#viewers) {
      // Only the newest is worth keeping for those who are away.
      if (viewer.transport === undefined) this.#uninformed.add(viewer);
      else viewer.tell(this.#describe(viewer));
    }
  }

  /** What a viewer may know. */
  #describe(to: Viewer): Sharing {
    const owner = isOwner(to);
    return {
      type: "sharing",
      you: to.id,
      owner,
      invites: owner && this.#invitations !== undefined,
      links: owner ? this.#invitations?.all ?? [] : [],
      viewers: [...this.#viewers].slice(0, MOST_LISTED).map((viewer) => {
        const { transport } = viewer;
        const rtt = transport?.statistics.rtt;
        return {
          id: viewer.id,
          role: viewer.role,
          owner: isOwner(viewer),
          ...viewer.name === undefined ? {} : { name: viewer.name },
          ...owner && this.#signIns !== undefined && viewer.signIn !== undefined
            ? { signedIn: true }
            : {},
          ...viewer.invitation === undefined ? {} : { link: viewer.invitation },
          ...transport === undefined ? {} : { transport: transport.kind },
          ...rtt === undefined ? {} : { rtt },
        };
      }),
    };
  }
}

function isOwner({ invitation }: Viewer): boolean {
  return invitation === undefined;
}

function dismiss(viewer: Viewer): void {
  log.info("Viewer {id} is sent away: its link was taken back", { id: viewer.id });
  viewer.role = "view";
  viewer.close(CloseCode.Normal, "The link was taken back");
}
