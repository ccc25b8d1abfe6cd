/**
 * A session on a display on which nothing moves, its viewers, and a look at it from beside.
 *
 * @module
 */
import { type ColourMatrix, Pipeline, VideoConverter, VideoFrameMemory } from "../../ffi/mod.ts";
import { VirtualDisplay } from "../../src/display/virtual_display.ts";
import type { Codec } from "../../src/media/decoder_config.ts";
import type { EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import { encoderCatalogue } from "../../src/media/encoder_catalogue.ts";
import { decodeJpegTiles } from "../../src/protocol/jpeg_tiles.ts";
import type { VideoMessage } from "../../src/protocol/video_message.ts";
import { ratePaths } from "../../src/rate/mod.ts";
import { Session, type SessionOptions, type ViewerPass } from "../../src/session/session.ts";
import type { VideoEncoders } from "../../src/session/video_options.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import type { LinkOptions } from "../../src/transport/simulated_link.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { TestViewer } from "../support/test_viewer.ts";
import { psnr } from "./encoder_picture.ts";
import { Decoder } from "./encoder_rig.ts";

export const SIZE = { width: 320, height: 200 };

/** @throws {Error} if the catalogue has none of that name. */
export function encoder(name: string): EncoderDescription {
  const found = encoderCatalogue.find((row) => row.name === name);
  if (!found) throw new Error(`The catalogue has no "${name}".`);
  return found;
}

export interface JoinOptions extends ViewerPass {
  /** What it says that it decodes. */
  readonly decoders?: readonly string[];
  /** What it is reached by. */
  readonly link?: LinkOptions;
}

export class SessionRig implements AsyncDisposable {
  private constructor(
    readonly session: Session,
    readonly remote: RemoteDesktop,
    readonly resources: AsyncDisposableStack,
    /** In kbit/s. */
    readonly bitrate: number,
  ) {}

  static async open(options: Partial<SessionOptions & VideoEncoders> = {}): Promise<SessionRig> {
    await using resources = new AsyncDisposableStack();
    const { bitrate = 4000, encoders = [encoder("x264enc")], others, size = SIZE, speeds } =
      options;
    const display = resources.use(
      await VirtualDisplay.start({ server: "auto", ...size, command: ["sleep", "1000"] }),
    );
    const remote = resources.use(await RemoteDesktop.open(display));
    const session = resources.use(
      await Session.open({
        display: display.display,
        authority: display.authority,
        xServer: "auto",
        size,
        command: [],
        encoding: { encoders, ...others && { others }, ...speeds && { speeds } },
        framesPerSecond: 60,
        bitrate,
        sound: { origin: { kind: "off" }, frameMs: 10, bitrateKbit: 64 },
        ...options,
      }),
    );
    return new SessionRig(session, remote, resources.move(), bitrate);
  }

  /** One more viewer, of the session's until it leaves. */
  join(options: JoinOptions = {}): TestViewer {
    const { decoders, link, ...pass } = options;
    const makePath = ratePaths({ maxBitrate: this.bitrate, maxFrameRate: 60 });
    const [ours, theirs] = memoryTransportPair({
      makePaths: [undefined, makePath],
      ...(link ? { links: [{}, link] } : {}),
    });
    const viewer = new TestViewer(ours, decoders);
    this.session.addViewer(theirs, pass);
    return this.resources.use(viewer);
  }

  /**
   * Decodes frames from the last keyframe on, and compares the brightness of the last one with the
   * screen's, in dB.
   *
   * @param matrix How the encoder is told that colours are made.
   */
  async likeness(
    frames: readonly VideoMessage[],
    codec: Codec,
    matrix: ColourMatrix = "bt601",
  ): Promise<number> {
    const start = frames.findLastIndex(({ keyframe }) => keyframe);
    const config = frames[start]?.config;
    if (config === undefined) throw new Error("There is no keyframe with a configuration.");
    const { codedWidth: width, codedHeight: height } = config;
    await using decoder = new Decoder(codec, width, height);
    let shown: Uint8Array = new Uint8Array();
    for (const { accessUnit: data } of frames.slice(start)) {
      shown = await decoder.decode({ data, headroom: 0 });
    }
    const luma = await this.#luma(width, height, matrix);
    return psnr(shown.subarray(0, luma.length), luma);
  }

  /** Draws tiles over each other from a keyframe on, and compares as {@link likeness} does. */
  async tilesLikeness(frames: readonly VideoMessage[]): Promise<number> {
    const { codedWidth: width, codedHeight: height } = frames[0]!.config!;
    const shown = new VideoFrameMemory("I420", width, height, "jpeg");
    const [plane] = shown.planes;
    for (const tile of frames.flatMap(({ accessUnit }) => decodeJpegTiles(accessUnit))) {
      const image = await decodeJpeg(tile.image);
      const [from] = new VideoFrameMemory("I420", tile.width, tile.height, "jpeg").planes;
      for (let row = 0; row < tile.height; row++) {
        const start = row * from!.stride;
        const target = (tile.y + row) * plane!.stride + tile.x;
        shown.bytes.set(image.subarray(start, start + tile.width), target);
      }
    }
    const luma = await this.#luma(width, height, "jpeg");
    return psnr(shown.bytes.subarray(0, luma.length), luma);
  }

  /** The brightness of the screen. */
  async #luma(width: number, height: number, matrix: ColourMatrix): Promise<Uint8Array> {
    const screen = await this.remote.screenshot();
    if (screen.width !== width || screen.height !== height) {
      throw new Error(`The picture has ${width}x${height} of ${screen.width}x${screen.height}.`);
    }
    const source = new Uint8Array(width * height * 4);
    for (let at = 0; at < source.length; at += 4) {
      for (const [to, from] of [[0, 2], [1, 1], [2, 0]] as const) {
        source[at + to] = screen.rgba[at + from]!;
      }
    }
    using converter = new VideoConverter({ width, height, stride: width * 4, source, matrix });
    converter.convert([{ x: 0, y: 0, width, height }]);
    return converter.frame.bytes.subarray(0, converter.frame.planes[1]!.offset);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

/** @returns I420 of full range, laid out as GStreamer does. */
async function decodeJpeg(image: Uint8Array): Promise<Uint8Array> {
  await using pipeline = Pipeline.parse(
    "jpegdec name=decoder ! video/x-raw,format=I420 ! appsink name=sink sync=false async=false",
  );
  pipeline.play();
  const sink = pipeline.appSink("sink");
  await pipeline.sinkPad("decoder", "image/jpeg,framerate=1/1").chain(image, { pts: 0 });
  const sample = await sink.pull({ signal: AbortSignal.timeout(5000) });
  if (sample === null) throw new Error("jpegdec gave nothing out");
  return sample.data;
}
