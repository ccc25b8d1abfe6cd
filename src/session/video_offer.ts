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
    // Those of the catalogue that work without a GPU make nothing but constrained baseline.
    const h264 = list.filter(({ chroma, codec }) => codec === "h264" && chroma === "420");
    const simple = h264.filter(({ hardware }) => !hardware);
    const plain = simple.length === h264.length;
    for (const encoder of list) {
      const encodeMs = speeds?.get(encoder);
      const speed = encodeMs === undefined ? {} : { encodeMs };
      const simply = plain && h264.includes(encoder) ? { plain } : {};
      offer(decoderName(encoder), videoSource(encoder), { resort, ...simply, ...speed });
    }
    if (plain) continue;
    for (const encoder of simple) offer(PLAIN_H264, videoSource(encoder), { resort });
  }
  for (const source of lastResorts) offer(source.codec, source, { resort: 2 });
  return [...kinds.values()];
}
