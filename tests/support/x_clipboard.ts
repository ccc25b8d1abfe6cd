/**
 * The clipboard as real programs see it, by xclip.
 *
 * @module
 */
import { type DisplayAccess, RemoteDesktop, type Selection } from "./remote_desktop.ts";
import { until } from "./until.ts";

const run = (
  display: DisplayAccess,
  selection: Selection,
  args: string[],
  stdin: "piped" | "null",
) =>
  new Deno.Command("xclip", {
    args: ["-selection", selection, ...args],
    env: { DISPLAY: display.display, XAUTHORITY: display.authority },
    stdin,
    stdout: stdin === "piped" ? "null" : "piped",
    stderr: "null",
  }).spawn();

/**
 * Copies something; xclip stays in the background until something else is copied. It may go there
 * before the X server has heard of it, so this waits for that.
 */
export async function copy(
  display: DisplayAccess,
  octets: Uint8Array<ArrayBuffer> | string,
  target = "UTF8_STRING",
  selection: Selection = "clipboard",
): Promise<void> {
  await using desktop = await RemoteDesktop.open(display);
  const before = await desktop.ownerOf(selection);
  const child = run(display, selection, ["-in", "-target", target], "piped");
  const writer = child.stdin.getWriter();
  await writer.write(typeof octets === "string" ? new TextEncoder().encode(octets) : octets);
  await writer.close();
  const { success } = await child.status;
  if (!success) throw new Error("xclip could not copy");
  await until(
    `xclip has the ${selection} selection`,
    async () => await desktop.ownerOf(selection) !== before,
  );
}

/** @returns What a program is given that pastes; undefined if it is refused. */
export async function paste(
  display: DisplayAccess,
  target = "UTF8_STRING",
  selection: Selection = "clipboard",
): Promise<Uint8Array | undefined> {
  const { success, stdout } = await run(display, selection, ["-out", "-target", target], "null")
    .output();
  return success ? stdout : undefined;
}

/** Makes octets that do not repeat and are the same each time. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    octets[i] = state >>> 24;
  }
  return octets;
}

export async function sha256(octets: Uint8Array<ArrayBuffer> | Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", octets as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, "0")).join(
    "",
  );
}
