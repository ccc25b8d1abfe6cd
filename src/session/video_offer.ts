import type { EncoderDescription } from "../media/encoder_catalogue.ts";
import { decoderName } from "../media/encoder_selection.ts";
import { type PictureSource, videoSource } from "./picture_source.ts";
import { PLAIN_H264, type RenditionKind } from "./rendition_kind.ts";

/** A kind of picture that this machine can make. */
export interface OfferedKind extends RenditionKind {
  /** What makes it, best first; at least one. */
  readonly sources: readonly PictureSource[];
}

export interface OfferOptions {
  /** Milliseconds that encoders take for a frame, as far as that was measured. */
  readonly speeds?: ReadonlyMap<EncoderDescription, number>;
  /** Encoders for viewers that can decode nothing that the encoders make, best first. */
  readonly others?: readonly EncoderDescription[];
  /** What viewers get that can decode nothing else. */
  readonly lastResorts?: readonly PictureSource[];
}

/**
 * @param encoders Encoders, best first.
 * @returns The kinds of pictures that they make, best first.
 */
export function offeredKinds(
  encoders: readonly EncoderDescription[],
  { speeds, others = [], lastResorts = [] }: OfferOptions = {},
): OfferedKind[] {
  const kinds = new Map<string, OfferedKind & { readonly sources: PictureSource[] }>();
  const offer = (name: string, source: PictureSource, more: Partial<RenditionKind> = {}) => {
    const { codec, chroma } = source;
    const known = kinds.get(name);
    if (known) known.sources.push(source);
    else kinds.set(name, { name, codec, chroma, ...more, sources: [source] });
  };
  const main = new Set(encoders.map(decoderName));
  const extra = others.filter((encoder) => !main.has(decoderName(encoder)));
  for (const [resort, list] of [[0, encoders], [1, extra]] as const) {
    for (const encoder of list) {
      const encodeMs = speeds?.get(encoder);
      const speed = encodeMs === undefined ? {} : { encodeMs };
      offer(decoderName(encoder), videoSource(encoder), { resort, ...speed });
    }
    // Those of the catalogue that work without a GPU make nothing but constrained baseline, and with one
    // thread one slice.
    for (const encoder of list) {
      if (encoder.codec !== "h264" || encoder.chroma !== "420" || encoder.hardware) continue;
      offer(PLAIN_H264, videoSource(encoder, 1), { resort });
    }
  }
  for (const source of lastResorts) offer(source.codec, source, { resort: 2 });
  return [...kinds.values()];
}
