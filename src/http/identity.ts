/** What a viewer may do: use the desktop, or only watch it. */
export type Role = "control" | "view";

/** Who signed in. */
export interface Identity {
  /** A name for logs; never a secret. */
  readonly name: string;
  readonly role: Role;
  /** The link that he came by; without one he is an owner of the session. */
  readonly invitation?: string;
}
