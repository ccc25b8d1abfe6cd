/**
 * A need of the system: what is wanted, how to see that it is there, and which packages bring it.
 *
 * @module
 */

/** What the packages are wanted for; `portable` is for making the portable file. */
export type Purpose = "start" | "portable" | "test" | "bench";
export const PURPOSES: readonly Purpose[] = ["start", "portable", "test", "bench"];

/** The package managers whose package names we know. */
export type Manager = "apt" | "dnf" | "pacman";

/** How to see that something is there. One of the names is enough. */
export type Probe =
  | { readonly kind: "program"; readonly names: readonly string[] }
  | { readonly kind: "library"; readonly names: readonly string[] }
  | { readonly kind: "gstreamer-plugin"; readonly names: readonly string[] }
  | { readonly kind: "file"; readonly names: readonly string[] };

export interface Need {
  /** Named in messages. */
  readonly what: string;
  readonly purposes: readonly Purpose[];
  readonly probe: Probe;
  /** Whether nothing works without it; the others make things better. */
  readonly required: boolean;
  readonly packages: Readonly<Record<Manager, readonly string[]>>;
}
