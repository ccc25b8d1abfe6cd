import assert from "node:assert/strict";
import fc from "fast-check";
import { BitReader } from "../../src/media/bit_reader.ts";
import { BitstreamError } from "../../src/media/bitstream.ts";
import { readDecoderConfig } from "../../src/media/decoder_config.ts";
import { nalUnits, readSequenceParameters } from "../../src/media/h264_bitstream.ts";
import { readVp8Header } from "../../src/media/vp8_bitstream.ts";
import { BitWriter } from "../support/bit_writer.ts";

interface Sps {
  profile: number;
  constraints: number;
  level: number;
  id: number;
  order: 0 | 1 | 2;
  macroblocksWide: number;
  macroblocksHigh: number;
  crop: [number, number, number, number] | undefined;
  scaling: boolean;
}

function writeSps(sps: Sps): Uint8Array {
  const writer = new BitWriter().bits(0x67, 8).bits(sps.profile, 8).bits(sps.constraints, 8)
    .bits(sps.level, 8).unsigned(sps.id);
  if (sps.profile === 100) {
    writer.unsigned(1).unsigned(0).unsigned(0).bits(0, 1).bits(sps.scaling ? 1 : 0, 1);
    if (sps.scaling) {
      // One list of 16 that ends early, one of 64 in full, the others absent.
      for (let list = 0; list < 8; list++) {
        if (list === 1) writer.bits(1, 1).signed(4).signed(-12);
        else if (list === 6) {
          writer.bits(1, 1);
          for (let index = 0; index < 64; index++) writer.signed(index % 2 === 0 ? 1 : -1);
        } else writer.bits(0, 1);
      }
    }
  }
  writer.unsigned(4).unsigned(sps.order);
  if (sps.order === 0) writer.unsigned(2);
  if (sps.order === 1) writer.bits(0, 1).signed(-3).signed(5).unsigned(2).signed(1).signed(-1);
  writer.unsigned(1).bits(0, 1).unsigned(sps.macroblocksWide - 1)
    .unsigned(sps.macroblocksHigh - 1).bits(1, 1).bits(1, 1);
  writer.bits(sps.crop ? 1 : 0, 1);
  for (const edge of sps.crop ?? []) writer.unsigned(edge);
  return writer.bits(0, 1).finish();
}

const spsArbitrary: fc.Arbitrary<Sps> = fc.record({
  profile: fc.constantFrom(66, 77, 100),
  constraints: fc.integer({ min: 0, max: 255 }),
  level: fc.constantFrom(10, 31, 32, 40, 51, 0),
  id: fc.integer({ min: 0, max: 31 }),
  order: fc.constantFrom(0 as const, 1 as const, 2 as const),
  macroblocksWide: fc.integer({ min: 1, max: 512 }),
  macroblocksHigh: fc.integer({ min: 1, max: 512 }),
  crop: fc.option(
    fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 3 }))) as fc.Arbitrary<
      [number, number, number, number]
    >,
    { nil: undefined },
  ),
  scaling: fc.boolean(),
});

Deno.test("readSequenceParameters() reads back any parameter set that was written", () => {
  fc.assert(fc.property(spsArbitrary, (sps) => {
    const [left, right, top, bottom] = sps.crop ?? [0, 0, 0, 0];
    assert.deepEqual(readSequenceParameters(writeSps(sps)), {
      profile: sps.profile,
      constraints: sps.constraints,
      level: sps.level,
      width: sps.macroblocksWide * 16 - (left + right) * 2,
      height: sps.macroblocksHigh * 16 - (top + bottom) * 2,
    });
  }));
});

Deno.test("readSequenceParameters() refuses every truncation, and never hangs on noise", () => {
  const sps = writeSps({
    profile: 100,
    constraints: 0,
    level: 31,
    id: 0,
    order: 1,
    macroblocksWide: 80,
    macroblocksHigh: 45,
    crop: [0, 0, 0, 4],
    scaling: true,
  });
  // The last octets are the flag of the absent VUI and padding.
  for (let length = 0; length < sps.length - 2; length++) {
    assert.throws(() => readSequenceParameters(sps.subarray(0, length)), BitstreamError);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
    try {
      readSequenceParameters(new Uint8Array([0x67, ...noise]));
    } catch (error) {
      assert.ok(error instanceof BitstreamError);
    }
  }));
});

