import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { frameHeader, FrameReader } from "../../src/protocol/frame_reader.ts";
import {
  decodeDatagram,
  decodeWebtransportMessage,
  encodeWebtransportMessage,
  MAX_STREAM_HEADER_OCTETS,
  readStreamHeader,
  type StreamHeader,
  streamHeaderLength,
  TIME_MODULUS,
  type WebtransportControl,
  writeStreamHeader,
} from "../../src/protocol/webtransport_message.ts";

const natural = fc.oneof(fc.nat({ max: 300 }), fc.maxSafeNat());
const time = fc.nat({ max: TIME_MODULUS - 1 });
const octets = fc.uint8Array({ maxLength: 64 });

const message: fc.Arbitrary<WebtransportControl> = fc.oneof(
  fc.record({
    type: fc.constant("acks" as const),
    losses: natural,
    acks: fc.array(
      fc.record({ flow: natural, total: natural, buffer: natural, latest: natural }, {
        noNullPrototype: true,
      }),
      { maxLength: 20 },
    ),
    echo: fc.record({ time, held: natural }, { noNullPrototype: true }),
  }, { requiredKeys: ["type", "losses", "acks"], noNullPrototype: true }),
  fc.record({
    type: fc.constant("latest" as const),
    flow: natural,
    index: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    after: natural,
    octets,
  }, { noNullPrototype: true }),
  fc.record({ type: fc.constant("losable" as const), flow: natural, octets }, {
    noNullPrototype: true,
  }),
  fc.record({
    type: fc.constant("copy" as const),
    flow: natural,
    before: natural,
    index: natural,
    octets,
  }, { noNullPrototype: true }),
  fc.record({
    type: fc.constant("giveUp" as const),
    flow: natural,
    sequence: natural,
    octets: natural,
  }, { noNullPrototype: true }),
  fc.record({ type: fc.constant("closeIndependent" as const), flow: natural, count: natural }, {
    noNullPrototype: true,
  }),
  fc.record({
    type: fc.constant("bye" as const),
    code: natural,
    reason: fc.string({ unit: "grapheme", maxLength: 100 }),
  }, { noNullPrototype: true }),
  fc.record({ type: fc.constantFrom("ping" as const, "pingReply" as const), octets }, {
    noNullPrototype: true,
  }),
  fc.record({ type: fc.constantFrom("close" as const, "closeAck" as const), flow: natural }, {
    noNullPrototype: true,
  }),
);

/** Reading either works or throws ProtocolError. */
function survives(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    assert.ok(error instanceof ProtocolError, String(error));
    return false;
  }
}

Deno.test("encodeWebtransportMessage() and decodeWebtransportMessage() round-trip every message", () => {
  fc.assert(fc.property(message, (value) => {
    assert.deepEqual(decodeWebtransportMessage(encodeWebtransportMessage(value)), value);
  }));
});

Deno.test("decodeWebtransportMessage() throws nothing but ProtocolError", () => {
  fc.assert(fc.property(message, fc.nat(), fc.nat({ max: 255 }), (value, at, flip) => {
    const encoded = encodeWebtransportMessage(value);
    encoded[at % encoded.length] = (encoded[at % encoded.length] ?? 0) ^ flip;
    survives(() => decodeWebtransportMessage(encoded));
    survives(() => decodeDatagram(encoded));
    for (let end = 0; end < Math.min(encoded.length, 32); end++) {
      survives(() => decodeWebtransportMessage(encoded.subarray(0, end)));
    }
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (garbage) => {
    survives(() => decodeWebtransportMessage(garbage));
    survives(() => decodeDatagram(garbage));
    survives(() => readStreamHeader(garbage));
  }));
});

Deno.test("decodeWebtransportMessage() refuses RTWebSocket's acks", () => {
  assert.throws(() => decodeWebtransportMessage(new Uint8Array([0x5a, 0, 1, 1])), ProtocolError);
});

Deno.test("decodeDatagram() refuses what is not sent as a datagram", () => {
  const bye = encodeWebtransportMessage({ type: "bye", code: 1000, reason: "" });
  assert.throws(() => decodeDatagram(bye), /bye are not sent as datagrams/);
});

const header: fc.Arbitrary<StreamHeader> = fc.record({
  flow: natural,
  sequence: natural,
  skip: fc.nat(300),
  length: natural,
  time,
}, { noNullPrototype: true }).filter(({ sequence, skip }) => skip <= sequence);

Deno.test("readStreamHeader() reads what writeStreamHeader() writes, once it is whole", () => {
  fc.assert(fc.property(header, octets, (value, payload) => {
    const size = streamHeaderLength(value);
    const all = new Uint8Array(size + payload.length);
    assert.equal(writeStreamHeader(all, 0, value), size);
    all.set(payload, size);
    assert.deepEqual(readStreamHeader(all.subarray(0, MAX_STREAM_HEADER_OCTETS)), {
      header: value,
      size,
    });
    for (let end = 0; end < size; end++) {
      assert.equal(readStreamHeader(all.subarray(0, end)), undefined);
    }
  }));
});

Deno.test("FrameReader takes the same messages out of any chunks", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }),
    fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
    (messages, sizes) => {
      const stream: number[] = [];
      for (const message of messages) stream.push(...frameHeader(message.length), ...message);
      const reader = new FrameReader(1000);
      const taken: number[][] = [];
      let offset = 0;
      while (offset < stream.length) {
        const end = offset + sizes.next().value;
        reader.feed(
          new Uint8Array(stream.slice(offset, end)),
          (message) => taken.push([...message]),
        );
        offset = end;
      }
      assert.deepEqual(taken, messages.map((message) => [...message]));
    },
  ));
});

Deno.test("FrameReader refuses a message over its limit before it has come", () => {
  const reader = new FrameReader(1000);
  const take = () => assert.fail("nothing is whole");
  assert.throws(
    () => reader.feed(frameHeader(1001), take),
    /1001 octets is over the limit of 1000/,
  );
  const endless = new FrameReader(1000);
  assert.throws(() => endless.feed(new Uint8Array([0x80, 0x80, 0x80, 0x80]), take), ProtocolError);
});
