/**
 * What decoders there are beside each other: where one fails, those of the same kind do, too.
 *
 * @module
 */

/** Codec strings of pictures with full colour: High 4:4:4, and profiles 1 of VP9 and AV1. */
const FULL_COLOUR = /^(?:avc1\.f4|vp09\.01|av01\.1|h[ev][vc]1\.4)/i;
const NAMES: Readonly<Record<string, string>> = {
  avc1: "h264",
  vp09: "vp9",
  av01: "av1",
  hev1: "hevc",
  hvc1: "hevc",
};

/**
 * @param codec A codec string.
 * @returns The protocol's name of what decodes it.
 */
export function decoderOf(codec: string): string {
  const [kind = ""] = codec.split(".");
  return (NAMES[kind] ?? kind) + (FULL_COLOUR.test(codec) ? "-444" : "");
}

/** @returns Whether a decoder is no use where another has failed; both by the protocol's names. */
export function failsWith(name: string, failed: string): boolean {
  return name === failed || name.startsWith(`${failed}-`);
}
