/**
 * Whether sound can be had: by recording some.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { describePackage } from "../../ffi/mod.ts";
import { AudioSource, missingForAudio } from "../audio/audio_source.ts";
import { SOUND_SERVER_PACKAGE, SoundServerNotFoundError } from "../audio/errors.ts";
import { PulseServer } from "../audio/pulse_server.ts";
import { SoundHost } from "../session/sound_host.ts";
import { soundOrigin } from "../session/sound_origin.ts";
import type { Settings } from "../settings.ts";
import { type Finding, messageOf } from "./finding.ts";

const what = "sound";

/** Starts the sound server that a session would have, or takes the one that it would use. */
export async function checkSound(settings: Settings, signal: AbortSignal): Promise<Finding> {
  const { audio, audioBitrate: bitrateKbit, audioFrame: frameMs, display } = settings;
  const origin = soundOrigin(audio, display, Deno.env.toObject(), existsSync);
  if (origin.kind === "off") {
    const detail = origin.detail ?? "off (--audio off)";
    return { verdict: origin.detail === undefined ? "ok" : "worse", what, detail };
  }
  try {
    const missing = missingForAudio();
    if (missing !== undefined) {
      return { verdict: "worse", what, detail: "cannot be recorded", advice: `Install ${missing}` };
    }
    await using resources = new AsyncDisposableStack();
    let server = origin.kind === "server" ? origin.address : undefined;
    if (server === undefined) {
      const host = resources.use(SoundHost.create());
      server = resources.use(await PulseServer.start(host, signal)).environment.PULSE_SERVER;
    }
    resources.use(await AudioSource.open({ server, bitrateKbit, frameMs, signal }));
    const whose = origin.kind === "server" ? server : "a PulseAudio of the session's own";
    return { verdict: "ok", what, detail: `recorded from ${whose}` };
  } catch (error) {
    if (signal.aborted) throw error;
    const advice = error instanceof SoundServerNotFoundError
      ? `Install ${describePackage(SOUND_SERVER_PACKAGE)}`
      : undefined;
    return { verdict: "worse", what, detail: messageOf(error), advice };
  }
}
