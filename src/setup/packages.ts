/**
 * Which packages bring what is needed of the system.
 *
 * @module
 */
import { DEVELOPMENT_NEEDS } from "./development_needs.ts";
import type { Manager, Need } from "./need.ts";
import { PRODUCT_NEEDS } from "./product_needs.ts";

export const NEEDS: readonly Need[] = [...PRODUCT_NEEDS, ...DEVELOPMENT_NEEDS];

/** The packages that bring these needs, each once, in order. */
export function packagesFor(needs: readonly Need[], manager: Manager): string[] {
  return [...new Set(needs.flatMap(({ packages }) => packages[manager]))];
}

const INSTALL: Record<Manager, string> = {
  apt: "apt-get install --no-install-recommends",
  dnf: "dnf install",
  pacman: "pacman -S --needed",
};

/** The command that a person types, as root, to install what these needs take. */
export function installCommand(needs: readonly Need[], manager: Manager): string {
  return `${INSTALL[manager]} ${packagesFor(needs, manager).join(" ")}`;
}
