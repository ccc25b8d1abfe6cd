/**
 * Writes `web/worker/decoder_samples.ts`: a keyframe of each kind for pages to try their decoders with.
 *
 *     deno run -A tests/support/write_decoder_samples.ts
 *
 * @module
 */

import { VideoConverter } from "../../ffi/mod.ts";
import type { Codec } from "../../src/media/decoder_config.ts";
import { encoderCatalogue } from "../../src/media/encoder_catalogue.ts";
import { decoderName } from "../../src/media/encoder_selection.ts";
import { nalUnits } from "../../src/media/h264_bitstream.ts";
import { hevcNalType } from "../../src/media/hevc_bitstream.ts";
import { VideoEncoder } from "../../src/media/video_encoder.ts";

const TARGET = new URL("../../web/worker/decoder_samples.ts", import.meta.url);

/** Decoders of graphics cards refuse pictures that are much smaller. */
const SIZE = 128;

/** Who makes the samples: encoders that need no hardware, the order is that of the file. */
const MAKERS = [
  ["x264enc", "420"],
  ["vp9enc", "420"],
  ["av1enc", "420"],
  ["vp8enc", "420"],
  ["x265enc", "420"],
  ["x264enc", "444"],
  ["vp9enc", "444"],
  ["av1enc", "444"],
] as const;

/** The encoder's own description of itself, which decoders pass over, is longer than the picture. */
function withoutMessages(codec: Codec, unit: Uint8Array): Uint8Array {
  if (codec !== "h264" && codec !== "hevc") return unit;
  const kept = [...nalUnits(unit)].filter(({ type, bytes }) =>
    codec === "h264" ? type !== 6 : ![39, 40].includes(hevcNalType(bytes))
  );
  return new Uint8Array(kept.flatMap(({ bytes }) => [0, 0, 0, 1, ...bytes]));
}

/** Four squares: white, red, green, blue. */
function paint(bytes: Uint8Array): void {
  const pixels = new Uint32Array(bytes.buffer);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const quarter = (y < SIZE / 2 ? 0 : 2) + (x < SIZE / 2 ? 0 : 1);
      pixels[y * SIZE + x] = [0xffffff, 0xff0000, 0x00ff00, 0x0000ff][quarter]!;
    }
  }
}

async function sample(name: string, chroma: string): Promise<string> {
  const encoder = encoderCatalogue.find((row) => row.name === name && row.chroma === chroma);
  if (encoder === undefined) throw new RangeError(`There is no encoder "${name}" at ${chroma}`);
  const source = new Uint8Array(SIZE * SIZE * 4);
  paint(source);
  const size = { width: SIZE, height: SIZE };
  using converter = new VideoConverter({
    ...size,
    stride: SIZE * 4,
    source,
    format: encoder.format,
  });
  converter.convert([{ x: 0, y: 0, ...size }]);
  await using opened = await VideoEncoder.open({
    encoder,
    converter,
    fps: 60,
    bitrateKbit: 8000,
    threads: 1,
    headroom: 0,
  });
  const { data, config } = await opened.encode({ timestampUs: 0, keyframe: true });
  if (config === undefined) throw new Error(`The first frame of "${name}" is no keyframe`);
  const unit = withoutMessages(encoder.codec, data);
  return `  {
    name: ${JSON.stringify(decoderName(encoder))},
    codec: ${JSON.stringify(config.codec)},
    unit: ${JSON.stringify(btoa(String.fromCharCode(...unit)))},
  },\n`;
}

const samples: string[] = [];
for (const [name, chroma] of MAKERS) samples.push(await sample(name, chroma));

await Deno.writeTextFile(
  TARGET,
  `/**
 * A keyframe of each kind of picture, ${SIZE} pixels wide and high: a white, a red, a green and a blue square.
 *
 * Written by \`tests/support/write_decoder_samples.ts\`.
 *
 * @module
 */

/** What a page tries a decoder with. */
export interface DecoderSample {
  /** The protocol's name of what decodes it. */
  readonly name: string;
  /** Codec string. */
  readonly codec: string;
  /** The access unit, in base64. */
  readonly unit: string;
}

/** In pixels. */
export const SAMPLE_SIZE = ${SIZE};

/** The preferred first. */
export const DECODER_SAMPLES: readonly DecoderSample[] = [
${samples.join("")}];
`,
);
