import type { PictureSettings, ServerMessage } from "../protocol/control_message.ts";
import type { PooledRendition } from "./rendition_pool.ts";
import type { RenditionKind } from "./rendition_kind.ts";

/**
 * @param shown What a viewer is sent.
 * @param wish What was asked for.
 * @param choices What the viewer can show of what this server can make.
 * @returns What the viewer is told about it.
 */
export function describeVideo(
  { tier, rendition }: Pick<PooledRendition, "tier" | "rendition">,
  { codec = "auto", chroma = "auto" }: PictureSettings,
  choices: readonly RenditionKind[],
): Extract<ServerMessage, { type: "video" }> {
  const { limits, source } = rendition;
  return {
    type: "video",
    encoder: source.name,
    codec: source.codec,
    chroma: source.chroma,
    bitrate: limits.bitrate,
    framesPerSecond: limits.framesPerSecond,
    tier,
    wish: { codec, chroma },
    choices: { codecs: [...new Set(choices.map(({ codec }) => codec))] },
  };
}
