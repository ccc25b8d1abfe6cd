/** The wire format, octet for octet. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../src/protocol/errors.ts";
import {
  type ControlMessage,
  decodeMessage,
  encodeControl,
  encodeData,
  utf8Prefix,
} from "../../src/protocol/rtwebsocket_message.ts";

const integer = fc.maxSafeNat();
const octets = fc.uint8Array({ maxLength: 50 });
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

const control: fc.Arbitrary<ControlMessage> = fc.oneof(
  record({ type: fc.constantFrom("ping" as const, "pingReply" as const), octets }),
  record({ type: fc.constant("ackWindow" as const), octets: integer }),
  record({ type: fc.constant("open" as const), flow: integer, metadata: octets }),
  record({
    type: fc.constant("open" as const),
    flow: integer,
    returnFlow: integer,
    metadata: octets,
  }),
  record({
    type: fc.constant("abandon" as const),
    flow: integer,
    count: fc.integer({ min: 1 }),
  }),
  record({ type: fc.constantFrom("close" as const, "closeAck" as const), flow: integer }),
  record({ type: fc.constant("ack" as const), flow: integer, octets: integer, buffer: integer }),
  record({
    type: fc.constant("exception" as const),
    flow: integer,
    code: integer,
    reason: fc.string({ unit: "grapheme" }),
  }),
);

/** The wire format's table, with flow 300 (82 2c) and others of one octet. */
const EXAMPLES: [ControlMessage, number[]][] = [
  [{ type: "ping", octets: new Uint8Array([9, 8]) }, [0x01, 9, 8]],
  [{ type: "pingReply", octets: new Uint8Array([9, 8]) }, [0x41, 9, 8]],
  [{ type: "ackWindow", octets: 2800 }, [0x0a, 0x95, 0x70]],
  [{ type: "open", flow: 300, metadata: new Uint8Array([0x7b]) }, [0x10, 0x82, 0x2c, 0x7b]],
  [
    { type: "open", flow: 300, returnFlow: 2, metadata: new Uint8Array([0x7b]) },
    [0x30, 0x82, 0x2c, 2, 0x7b],
  ],
  [{ type: "abandon", flow: 5, count: 1 }, [0x1a, 5]],
  [{ type: "abandon", flow: 5, count: 130 }, [0x1a, 5, 0x81, 0x01]],
  [{ type: "close", flow: 5 }, [0x1c, 5]],
  [{ type: "ack", flow: 5, octets: 1402, buffer: 65536 }, [0x5a, 5, 0x8a, 0x7a, 0x84, 0x80, 0]],
  [{ type: "closeAck", flow: 5 }, [0x5c, 5]],
  [{ type: "exception", flow: 5, code: 0, reason: "" }, [0x5e, 5]],
  [{ type: "exception", flow: 5, code: 3, reason: "" }, [0x5e, 5, 3]],
  [{ type: "exception", flow: 5, code: 3, reason: "é" }, [0x5e, 5, 3, 0xc3, 0xa9]],
];

Deno.test("encodeControl() and decodeMessage() follow the wire format's table", () => {
  for (const [message, encoded] of EXAMPLES) {
    assert.deepEqual([...encodeControl(message)], encoded);
    assert.deepEqual(decodeMessage(new Uint8Array(encoded)), message);
  }
});

Deno.test("encodeData() marks fragments that more follow", () => {
  const message = new Uint8Array([1, 2, 3, 4, 5]);
  assert.deepEqual([...encodeData(300, message, 0, 2)], [0x3d, 0x82, 0x2c, 1, 2]);
  assert.deepEqual([...encodeData(300, message, 2, 5)], [0x1d, 0x82, 0x2c, 3, 4, 5]);
  assert.deepEqual([...encodeData(3, message, 0, 5)], [0x1d, 3, 1, 2, 3, 4, 5]);
  assert.deepEqual([...encodeData(3, new Uint8Array(0), 0, 0)], [0x1d, 3]);
});

Deno.test("decodeMessage() hands out fragments without a copy", () => {
  const octets = new Uint8Array([0x3d, 3, 1, 2]);
  const message = decodeMessage(octets);
  assert.ok(message.type === "data" && !message.last && message.flow === 3);
  assert.deepEqual([...message.fragment], [1, 2]);
  assert.equal(message.fragment.buffer, octets.buffer);
});

Deno.test("every control message round-trips", () => {
  fc.assert(fc.property(control, (message) => {
    assert.deepEqual(decodeMessage(encodeControl(message)), message);
  }));
});

Deno.test("data messages round-trip", () => {
  fc.assert(fc.property(integer, octets, fc.boolean(), (flow, fragment, last) => {
    const whole = new Uint8Array(fragment.length + (last ? 0 : 1));
    whole.set(fragment);
    const message = decodeMessage(encodeData(flow, whole, 0, fragment.length));
    assert.deepEqual(message, { type: "data", flow, last, fragment });
  }));
});

Deno.test("decodeMessage() refuses truncated integers and leftovers", () => {
  const refused = [
    [],
    [0x0a],
    [0x0a, 0x80],
    [0x0a, 1, 1],
    [0x10],
    [0x10, 0xff],
    [0x30, 1],
    [0x30, 1, 0x80],
    [0x1a],
    [0x1a, 1, 0x80],
    [0x1a, 1, 1, 1],
    [0x1c],
    [0x1c, 1, 1],
    [0x1d],
    [0x3d, 0x80],
    [0x5a, 1],
    [0x5a, 1, 1],
    [0x5a, 1, 1, 1, 1],
    [0x5c],
    [0x5c, 1, 0],
    [0x5e],
    [0x5e, 1, 0x80],
    [0x00],
    [0x02, 1],
    [0xff],
    [0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  ];
  for (const octets of refused) {
    assert.throws(() => decodeMessage(new Uint8Array(octets)), ProtocolError, String(octets));
  }
});

Deno.test("decodeMessage() throws nothing but ProtocolError at any octets", () => {
  const type = fc.constantFrom(1, 0x41, 0x0a, 0x10, 0x30, 0x3d, 0x1d, 0x1a, 0x1c, 0x5a, 0x5c, 0x5e);
  const any = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(type, fc.uint8Array({ maxLength: 40 }))
      .map(([first, rest]) => new Uint8Array([first, ...rest])),
  );
  fc.assert(
    fc.property(any, (octets) => {
      try {
        decodeMessage(octets);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("decodeMessage() reads reasons that are not UTF-8, and cuts endless ones", () => {
  const loose = decodeMessage(new Uint8Array([0x5e, 1, 2, 0x61, 0xff, 0x62]));
  assert.ok(loose.type === "exception" && loose.reason === "a\ufffdb");
  const long = decodeMessage(new Uint8Array([0x5e, 1, 2, ...new Array(5000).fill(0x61)]));
  assert.ok(long.type === "exception" && long.reason.length === 1024);
});

Deno.test("encodeControl() refuses to abandon nothing", () => {
  assert.throws(() => encodeControl({ type: "abandon", flow: 1, count: 0 }), RangeError);
});

Deno.test("utf8Prefix() keeps characters whole", () => {
  assert.deepEqual([...utf8Prefix("aé€", 4)], [0x61, 0xc3, 0xa9]);
  assert.deepEqual([...utf8Prefix("aé€", 6)], [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac]);
});
