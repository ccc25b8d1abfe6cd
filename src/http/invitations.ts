import type { Identity, Role } from "./identity.ts";
import { digest, randomSecret } from "./secrets.ts";

/** A way in for others, which can be closed again. */
export interface Invitation {
  /** Names it; no secret. */
  readonly id: string;
  /** What those who come by it may do at first. */
  readonly role: Role;
  /** The secret of its link. */
  readonly token: string;
}

/** More links than anybody keeps an eye on. */
const MOST = 32;

/** The links that were given away and not taken back. */
export class Invitations {
  readonly #byDigest = new Map<string, Invitation>();
  #soFar = 0;

  get all(): Invitation[] {
    return [...this.#byDigest.values()];
  }

  /** @returns A new link; undefined if there are too many. */
  create(role: Role): Invitation | undefined {
    if (this.#byDigest.size >= MOST) return undefined;
    const invitation = { id: `${++this.#soFar}`, role, token: randomSecret() };
    this.#byDigest.set(digest(invitation.token), invitation);
    return invitation;
  }

  /** Takes a link back: nobody gets in by it any more. */
  revoke(id: string): void {
    for (const [key, invitation] of this.#byDigest) {
      if (invitation.id === id) this.#byDigest.delete(key);
    }
  }

  /** Whether somebody who was let in once still may come in. */
  accepts({ invitation }: Identity): boolean {
    return invitation === undefined || this.has(invitation);
  }

  has(id: string): boolean {
    return this.all.some((invitation) => invitation.id === id);
  }

  /** @returns Who comes with this token; undefined if it is no link's. */
  verify(token: string): Identity | undefined {
    const invitation = this.#byDigest.get(digest(token));
    if (invitation === undefined) return undefined;
    const { id, role } = invitation;
    return { name: `link ${id}`, role, invitation: id };
  }
}
