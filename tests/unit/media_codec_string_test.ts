import assert from "node:assert/strict";
import fc from "fast-check";
import { openBitstreamUnits, readAv1SequenceHeader } from "../../src/media/av1_bitstream.ts";
import { BitstreamError } from "../../src/media/bitstream.ts";
import { type Codec, readDecoderConfig } from "../../src/media/decoder_config.ts";
import { nalUnits } from "../../src/media/h264_bitstream.ts";
import {
  HevcNalType,
  hevcNalType,
  readHevcSequenceParameters,
} from "../../src/media/hevc_bitstream.ts";
import { describeVp9Colours, readVp9Keyframe } from "../../src/media/vp9_bitstream.ts";
import { BitWriter } from "../support/bit_writer.ts";

function octets(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** The beginnings of keyframes of 320x180 pixels, of GStreamer 1.22. */
const SAMPLES: readonly { codec: Codec; stream: string; string: string; headers: number }[] = [
  {
    codec: "vp9",
    stream: "824983420013f00b347e38241c19fe00005043e8bf400066d3",
    string: "vp09.00.20.08.01.01.01.06.00",
    headers: 9,
  },
  {
    codec: "vp9",
    stream: "a249834200027e01668fc70483833fc0000a43e8bf400066d3",
    string: "vp09.01.20.08.03.01.01.06.00",
    headers: 9,
  },
  {
    codec: "av1",
    stream: "12000a0c000000043cfecf81b5f20080",
    string: "av01.0.00M.08.0.110.02.02.02.0",
    headers: 14,
  },
  {
    codec: "av1",
    stream: "12000a0b200000043cfecf81b5f204",
    string: "av01.1.00M.08.0.000.02.02.02.0",
    headers: 13,
  },
  {
    codec: "hevc",
    stream: "0000000140010c01ffff01600000030090000003000003005dba024000000001420101016000000300" +
      "90000003000003005da00a080c1f3e5ba4a4c2fff000100016a02020c080000003008000001e0400000001" +
      "4401c073c189",
    string: "hev1.1.6.L93.90",
    headers: 40,
  },
  {
    codec: "hevc",
    stream: "0000000140010c01ffff0408000003009e0800000300005dba024000000001420101040800000300" +
      "9e0800000300005d9001410183e372dd252617ff80008000b501010604000003000400000300f020000000" +
      "014401c073183018",
    string: "hev1.4.10.L93.9E.8",
    headers: 40,
  },
];

for (const { codec, stream, string, headers } of SAMPLES) {
  Deno.test(`readDecoderConfig() writes ${string} for a keyframe of an encoder`, () => {
    const unit = octets(stream);
    assert.deepEqual(readDecoderConfig(codec, unit), {
      codec: string,
      codedWidth: 320,
      codedHeight: 180,
    });
    for (let length = 0; length < headers; length++) {
      assert.throws(
        () => readDecoderConfig(codec, unit.subarray(0, length)),
        BitstreamError,
        `${length} octets`,
      );
    }
  });
}

Deno.test("readDecoderConfig() throws nothing but BitstreamError, whatever it is given", () => {
  const codecs: Codec[] = ["h264", "vp8", "vp9", "av1", "hevc"];
  const damaged = fc.tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
  ).map(([{ stream }, changes]) => {
    const unit = octets(stream);
    for (const [at, value] of changes) if (at < unit.length) unit[at] = value;
    return unit;
  });
  const anything = fc.oneof(fc.uint8Array({ maxLength: 120 }), damaged);
  fc.assert(
    fc.property(fc.constantFrom(...codecs), anything, (codec, unit) => {
      try {
        const config = readDecoderConfig(codec, unit);
        // What gets through is what the protocol takes.
        assert.match(config.codec, /^[A-Za-z0-9][A-Za-z0-9.\-]{1,63}$/);
        assert.ok(config.codedWidth >= 0 && config.codedHeight >= 0);
      } catch (error) {
        assert.ok(error instanceof BitstreamError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("readVp9Keyframe() reads back any header that was written", () => {
  const size = fc.integer({ min: 1, max: 65536 });
  const depths = fc.constantFrom(8 as const, 10 as const, 12 as const);
  const spaces = fc.constantFrom([0, 2], [1, 5], [2, 1], [3, 6], [4, 7], [5, 9], [7, 0]);
  const samplings = fc.constantFrom([false, false], [true, false], [false, true], [true, true]);
  fc.assert(
    fc.property(
      size,
      size,
      depths,
      spaces,
      samplings,
      fc.boolean(),
      (w, h, depth, cs, ss, full) => {
        const [space, matrix] = cs as [number, number];
        const [x, y] = ss as [boolean, boolean];
        const rgb = space === 7;
        if (rgb && (x || y)) return;
        const profile = (depth > 8 ? 2 : 0) + (x && y ? 0 : 1);
        const writer = new BitWriter().bits(2, 2).bits(profile & 1, 1).bits(profile >> 1, 1);
        if (profile === 3) writer.bits(0, 1);
        writer.bits(0, 2).bits(1, 1).bits(0, 1).bits(0x498342, 24);
        if (depth > 8) writer.bits(depth === 12 ? 1 : 0, 1);
        writer.bits(space, 3);
        if (rgb) writer.bits(0, 1);
        else {
          writer.bits(full ? 1 : 0, 1);
          if (profile % 2 === 1) writer.bits(x ? 1 : 0, 1).bits(y ? 1 : 0, 1).bits(0, 1);
        }
        const header = readVp9Keyframe(writer.bits(w - 1, 16).bits(h - 1, 16).octets());
        assert.deepEqual(header, {
          profile,
          bitDepth: depth,
          subsampling: [x, y],
          colour: rgb
            ? { primaries: 1, transfer: 13, matrix, fullRange: true }
            : { primaries: 2, transfer: 2, matrix, fullRange: full },
          width: w,
          height: h,
        });
      },
    ),
  );
});

Deno.test("readVp9Keyframe() refuses what is no keyframe, or says what there is not", () => {
  const unit = octets(SAMPLES[0]!.stream);
  assert.throws(() => readVp9Keyframe(unit.with(0, 0x42)), /frame marker/);
  assert.throws(() => readVp9Keyframe(unit.with(0, 0x86)), /no keyframe/);
  assert.throws(() => readVp9Keyframe(unit.with(0, 0x88)), /no keyframe/);
  assert.throws(() => readVp9Keyframe(unit.with(2, 0)), /sync code/);
  assert.throws(() => readVp9Keyframe(unit.with(4, 0xc0)), /colour space 6/);
  assert.throws(() => readVp9Keyframe(unit.with(4, 0xe0)), /is RGB/);
  const odd = octets(SAMPLES[1]!.stream);
  assert.throws(() => readVp9Keyframe(odd.with(4, 0x0c)), /is 4:2:0/);
});

Deno.test("describeVp9Colours() says how colours are made, where nothing does, and changes nothing else", () => {
  for (const { stream } of SAMPLES.filter(({ codec }) => codec === "vp9")) {
    const unit = octets(stream);
    const before = readVp9Keyframe(unit);
    describeVp9Colours(unit, 5);
    assert.deepEqual(readVp9Keyframe(unit), {
      ...before,
      colour: { ...before.colour, matrix: 5 },
    });
    describeVp9Colours(unit, 1);
    assert.equal(readVp9Keyframe(unit).colour.matrix, 5);
    assert.deepEqual(unit.with(4, 0), octets(stream).with(4, 0));
  }
  assert.throws(() => describeVp9Colours(octets("86"), 5), BitstreamError);
});

Deno.test("readDecoderConfig() gives VP9 the level of its size at 60 frames a second", () => {
  const level = (width: number, height: number) => {
    const header = new BitWriter().bits(0b1000_0010, 8).bits(0x498342, 24).bits(0b0010, 4)
      .bits(width - 1, 16).bits(height - 1, 16).octets();
    return readDecoderConfig("vp9", header).codec.split(".")[2];
  };
  assert.equal(level(256, 144), "11");
  assert.equal(level(1280, 720), "40");
  assert.equal(level(1920, 1080), "41");
  assert.equal(level(3840, 2160), "51");
  assert.equal(level(4096, 256), "40");
  assert.equal(level(65536, 65536), "62");
});

interface SequenceHeader {
  profile: 0 | 1 | 2;
  reduced: boolean;
  timing: boolean;
  decoderModel: boolean;
  delays: boolean;
  points: { level: number; tier: number }[];
  frameIds: boolean;
  orderHint: boolean;
  chosenTools: boolean;
  described: boolean;
  matrix: number;
  fullRange: boolean;
  depth: 8 | 10 | 12;
  width: number;
  height: number;
}

const sequenceHeaders: fc.Arbitrary<SequenceHeader> = fc.record({
  profile: fc.constantFrom(0 as const, 1 as const, 2 as const),
  reduced: fc.boolean(),
  timing: fc.boolean(),
  decoderModel: fc.boolean(),
  delays: fc.boolean(),
  points: fc.array(
    fc.record({ level: fc.nat(23), tier: fc.nat(1) }),
    { minLength: 1, maxLength: 4 },
  ),
  frameIds: fc.boolean(),
  orderHint: fc.boolean(),
  chosenTools: fc.boolean(),
  described: fc.boolean(),
  matrix: fc.constantFrom(1, 2, 5, 6, 9),
  fullRange: fc.boolean(),
  depth: fc.constantFrom(8 as const, 10 as const, 12 as const),
  width: fc.integer({ min: 1, max: 65536 }),
  height: fc.integer({ min: 1, max: 65536 }),
});

function writeSequenceHeader(header: SequenceHeader): Uint8Array {
  const { profile, reduced, depth } = header;
  const flag = (value: boolean) => value ? 1 : 0;
  const writer = new BitWriter().bits(profile, 3).bits(0, 1).bits(flag(reduced), 1);
  if (reduced) writer.bits(header.points[0]!.level, 5);
  else {
    writer.bits(flag(header.timing), 1);
    if (header.timing) {
      writer.bits(1, 32).bits(60, 32).bits(1, 1).bits(0, 2).bits(1, 1).bits(2, 2);
      writer.bits(flag(header.decoderModel), 1);
      if (header.decoderModel) writer.bits(9, 5).bits(1, 32).bits(7, 5).bits(7, 5);
    }
    writer.bits(flag(header.delays), 1).bits(header.points.length - 1, 5);
    for (const { level, tier } of header.points) {
      writer.bits(0, 12).bits(level, 5);
      if (level > 7) writer.bits(tier, 1);
      if (header.timing && header.decoderModel) {
        writer.bits(1, 1).bits(500, 10).bits(3, 10).bits(1, 1);
      }
      if (header.delays) writer.bits(1, 1).bits(5, 4);
    }
  }
  writer.bits(15, 4).bits(15, 4).bits(header.width - 1, 16).bits(header.height - 1, 16);
  if (!reduced) {
    writer.bits(flag(header.frameIds), 1);
    if (header.frameIds) writer.bits(3, 4).bits(5, 3);
  }
  writer.bits(5, 3);
  if (!reduced) {
    writer.bits(6, 4).bits(flag(header.orderHint), 1);
    if (header.orderHint) writer.bits(1, 2);
    writer.bits(flag(header.chosenTools), 1);
    if (!header.chosenTools) writer.bits(1, 1);
    writer.bits(0, 1).bits(1, 1);
    if (header.orderHint) writer.bits(6, 3);
  }
  writer.bits(2, 3);
  writer.bits(flag(depth > 8), 1);
  if (profile === 2 && depth > 8) writer.bits(flag(depth === 12), 1);
  if (profile !== 1) writer.bits(0, 1);
  writer.bits(flag(header.described), 1);
  if (header.described) writer.bits(1, 8).bits(1, 8).bits(header.matrix, 8);
  writer.bits(flag(header.fullRange), 1);
  if (profile === 2 && depth === 12) writer.bits(0b11, 2);
  if (profile === 0 || profile === 2 && depth === 12) writer.bits(1, 2);
  return writer.bits(0, 1).bits(0, 1).octets();
}

Deno.test("readAv1SequenceHeader() reads back any header that was written", () => {
  fc.assert(fc.property(sequenceHeaders, (header) => {
    const { profile, reduced, described } = header;
    if (profile !== 2 && header.depth === 12) return;
    const [point] = header.points;
    const subsampled = profile === 0 || profile === 2 && header.depth === 12;
    assert.deepEqual(readAv1SequenceHeader(writeSequenceHeader(header)), {
      profile,
      level: point!.level,
      tier: !reduced && point!.level > 7 ? point!.tier : 0,
      bitDepth: header.depth,
      monochrome: false,
      subsampling: subsampled ? [true, true] : [profile === 2, false],
      samplePosition: subsampled ? 1 : 0,
      colour: {
        primaries: described ? 1 : 2,
        transfer: described ? 1 : 2,
        matrix: described ? header.matrix : 2,
        fullRange: header.fullRange,
      },
      width: header.width,
      height: header.height,
    });
  }));
});

Deno.test("openBitstreamUnits() walks over sizes and extensions, and refuses what is cut", () => {
  const unit = octets("1200" + "0e00030a0b0c" + "327f" + "aa".repeat(127) + "38bb");
  const found = [...openBitstreamUnits(unit)].map(({ type, payload }) => [type, payload.length]);
  assert.deepEqual(found, [[2, 0], [1, 3], [6, 127], [7, 1]]);
  const refused = [
    "80",
    "8a00",
    "0a05aa",
    "0a",
    "0a" + "80".repeat(8),
    "0a" + "ff".repeat(7) + "7f",
  ];
  for (const hex of refused) {
    assert.throws(() => [...openBitstreamUnits(octets(hex))], BitstreamError, hex);
  }
});

Deno.test("readHevcSequenceParameters() reads back any parameter set that was written", () => {
  const layer = fc.record({ profile: fc.boolean(), level: fc.boolean() });
  const crop = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3));
  fc.assert(
    fc.property(
      fc.record({
        space: fc.nat(3),
        tier: fc.nat(1),
        profile: fc.nat(31),
        compatibility: fc.nat(2 ** 31 - 1),
        constraints: fc.array(fc.nat(255), { minLength: 6, maxLength: 6 }),
        level: fc.nat(255),
        layers: fc.array(layer, { maxLength: 6 }),
        chromaFormat: fc.nat(3),
        width: fc.integer({ min: 16, max: 16384 }),
        height: fc.integer({ min: 16, max: 16384 }),
        crop: fc.option(crop, { nil: undefined }),
        luma: fc.integer({ min: 8, max: 16 }),
        chroma: fc.integer({ min: 8, max: 16 }),
      }),
      (set) => {
        const writer = new BitWriter().bits(0x4201, 16).bits(0, 4).bits(set.layers.length, 3)
          .bits(1, 1).bits(set.space, 2).bits(set.tier, 1).bits(set.profile, 5)
          .bits(set.compatibility, 32);
        for (const octet of set.constraints) writer.bits(octet, 8);
        writer.bits(set.level, 8);
        for (const { profile, level } of set.layers) {
          writer.bits(profile ? 1 : 0, 1).bits(level ? 1 : 0, 1);
        }
        if (set.layers.length > 0) writer.bits(0, 2 * (8 - set.layers.length));
        for (const { profile, level } of set.layers) {
          if (profile) writer.bits(0, 88);
          if (level) writer.bits(93, 8);
        }
        writer.unsigned(0).unsigned(set.chromaFormat);
        if (set.chromaFormat === 3) writer.bits(0, 1);
        writer.unsigned(set.width).unsigned(set.height).bits(set.crop ? 1 : 0, 1);
        for (const edge of set.crop ?? []) writer.unsigned(edge);
        writer.unsigned(set.luma - 8).unsigned(set.chroma - 8);
        const [left, right, top, bottom] = set.crop ?? [0, 0, 0, 0];
        const across = set.chromaFormat === 1 || set.chromaFormat === 2 ? 2 : 1;
        const down = set.chromaFormat === 1 ? 2 : 1;
        const width = set.width - (left + right) * across;
        const height = set.height - (top + bottom) * down;
        if (width <= 0 || height <= 0) return;
        assert.deepEqual(readHevcSequenceParameters(writer.finish()), {
          space: set.space,
          tier: set.tier,
          profile: set.profile,
          compatibility: set.compatibility,
          constraints: set.constraints,
          level: set.level,
          chromaFormat: set.chromaFormat,
          bitDepthLuma: set.luma,
          bitDepthChroma: set.chroma,
          width,
          height,
        });
      },
    ),
  );
});

Deno.test("readDecoderConfig() writes an HEVC profile space, the high tier and reversed flags", () => {
  const unit = octets(SAMPLES[4]!.stream);
  const set = [...nalUnits(unit)].find(({ bytes }) => hevcNalType(bytes) === HevcNalType.sps);
  const at = unit.length - unit.subarray(set!.bytes.byteOffset).length + 3;
  // Profile space B, high tier, profile 1.
  assert.equal(readDecoderConfig("hevc", unit.with(at, 0xa1)).codec, "hev1.B1.6.H93.90");
  assert.throws(() => readHevcSequenceParameters(octets("4001")), /no HEVC sequence/);
});
