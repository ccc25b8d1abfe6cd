/**
 * Video encoding: which encoders there are, which of them work here, and one at work.
 *
 * @module
 */

export { BitstreamError, type Chroma, type DecoderConfig } from "./bitstream.ts";
export { type Codec, readDecoderConfig } from "./decoder_config.ts";
export {
  encoderCatalogue,
  type EncoderDescription,
  type EncoderOptions,
} from "./encoder_catalogue.ts";
export {
  NoEncoderError,
  probeEncoders,
  type ProbeOptions,
  type ProbeReport,
} from "./encoder_probe.ts";
export { changeCost, rankEncoders, type RankingOptions } from "./encoder_ranking.ts";
export { decoderName, otherEncoders, selectEncoders } from "./encoder_selection.ts";
export { measureEncodeMs } from "./encoder_speed.ts";
export { EncoderSpeeds, speedsPath } from "./encoder_speeds.ts";
export {
  type EncodedChunk,
  type EncodeOptions,
  EncoderFailedError,
  VideoEncoder,
  type VideoEncoderOptions,
} from "./video_encoder.ts";
