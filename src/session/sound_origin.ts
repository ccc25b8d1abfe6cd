import type { AudioSetting } from "../settings.ts";
import type { SoundOrigin } from "./sound.ts";

/**
 * Where sound is to come from: a desktop of our own gets a server of its own, one that runs already
 * has the user's.
 *
 * @param display `"new"`, or the name of a running one.
 * @param environment Variables of this process.
 * @param exists Whether there is a file at a path.
 */
export function soundOrigin(
  setting: AudioSetting,
  display: string,
  environment: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): SoundOrigin {
  if (setting.kind === "off") return { kind: "off" };
  if (setting.kind === "server") return setting;
  if (display === "new") return { kind: "private" };
  const { PULSE_SERVER, XDG_RUNTIME_DIR } = environment;
  if (PULSE_SERVER) return { kind: "server", address: PULSE_SERVER };
  const socket = `${XDG_RUNTIME_DIR}/pulse/native`;
  return XDG_RUNTIME_DIR && exists(socket)
    ? { kind: "server", address: `unix:${socket}` }
    : { kind: "off", detail: "No sound server of this user runs" };
}
