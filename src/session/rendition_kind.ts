import type { VideoCodec } from "../protocol/control_message.ts";

/** A way of encoding the picture that pages can decode or cannot. */
export interface RenditionKind {
  /** What a page must decode, as it says in its `hello`. */
  readonly name: string;
  readonly codec: VideoCodec;
  readonly chroma: "420" | "444";
  /** For viewers that have nothing better. */
  readonly lastResort?: boolean;
  /** Milliseconds for a frame on this machine, if it was measured. */
  readonly encodeMs?: number;
}

/** H.264 of the least features and one slice, which decoders without the browser's help can do. */
export const PLAIN_H264 = "h264-constrained-baseline";

/** @returns What a page must decode to show a codec. */
export function decoderName(codec: VideoCodec, chroma: "420" | "444"): string {
  return chroma === "444" ? `${codec}-444` : codec;
}

/**
 * @param decoders What a page says that it decodes.
 * @returns Whether it can show pictures of a kind.
 */
export function decodes(decoders: readonly string[], { name }: Pick<RenditionKind, "name">) {
  return decoders.includes(name) || name === PLAIN_H264 && decoders.includes("h264");
}