Deno.test("nalUnits() gives back the units that were joined with either start code", () => {
  const unit = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((octets) => {
    // As 7.4.1 has it: no start code within, and no zero at the end.
    const bytes = octets.map((octet) => octet <= 3 ? octet + 4 : octet);
    return new Uint8Array(bytes);
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(unit, fc.integer({ min: 2, max: 5 }))), (units) => {
      const stream = new Uint8Array(
        units.flatMap(([bytes, zeros]) => [...new Uint8Array(zeros), 1, ...bytes]),
      );
      const read = [...nalUnits(stream)];
      assert.deepEqual(read.map(({ bytes }) => bytes), units.map(([bytes]) => bytes));
      assert.deepEqual(read.map(({ type }) => type), units.map(([bytes]) => bytes[0]! & 31));
    }),
  );
});

Deno.test("nalUnits() of what has no start code is empty", () => {
  for (const octets of [[], [0], [0, 0], [0, 0, 2], [1, 2, 3], [0, 0, 1], [0, 0, 0, 1]]) {
    assert.deepEqual([...nalUnits(new Uint8Array(octets))], []);
  }
});

Deno.test("BitReader reads Exp-Golomb codes, and says where the octets end", () => {
  const values = [0, 1, 2, 7, 255, 65534, 2 ** 31];
  const writer = new BitWriter();
  for (const value of values) writer.unsigned(value).signed(-value).signed(value);
  const reader = new BitReader(writer.finish());
  for (const value of values) {
    assert.equal(reader.unsigned(), value);
    assert.equal(reader.signed(), 0 - value);
    assert.equal(reader.signed(), value);
  }
  assert.throws(() => new BitReader(new Uint8Array()).bit(), BitstreamError);
  assert.throws(() => new BitReader(new Uint8Array(20)).unsigned(), /32 leading zeros/);
});

Deno.test("readDecoderConfig() writes the codec string of an H.264 keyframe", () => {
  const sps = writeSps({
    profile: 66,
    constraints: 0xc0,
    level: 31,
    id: 0,
    order: 2,
    macroblocksWide: 80,
    macroblocksHigh: 46,
    crop: [0, 0, 0, 8],
    scaling: false,
  });
  const unit = new Uint8Array([0, 0, 0, 1, 9, 16, 0, 0, 0, 1, ...sps, 0, 0, 1, 0x68, 0xce, 6]);
  assert.deepEqual(readDecoderConfig("h264", unit), {
    codec: "avc1.42c01f",
    codedWidth: 1280,
    codedHeight: 720,
  });
  const slice = new Uint8Array([0, 0, 1, 0x41, 0x9a]);
  assert.throws(() => readDecoderConfig("h264", slice), /no sequence parameter set/);
});

Deno.test("readVp8Header() reads keyframes and others, RFC 6386 §9.1", () => {
  // 1280x720, horizontal scale 1.
  const key = new Uint8Array([0x10, 2, 0, 0x9d, 1, 0x2a, 0x00, 0x45, 0xd0, 0x02]);
  assert.deepEqual(readVp8Header(key), { keyframe: true, width: 1280, height: 720 });
  assert.deepEqual(readDecoderConfig("vp8", key), {
    codec: "vp8",
    codedWidth: 1280,
    codedHeight: 720,
  });
  const delta = new Uint8Array([0x31, 1, 0, 5]);
  assert.equal(readVp8Header(delta).keyframe, false);
  assert.throws(() => readDecoderConfig("vp8", delta), /no keyframe/);
  for (let length = 0; length < 10; length++) {
    assert.throws(() => readVp8Header(key.subarray(0, length)), BitstreamError);
  }
  assert.throws(() => readVp8Header(key.with(4, 2)), /start code/);
});
