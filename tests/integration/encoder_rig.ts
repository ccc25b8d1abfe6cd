/**
 * An encoder and a decoder face to face.
 *
 * @module
 */

import {
  type AppSink,
  Pipeline,
  type PixelFormat,
  type SinkPad,
  VideoConverter,
} from "../../ffi/mod.ts";
import type { Codec } from "../../src/media/decoder_config.ts";
import type { EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import {
  type EncodedChunk,
  VideoEncoder,
  type VideoEncoderOptions,
} from "../../src/media/video_encoder.ts";
import { psnr } from "./encoder_picture.ts";

const DECODERS: Record<Codec, { launch: string; caps: string }> = {
  h264: {
    launch: "avdec_h264 name=decoder max-threads=1",
    caps: "video/x-h264,stream-format=byte-stream,alignment=au",
  },
  vp8: { launch: "vp8dec name=decoder", caps: "video/x-vp8" },
  vp9: { launch: "vp9dec name=decoder", caps: "video/x-vp9" },
  av1: { launch: "av1dec name=decoder", caps: "video/x-av1,stream-format=obu-stream,alignment=tu" },
  hevc: {
    launch: "avdec_h265 name=decoder max-threads=1",
    caps: "video/x-h265,stream-format=byte-stream,alignment=au",
  },
};

/** Decodes one chunk after the other, to I420 or Y444. */
export class Decoder implements AsyncDisposable {
  readonly #pipeline: Pipeline;
  readonly #pad: SinkPad;
  readonly #sink: AppSink;
  #pts = 0;

  constructor(codec: Codec, width: number, height: number, format: PixelFormat = "I420") {
    const { launch, caps } = DECODERS[codec];
    this.#pipeline = Pipeline.parse(
      `${launch} ! video/x-raw,format=${format} ` +
        "! appsink name=sink sync=false async=false enable-last-sample=false",
    );
    this.#pipeline.play();
    this.#sink = this.#pipeline.appSink("sink");
    this.#pad = this.#pipeline.sinkPad(
      "decoder",
      `${caps},width=${width},height=${height},framerate=60/1`,
    );
  }

  async decode(
    { data, headroom }: { readonly data: Uint8Array; readonly headroom: number },
  ): Promise<Uint8Array> {
    await this.#pad.chain(data.subarray(headroom), { pts: this.#pts += 1e7 });
    const sample = await this.#sink.pull({ signal: AbortSignal.timeout(5000) });
    if (sample === null) throw new Error("The decoder gave nothing out");
    return sample.data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pipeline[Symbol.asyncDispose]();
  }
}

/** A screen, its encoder, and a viewer that decodes what comes out. */
export class Rig implements AsyncDisposable {
  /** The screen, BGRx. */
  readonly source: Uint8Array<ArrayBuffer>;
  readonly converter: VideoConverter;
  readonly encoder: VideoEncoder;
  readonly #decoder: Decoder;
  #nowMs = 0;

  private constructor(
    source: Uint8Array<ArrayBuffer>,
    converter: VideoConverter,
    encoder: VideoEncoder,
  ) {
    this.source = source;
    this.converter = converter;
    this.encoder = encoder;
    this.#decoder = new Decoder(
      encoder.encoder.codec,
      converter.frame.width,
      converter.frame.height,
      converter.frame.format,
    );
  }

  static async open(
    encoder: EncoderDescription,
    size: { width: number; height: number },
    options: Partial<VideoEncoderOptions> = {},
  ): Promise<Rig> {
    const source = new Uint8Array(size.width * size.height * 4);
    // The decoder gives what the encoder takes; NV12, of hardware, has no place here.
    const { format } = encoder;
    const converter = new VideoConverter({ ...size, stride: size.width * 4, source, format });
    const opened = await VideoEncoder.open({
      encoder,
      converter,
      fps: 60,
      bitrateKbit: 8000,
      ...options,
    });
    return new Rig(source, converter, opened);
  }

  /**
   * Takes the whole screen, encodes it, decodes it, and compares the luma, in dB.
   *
   * @param changedPixels What is said to have changed; all by default.
   */
  async frame(
    afterMs: number,
    keyframe = false,
    changedPixels?: number,
  ): Promise<{ chunk: EncodedChunk; psnr: number }> {
    const { width, height } = this.converter.frame;
    this.converter.convert([{ x: 0, y: 0, width, height }]);
    this.#nowMs += afterMs;
    const chunk = await this.encoder.encode({
      timestampUs: this.#nowMs * 1000,
      keyframe,
      ...(changedPixels === undefined ? {} : { changedPixels }),
    });
    const decoded = await this.#decoder.decode(chunk);
    const luma = this.converter.frame.planes[1]!.offset;
    return {
      chunk,
      psnr: psnr(decoded.subarray(0, luma), this.converter.frame.bytes.subarray(0, luma)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.encoder[Symbol.asyncDispose]();
    await this.#decoder[Symbol.asyncDispose]();
    this.converter[Symbol.dispose]();
  }
}
