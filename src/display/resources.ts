/** The X resources: what programs look up when they start, the size of text for one. */
import { Buffer } from "node:buffer";
import type { DisplayConnection } from "./connection.ts";

/** Predefined atoms (X11 protocol, "Predefined Atoms"). */
const RESOURCE_MANAGER = 23;
const STRING = 31;
const REPLACE = 0;
/** What is read of the property, in units of four octets: a megabyte. */
const MOST = 256 * 1024;

/** Pixels of a cursor at 96 pixels per inch, as in most themes. */
const CURSOR_SIZE = 24;
const USUAL_DPI = 96;

/**
 * Tells programs that start from now on how many pixels an inch has. All other resources stay.
 *
 * @throws {DisplayClosedError} The connection ended.
 */
export async function setResourceDpi(connection: DisplayConnection, dpi: number): Promise<void> {
  const { root } = connection;
  const reply = connection.request<{ data: Uint8Array }>((client, done) =>
    client.GetProperty(0, root, RESOURCE_MANAGER, STRING, 0, MOST, done)
  );
  connection.flush();
  const { data } = await reply;
  const text = withDpi(Buffer.from(data).toString("latin1"), dpi);
  connection.client.ChangeProperty(
    REPLACE,
    root,
    RESOURCE_MANAGER,
    STRING,
    8,
    Buffer.from(text, "latin1"),
  );
  await connection.sync();
}

/** @returns A resource database with another size of pixels. */
export function withDpi(database: string, dpi: number): string {
  const kept = database.split("\n").filter((line) =>
    line !== "" && !/^(Xft\.dpi|Xcursor\.size)\s*:/.test(line)
  );
  const cursor = Math.round(CURSOR_SIZE * dpi / USUAL_DPI);
  return [...kept, `Xft.dpi:\t${dpi}`, `Xcursor.size:\t${cursor}`, ""].join("\n");
}
