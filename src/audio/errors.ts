/** What may be wrong with the sound. */
import { describePackage, type PackageNames } from "../../ffi/mod.ts";

/** The package of a sound server that we can start. */
export const SOUND_SERVER_PACKAGE: PackageNames = {
  apt: "pulseaudio",
  dnf: "pulseaudio",
  pacman: "pulseaudio",
};

/** There is no sound server to start. */
export class SoundServerNotFoundError extends Error {
  override name = "SoundServerNotFoundError";

  /** @param tried The programs that were looked for. */
  constructor(readonly tried: readonly string[]) {
    super(
      `There is no sound server (${tried.join(", ")}): install ` +
        describePackage(SOUND_SERVER_PACKAGE),
    );
  }
}

/** The sound server did not start. */
export class SoundServerStartError extends Error {
  override name = "SoundServerStartError";

  /** @param output What it wrote last; may be empty. */
  constructor(reason: string, output: string) {
    super(`The sound server ${reason}${output === "" ? "" : `: ${output}`}`);
  }
}

/** The sound cannot be recorded any more. */
export class AudioSourceFailedError extends Error {
  override name = "AudioSourceFailedError";

  constructor(reason: string, options?: ErrorOptions) {
    super(`The sound cannot be recorded: ${reason}`, options);
  }
}
