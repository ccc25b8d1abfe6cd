/** Names of X displays: ":7", ":7.0", "host:7", "unix/host:7". X(7), "DISPLAY NAMES". */
import { socketPathOf } from "./socket_folder.ts";

/** Where the server of a display listens. */
export interface DisplayAddress {
  /** Display number. */
  readonly number: number;
  /** Screen number. */
  readonly screen: number;
  /** Host for TCP; empty for a Unix socket of this host. */
  readonly host: string;
  /** Path of the Unix socket, or `undefined` for TCP. */
  readonly path: string | undefined;
  /** TCP port; only for TCP. */
  readonly port: number;
}

/**
 * Parses a display name.
 *
 * @returns `undefined` if the text is no display name.
 */
export function parseDisplayName(name: string): DisplayAddress | undefined {
  const match =
    /^(?:(unix|local|tcp|inet|inet6)\/)?([^:/]*|\[[0-9a-fA-F:]+\]):(\d{1,5})(?:\.(\d{1,3}))?$/
      .exec(name);
  if (!match) return undefined;
  const [, protocol = "", rawHost = "", number, screen = "0"] = match;
  const local = protocol === "unix" || protocol === "local" ||
    (protocol === "" && (rawHost === "" || rawHost === "unix"));
  const display = Number(number);
  return {
    number: display,
    screen: Number(screen),
    host: local ? "" : (rawHost.replace(/^\[|\]$/g, "") || "localhost"),
    path: local ? socketPathOf(display) : undefined,
    port: 6000 + display,
  };
}
