import type { VideoCodec } from "../protocol/control_message.ts";

/** A way of encoding the picture that pages can decode or cannot. */
export interface RenditionKind {
  /** What a page must decode, as it says in its `hello`. */
  readonly name: string;
  readonly codec: VideoCodec;
  readonly chroma: "420" | "444";
  /**
   * Who gets it, but for those who wish for it: 0, the default, everybody; 1, those who can show none of
   * these; 2, those who can show nothing else.
   */
  readonly resort?: 0 | 1 | 2;
  /** Whether decoders without the browser's help can do it too: see {@link PLAIN_H264}. */
  readonly plain?: boolean;
  /** Milliseconds for a frame on this machine, if it was measured. */
  readonly encodeMs?: number;
}

/** H.264 of the least features, which decoders without the browser's help can do. Slices are no matter. */
export const PLAIN_H264 = "h264-constrained-baseline";

/**
 * @param decoders What a page says that it decodes.
 * @returns Whether it can show pictures of a kind.
 */
export function decodes(
  decoders: readonly string[],
  { name, plain = false }: Pick<RenditionKind, "name" | "plain">,
): boolean {
  return decoders.includes(name) || name === PLAIN_H264 && decoders.includes("h264") ||
    plain && decoders.includes(PLAIN_H264);
}
