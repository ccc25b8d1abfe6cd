import assert from "node:assert/strict";
import { Pipeline } from "../../ffi/mod.ts";
import { encoderCatalogue } from "../../src/media/encoder_catalogue.ts";
import { paintText } from "./encoder_picture.ts";
import { Rig } from "./encoder_rig.ts";

interface Case {
  readonly name: string;
  readonly chroma: "420" | "444";
  readonly codec: RegExp;
  /** What comes in, the parser, and what it reads in the stream: it links only if that is so. */
  readonly stream: string;
  readonly parser: string;
  readonly read: string;
}

const [H264, HEVC] = ["video/x-h264", "video/x-h265"]
  .map((type) => `${type},stream-format=byte-stream,alignment=au`) as [string, string];
const AV1 = "video/x-av1,stream-format=obu-stream,alignment=tu";

/** Codec strings beside what GStreamer's parsers, which others wrote, read in the same stream. */
const CASES: readonly Case[] = [
  {
    name: "x264enc",
    chroma: "420",
    codec: /^avc1\.42c01f$/,
    stream: H264,
    parser: "h264parse",
    read: 'video/x-h264,profile=constrained-baseline,level=(string)"3.1",chroma-format="4:2:0"',
  },
  {
    name: "x264enc",
    chroma: "444",
    codec: /^avc1\.f4001f$/,
    stream: H264,
    parser: "h264parse",
    read: 'video/x-h264,profile="high-4:4:4",level=(string)"3.1",chroma-format="4:4:4"',
  },
  {
    name: "x265enc",
    chroma: "420",
    codec: /^hev1\.1\.6\.L93\.90$/,
    stream: HEVC,
    parser: "h265parse",
    read: 'video/x-h265,profile=main,tier=main,level=(string)"3.1",chroma-format="4:2:0",' +
      "bit-depth-luma=(uint)8",
  },
  {
    name: "av1enc",
    chroma: "420",
    codec: /^av01\.0\.\d\dM\.08\.0\.110\./,
    stream: AV1,
    parser: "av1parse",
    read: 'video/x-av1,profile=(string)main,chroma-format="4:2:0",bit-depth-luma=(uint)8',
  },
  {
    name: "av1enc",
    chroma: "444",
    codec: /^av01\.1\.\d\dM\.08\.0\.000\./,
    stream: AV1,
    parser: "av1parse",
    read: 'video/x-av1,profile=(string)high,chroma-format="4:4:4",bit-depth-luma=(uint)8',
  },
  {
    name: "vp9enc",
    chroma: "420",
    codec: /^vp09\.00\.30\.08\.01\.01\.01\.05\.00$/,
    stream: "video/x-vp9",
    parser: "vp9parse",
    read: 'video/x-vp9,profile=(string)0,chroma-format="4:2:0",bit-depth-luma=(uint)8',
  },
  {
    name: "vp9enc",
    chroma: "444",
    codec: /^vp09\.01\.30\.08\.03\.01\.01\.05\.00$/,
    stream: "video/x-vp9",
    parser: "vp9parse",
    read: 'video/x-vp9,profile=(string)1,chroma-format="4:4:4",bit-depth-luma=(uint)8',
  },
];

for (const { name, chroma, codec, stream, parser, read } of CASES) {
  Deno.test(`the codec string of ${name} at ${chroma} says what ${parser} reads`, async () => {
    const row = encoderCatalogue.find((row) => row.name === name && row.chroma === chroma);
    assert.ok(row);
    await using rig = await Rig.open(row, { width: 640, height: 360 });
    paintText(rig.source, 640, 360, 1);
    const { chunk } = await rig.frame(0, true);
    assert.match(chunk.config?.codec ?? "", codec);
    await using pipeline = Pipeline.parse(
      `appsrc name=src format=time caps="${stream},width=640,height=360,framerate=60/1" ` +
        `! ${parser} ! capsfilter caps="${
          read.replaceAll('"', '\\"')
        }" ! appsink name=sink sync=false`,
    );
    pipeline.play();
    const source = pipeline.appSrc("src");
    source.push(chunk.data.subarray(chunk.headroom), { pts: 0 });
    source.endOfStream();
    assert.ok(await pipeline.appSink("sink").pull({ signal: AbortSignal.timeout(5000) }));
  });
}
