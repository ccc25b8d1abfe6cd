/** Every message type: what is written is read back, and nothing else gets through. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AudioMessage,
  decodeAudioMessage,
  encodeAudioMessage,
  MAX_AUDIO_PACKET_OCTETS,
  missingAudioMessages,
} from "../../src/protocol/audio_message.ts";
import {
  CURSOR_SLOTS,
  type CursorMessage,
  decodeCursorMessage,
  encodeCursorMessage,
} from "../../src/protocol/cursor_message.ts";
import {
  decodeServerMessage,
  decodeViewerMessage,
  encodeServerMessage,
  encodeViewerMessage,
  type Numbered,
  type ServerMessage,
  type VideoCodec,
  type ViewerMessage,
} from "../../src/protocol/control_message.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import {
  decodeInputMessage,
  encodeInputMessage,
  type InputMessage,
} from "../../src/protocol/input_message.ts";
import { decodeMetadata, encodeMetadata, type FlowMetadata } from "../../src/protocol/metadata.ts";
import {
  decodeVideoMessage,
  encodeVideoHeaderInto,
  encodeVideoMessage,
  MAX_CHANGED_RECTANGLES,
  videoHeaderLength,
  type VideoMessage,
} from "../../src/protocol/video_message.ts";
import { OctetReader, vluLength, writeVlu } from "../../src/protocol/vlu.ts";

const RUNS = { numRuns: 200 };
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const i16 = fc.integer({ min: -32768, max: 32767 });
const count = fc.nat();
const sequence = fc.integer({ min: 1, max: 0xffff_ffff });
const text = (maxLength: number) =>
  fc.string({ maxLength: Math.min(maxLength, 64), unit: "binary" }).filter((s) => s.isWellFormed());
const time = fc.double({ noDefaultInfinity: true, noNaN: true }).map((n) => n === 0 ? 0 : n);
const amount = fc.double({ min: 0, noDefaultInfinity: true, noNaN: true }).map((n) => n || 0);
const dimension = fc.integer({ min: 1, max: 32768 });
const codec = fc.constantFrom<VideoCodec[]>("h264", "vp8", "vp9", "av1", "hevc", "jpeg");
const chroma = fc.constantFrom("420" as const, "444" as const);
const kbit = fc.integer({ min: 100, max: 500_000 });
const framesPerSecond = fc.integer({ min: 1, max: 240 });

const input: fc.Arbitrary<InputMessage> = fc.oneof(
  record({
    type: fc.constant("key" as const),
    sequence,
    keysym: fc.integer({ min: 1, max: 0x1fff_ffff }),
    down: fc.boolean(),
  }),
  record({ type: fc.constant("pointer" as const), sequence, x: u16, y: u16 }),
  record({
    type: fc.constant("button" as const),
    sequence,
    button: fc.integer({ min: 1, max: 9 }),
    down: fc.boolean(),
    x: u16,
    y: u16,
  }),
  record({ type: fc.constant("wheel" as const), sequence, dx: i16, dy: i16, x: u16, y: u16 }),
  record({ type: fc.constant("releaseAll" as const), sequence }),
  record({ type: fc.constant("motion" as const), sequence, dx: i16, dy: i16 }),
  record({
    type: fc.constant("gamepad" as const),
    sequence,
    pad: fc.integer({ min: 0, max: 3 }),
    buttons: fc.integer({ min: 0, max: 2 ** 17 - 1 }),
    axes: fc.tuple(i16, i16, i16, i16),
    triggers: fc.tuple(u8, u8),
  }),
  record({
    type: fc.constant("gamepadGone" as const),
    sequence,
    pad: fc.integer({ min: 0, max: 3 }),
  }),
);

const slot = fc.integer({ min: 0, max: CURSOR_SLOTS - 1 });
const cursorImage: fc.Arbitrary<CursorMessage> = fc.oneof(
  record({
    serial: u32,
    width: fc.integer({ min: 1, max: 20 }),
    height: fc.integer({ min: 1, max: 20 }),
  }),
  record({ serial: u32, width: fc.constant(0), height: fc.constant(0) }),
).chain(({ serial, width, height }) =>
  record({
    type: fc.constant("image" as const),
    slot,
    serial: fc.constant(serial),
    width: fc.constant(width),
    height: fc.constant(height),
    hotX: fc.integer({ min: 0, max: width }),
    hotY: fc.integer({ min: 0, max: height }),
    rgba: fc.uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 }),
  })
);
const cursor: fc.Arbitrary<CursorMessage> = fc.oneof(
  cursorImage,
  record({ type: fc.constant("known" as const), slot }),
  record({ type: fc.constant("position" as const), x: u16, y: u16 }),
);

const videoFields = {
  sequence: u32,
  topOff: fc.boolean(),
  captureTime: fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true }).map((n) => n || 0),
  damageToGrab: u32,
  grab: u32,
  convert: u32,
  encode: u32,
  lastInput: u32,
  inputToGrab: u32,
  changed: fc.array(
    record({ x: dimension, y: dimension, width: dimension, height: dimension }),
    { maxLength: MAX_CHANGED_RECTANGLES },
  ),
  accessUnit: fc.uint8Array({ minLength: 1, maxLength: 200 }),
};
const video: fc.Arbitrary<VideoMessage> = fc.oneof(
  record({ ...videoFields, keyframe: fc.boolean() }),
  record({
    ...videoFields,
    keyframe: fc.constant(true),
    config: record({
      codec: fc.constantFrom("avc1.42c01f", "vp8", "vp09.00.10.08"),
      codedWidth: dimension,
      codedHeight: dimension,
    }),
  }),
);

const packet = fc.uint8Array({ minLength: 1, maxLength: 200 });
const audioFields = {
  sequence: u32,
  captureTime: videoFields.captureTime,
  duration: fc.integer({ min: 1, max: 60_000 }),
  silenceFollows: fc.boolean(),
  packet,
  repeated: fc.array(packet, { maxLength: 2 }),
};
const audio: fc.Arbitrary<AudioMessage> = record(audioFields);

const activate = record({
  type: fc.constant("activate" as const),
  epoch: count,
  reason: text(256),
});
/** With and without what makes a message survive its path. */
const numbered = <M extends object>(message: fc.Arbitrary<M>): fc.Arbitrary<Numbered<M>> =>
  fc.tuple(message, fc.option(u32, { nil: undefined })).map(([message, number]) =>
    number === undefined ? message : { ...message, number }
  );

/** As the messages count: in UTF-16 units. */
const short = (most: number) => text(most).filter((text) => text.length <= most);
const role = fc.constantFrom("control" as const, "view" as const);

const server = numbered(fc.oneof<fc.Arbitrary<ServerMessage>[]>(
  activate,
  record({ type: fc.constant("role" as const), role }),
  record({
    type: fc.constant("sharing" as const),
    you: short(64),
    owner: fc.boolean(),
    invites: fc.boolean(),
    links: fc.array(record({ id: short(16), role, token: short(64) }), { maxLength: 8 }),
    viewers: fc.array(
      fc.record({
        id: short(64),
        role,
        owner: fc.boolean(),
        link: short(16),
        transport: short(16),
        rtt: fc.double({ min: 0, max: 1e6, noNaN: true }),
      }, { requiredKeys: ["id", "role", "owner"], noNullPrototype: true }),
      { maxLength: 8 },
    ),
  }),
  record({
    type: fc.constant("hello" as const),
    protocol: fc.constant(1 as const),
    session: text(64),
    viewer: short(64),
    active: fc.boolean(),
    epoch: count,
    role: fc.constantFrom("control" as const, "view" as const),
    display: record({
      width: dimension,
      height: dimension,
      server: fc.constantFrom("xvnc" as const, "xvfb" as const, "external" as const),
      resizable: fc.boolean(),
    }),
    encoder: record({ name: text(64), codec }),
    startedAt: time,
  }),
  record({ type: fc.constant("size" as const), width: dimension, height: dimension }),
  record({
    type: fc.constant("status" as const),
    state: fc.constantFrom(
      "live" as const,
      "starting-display" as const,
      "display-lost" as const,
      "encoder-lost" as const,
      "ended" as const,
    ),
    detail: text(1024),
  }),
  record({
    type: fc.constant("audio" as const),
    state: fc.constantFrom(
      "ready" as const,
      "off" as const,
      "not-installed" as const,
      "lost" as const,
    ),
    detail: text(1024),
  }),
  record({
    type: fc.constant("video" as const),
    encoder: text(64),
    codec,
    chroma,
    bitrate: kbit,
    framesPerSecond,
    tier: count,
    wish: record({
      codec: fc.oneof(fc.constant("auto" as const), codec),
      chroma: fc.oneof(fc.constant("auto" as const), chroma),
    }),
    choices: record({ codecs: fc.array(codec, { maxLength: 6 }) }),
  }),
  record({
    type: fc.constant("pong" as const),
    id: count,
    clientTime: time,
    serverTime: amount,
  }),
  record({
    type: fc.constant("statistics" as const),
    framesEncoded: count,
    encodeMs: amount,
    bitrateKbit: amount,
    viewers: count,
  }),
  record({ type: fc.constant("bye" as const), code: count, reason: text(1024) }),
));

const viewer = numbered(fc.oneof<fc.Arbitrary<ViewerMessage>[]>(
  activate,
  record({
    type: fc.constant("hello" as const),
    protocol: fc.constant(1 as const),
    decoders: fc.array(text(32).filter((s) => s.length <= 32), { maxLength: 16 }),
    devicePixelRatio: fc.double({ min: 0.1, max: 100, noNaN: true }),
    width: fc.integer({ min: 0, max: 32768 }),
    height: fc.integer({ min: 0, max: 32768 }),
  }),
  record({ type: fc.constant("request-keyframe" as const), reason: text(256) }),
  record({ type: fc.constant("focus" as const), focused: fc.boolean() }),
  record({ type: fc.constant("audio" as const), enabled: fc.boolean() }),
  record({
    type: fc.constant("audio" as const),
    enabled: fc.boolean(),
    repeats: fc.nat({ max: 2 }),
  }),
  record({
    type: fc.constant("share" as const),
    ask: fc.oneof(
      fc.constant({ action: "list" as const }),
      record({ action: fc.constant("invite" as const), role }),
      record({ action: fc.constant("revoke" as const), link: short(16) }),
      record({ action: fc.constant("role" as const), viewer: short(64), role }),
    ),
  }),
  fc.constant({ type: "settings" as const }),
  record({
    type: fc.constant("settings" as const),
    picture: fc.record({
      codec: fc.oneof(fc.constant("auto" as const), codec),
      bitrate: kbit,
      framesPerSecond,
      chroma: fc.oneof(fc.constant("auto" as const), chroma),
    }, { requiredKeys: [], noNullPrototype: true }),
  }),
  record({ type: fc.constant("ping" as const), id: count, clientTime: time }),
  record({
    type: fc.constant("log" as const),
    level: fc.constantFrom(
      "debug" as const,
      "info" as const,
      "warning" as const,
      "error" as const,
    ),
    message: text(4096),
  }),
));

const metadata: fc.Arbitrary<FlowMetadata> = fc.record({
  kind: fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/),
  version: fc.integer({ min: 1, max: 0xffff }),
  format: fc.stringMatching(/^[ -~]{0,64}$/),
}, { requiredKeys: ["kind", "version"], noNullPrototype: true });

interface Codec<T> {
  name: string;
  arbitrary: fc.Arbitrary<T>;
  encode(value: T): Uint8Array;
  decode(octets: Uint8Array): T;
  /** Whether every proper prefix is refused: not so where the last field takes the rest. */
  takesRest: boolean;
}

function codecTests<T>({ name, arbitrary, encode, decode, takesRest }: Codec<T>): void {
  /** Decoding either works and says the same when encoded again, or throws ProtocolError. */
  const survives = (octets: Uint8Array): boolean => {
    let value: T;
    try {
      value = decode(octets);
    } catch (error) {
      assert.ok(error instanceof ProtocolError, `${name}: ${error}`);
      assert.ok(error.message.length < 400);
      return false;
    }
    assert.deepEqual(decode(encode(value)), value);
    return true;
  };

  Deno.test(`${name} round-trips every message`, () => {
    fc.assert(
      fc.property(arbitrary, (value) => assert.deepEqual(decode(encode(value)), value)),
      RUNS,
    );
  });

  Deno.test(`${name} reads from the middle of a larger buffer`, () => {
    fc.assert(
      fc.property(arbitrary, fc.nat({ max: 9 }), (value, shift) => {
        const octets = encode(value);
        const buffer = new Uint8Array(octets.length + shift + 3).fill(0xee);
        buffer.set(octets, shift);
        assert.deepEqual(decode(buffer.subarray(shift, shift + octets.length)), value);
      }),
      { numRuns: 50 },
    );
  });

  Deno.test(`${name} refuses truncated messages`, () => {
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0, max: 1, maxExcluded: true }), (value, part) => {
        const octets = encode(value);
        const cut = octets.subarray(0, Math.floor(octets.length * part));
        const read = survives(cut);
        if (!takesRest) assert.equal(read, false);
      }),
      RUNS,
    );
  });

  Deno.test(`${name} refuses leftover octets`, () => {
    fc.assert(
      fc.property(arbitrary, fc.uint8Array({ minLength: 1, maxLength: 20 }), (value, more) => {
        const octets = encode(value);
        const longer = new Uint8Array(octets.length + more.length);
        longer.set(octets);
        longer.set(more, octets.length);
        const read = survives(longer);
        // White space after JSON is part of JSON.
        const blank = more.every((o) => o === 0x20 || (o >= 9 && o <= 13 && o !== 11 && o !== 12));
        if (!takesRest && !blank) assert.equal(read, false);
      }),
      RUNS,
    );
  });

  Deno.test(`${name} throws nothing but ProtocolError at flipped octets`, () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const octets = encode(value).slice();
        const index = at % octets.length;
        octets[index] = (octets[index] ?? 0) ^ flip;
        survives(octets);
      }),
      RUNS,
    );
  });

  Deno.test(`${name} throws nothing but ProtocolError at random octets`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => void survives(octets)),
      RUNS,
    );
  });
}

codecTests({
  name: "input message",
  arbitrary: input,
  encode: encodeInputMessage,
  decode: decodeInputMessage,
  takesRest: false,
});
codecTests({
  name: "cursor message",
  arbitrary: cursor,
  encode: encodeCursorMessage,
  decode: decodeCursorMessage,
  takesRest: false,
});
codecTests({
  name: "video message",
  arbitrary: video,
  encode: encodeVideoMessage,
  decode: decodeVideoMessage,
  takesRest: true,
});
codecTests({
  name: "audio message",
  arbitrary: audio,
  encode: encodeAudioMessage,
  decode: decodeAudioMessage,
  takesRest: true,
});
codecTests({
  name: "control message of the server",
  arbitrary: server,
  encode: encodeServerMessage,
  decode: decodeServerMessage,
  takesRest: false,
});
codecTests({
  name: "control message of a viewer",
  arbitrary: viewer,
  encode: encodeViewerMessage,
  decode: decodeViewerMessage,
  takesRest: false,
});
codecTests({
  name: "flow metadata",
  arbitrary: metadata,
  encode: encodeMetadata,
  decode: decodeMetadata,
  takesRest: false,
});

Deno.test("JSON messages throw nothing but ProtocolError at any JSON", () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (json) => {
      for (const decode of [decodeServerMessage, decodeViewerMessage, decodeMetadata]) {
        try {
          decode(encoder.encode(json));
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      }
    }),
    RUNS,
  );
});

Deno.test("JSON messages refuse what is oversized, deeply nested or not UTF-8", () => {
  const encoder = new TextEncoder();
  const refused = [
    encoder.encode(`{"type":"log","level":"info","message":"${"x".repeat(5000)}"}`),
    encoder.encode(`{"type":"log","level":"info","message":"${"x".repeat(70_000)}"}`),
    encoder.encode("[".repeat(60_000)),
    encoder.encode('{"type":"unheard-of"}'),
    encoder.encode('{"type":"focus","focused":1}'),
    encoder.encode('{"type":"ping","id":1,"clientTime":1e999}'),
    encoder.encode('\ufeff{"type":"focus","focused":true}'),
    new Uint8Array([...encoder.encode('{"type":"request-keyframe","reason":"'), 0xff, 0x22, 0x7d]),
    new Uint8Array(0),
  ];
  for (const octets of refused) {
    assert.throws(() => decodeViewerMessage(octets), ProtocolError);
  }
});

Deno.test("JSON messages have no negative zero, however small a number they are given", () => {
  for (const time of ["-0", "-0.0", "-1e-999", "0e5"]) {
    const octets = new TextEncoder().encode(`{"type":"ping","id":0,"clientTime":${time}}`);
    const message = decodeViewerMessage(octets);
    assert.deepEqual(message, { type: "ping", id: 0, clientTime: 0 });
    assert.deepEqual(decodeViewerMessage(encodeViewerMessage(message)), message);
  }
});

Deno.test("control messages ignore fields that they do not know", () => {
  const octets = new TextEncoder().encode('{"type":"focus","focused":true,"since":"tomorrow"}');
  assert.deepEqual(decodeViewerMessage(octets), { type: "focus", focused: true });
});

Deno.test("encodeVideoHeaderInto() writes right in front of the access unit", () => {
  const header = {
    sequence: 7,
    keyframe: true,
    topOff: false,
    captureTime: 123_456_789.5,
    damageToGrab: 1,
    grab: 2,
    convert: 3,
    encode: 4,
    lastInput: 5,
    inputToGrab: 6,
    changed: [{ x: 10, y: 20, width: 300, height: 40 }],
    config: { codec: "avc1.42c01f", codedWidth: 1280, codedHeight: 720 },
  };
  const length = videoHeaderLength(header);
  const headroom = 256;
  const buffer = new Uint8Array(headroom + 3);
  buffer.set([9, 8, 7], headroom);
  assert.equal(encodeVideoHeaderInto(buffer, headroom - length, header), headroom);
  const message = decodeVideoMessage(buffer.subarray(headroom - length));
  assert.deepEqual(message, { ...header, accessUnit: new Uint8Array([9, 8, 7]) });
  assert.equal(message.accessUnit.buffer, buffer.buffer);
});

Deno.test("encodeVideoHeaderInto() saturates durations and refuses what cannot be said", () => {
  const header = {
    sequence: 0,
    keyframe: false,
    topOff: false,
    captureTime: 0,
    damageToGrab: 1e12,
    grab: -3,
    convert: 1.6,
    encode: 0,
    lastInput: 0,
    inputToGrab: 0,
    changed: [],
  };
  const octets = encodeVideoMessage({ ...header, accessUnit: new Uint8Array(1) });
  const { damageToGrab, grab, convert } = decodeVideoMessage(octets);
  assert.deepEqual([damageToGrab, grab, convert], [0xffff_ffff, 0, 2]);
  const target = new Uint8Array(200);
  const config = { codec: "vp8", codedWidth: 16, codedHeight: 16 };
  for (
    const wrong of [
      { sequence: -1 },
      { sequence: 2 ** 32 },
      { captureTime: Number.NaN },
      { captureTime: -1 },
      { grab: Number.NaN },
      { lastInput: 0.5 },
      { changed: [{ x: -1, y: 0, width: 1, height: 1 }] },
      { changed: Array(MAX_CHANGED_RECTANGLES + 1).fill({ x: 0, y: 0, width: 1, height: 1 }) },
      { config },
      { keyframe: true, config: { ...config, codec: 'x"y' } },
    ]
  ) {
    assert.throws(() => encodeVideoHeaderInto(target, 0, { ...header, ...wrong }), RangeError);
  }
  assert.throws(() => encodeVideoHeaderInto(new Uint8Array(20), 0, header), RangeError);
  assert.throws(() => encodeVideoHeaderInto(target, -1, header), RangeError);
});

Deno.test("encodeInputMessage() refuses fields out of their range", () => {
  for (
    const wrong of [
      { type: "key", sequence: 0, keysym: 97, down: true },
      { type: "key", sequence: 1, keysym: 0, down: true },
      { type: "key", sequence: 1, keysym: 0x2000_0000, down: true },
      { type: "pointer", sequence: 1, x: -1, y: 0 },
      { type: "pointer", sequence: 1, x: 0.5, y: 0 },
      { type: "button", sequence: 1, button: 0, down: true, x: 0, y: 0 },
      { type: "button", sequence: 1, button: 10, down: true, x: 0, y: 0 },
      { type: "wheel", sequence: 1, dx: 40_000, dy: 0, x: 0, y: 0 },
      { type: "motion", sequence: 1, dx: 0, dy: -40_000 },
    ] as const
  ) {
    assert.throws(() => encodeInputMessage(wrong), RangeError);
  }
});

Deno.test("encodeCursorMessage() refuses sizes and hot spots that do not fit", () => {
  const good: CursorMessage = {
    type: "image",
    slot: 0,
    serial: 1,
    width: 2,
    height: 1,
    hotX: 0,
    hotY: 0,
    rgba: new Uint8Array(8),
  };
  assert.deepEqual(decodeCursorMessage(encodeCursorMessage(good)), good);
  for (
    const wrong of [
      { slot: CURSOR_SLOTS },
      { serial: -1 },
      { width: 3 },
      { width: 0 },
      { hotX: 3 },
      { hotY: -1 },
      { width: 513, height: 1, rgba: new Uint8Array(513 * 4) },
    ]
  ) {
    assert.throws(() => encodeCursorMessage({ ...good, ...wrong }), RangeError);
  }
});

Deno.test("writeVlu() and OctetReader round-trip and agree with RFC 7016's examples", () => {
  fc.assert(fc.property(fc.maxSafeNat(), (value) => {
    const octets = new Uint8Array(vluLength(value));
    assert.equal(writeVlu(octets, 0, value), octets.length);
    const reader = new OctetReader(octets);
    assert.equal(reader.vlu("value"), value);
    reader.end("message");
  }));
  const encode = (value: number) => {
    const octets = new Uint8Array(vluLength(value));
    writeVlu(octets, 0, value);
    return [...octets];
  };
  assert.deepEqual(encode(0), [0]);
  assert.deepEqual(encode(127), [0x7f]);
  assert.deepEqual(encode(128), [0x81, 0x00]);
  assert.deepEqual(encode(2800), [0x95, 0x70]);
  assert.deepEqual(encode(2 ** 53 - 1), [0x8f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
  for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN, Infinity]) {
    assert.throws(() => vluLength(wrong), RangeError);
  }
  assert.throws(() => writeVlu(new Uint8Array(1), 0, 128), RangeError);
});

Deno.test("OctetReader refuses truncated and oversized integers, and leftovers", () => {
  const read = (...octets: number[]) => new OctetReader(new Uint8Array(octets)).vlu("count");
  assert.throws(() => read(), ProtocolError);
  assert.throws(() => read(0x81), ProtocolError);
  assert.throws(() => read(...new Array(30).fill(0xff), 0), ProtocolError);
  assert.throws(() => read(0x90, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0), ProtocolError);
  assert.equal(read(0x80, 0x80, 5), 5);
  const reader = new OctetReader(new Uint8Array([1, 2]));
  reader.vlu("count");
  assert.throws(() => reader.end("message"), ProtocolError);
});

Deno.test("encodeAudioMessage() refuses what cannot be said", () => {
  const message = {
    sequence: 1,
    captureTime: 2,
    duration: 10_000,
    silenceFollows: false,
    packet: new Uint8Array(1),
    repeated: [],
  };
  const huge = new Uint8Array(MAX_AUDIO_PACKET_OCTETS + 1);
  for (
    const wrong of [
      { sequence: -1 },
      { sequence: 2 ** 32 },
      { captureTime: Number.NaN },
      { captureTime: -1 },
      { duration: 0 },
      { duration: 60_001 },
      { packet: new Uint8Array(0) },
      { packet: huge },
      { repeated: [new Uint8Array(0)] },
      { repeated: [new Uint8Array(1), huge] },
      { repeated: [1, 1, 1].map((length) => new Uint8Array(length)) },
    ]
  ) {
    assert.throws(() => encodeAudioMessage({ ...message, ...wrong }), RangeError);
  }
});

Deno.test("missingAudioMessages() counts over the wrap, and knows what is old", () => {
  assert.equal(missingAudioMessages(4, 5), 0);
  assert.equal(missingAudioMessages(4, 8), 3);
  assert.equal(missingAudioMessages(0xffff_ffff, 1), 1);
  assert.equal(missingAudioMessages(5, 5), undefined);
  assert.equal(missingAudioMessages(5, 4), undefined);
  assert.equal(missingAudioMessages(0, 0xffff_ffff), undefined);
});

Deno.test("encodeViewerMessage() refuses settings out of their range", () => {
  const refused = [
    { bitrate: 99 },
    { bitrate: 1000.5 },
    { framesPerSecond: 0 },
    { framesPerSecond: 241 },
    { codec: "mpeg2" as VideoCodec },
    { chroma: "422" as "420" },
  ];
  for (const picture of refused) {
    assert.throws(() => encodeViewerMessage({ type: "settings", picture }), RangeError);
  }
});

Deno.test("decodeInputMessage() refuses a button that there is not", () => {
  const octets = encodeInputMessage({
    type: "button",
    sequence: 1,
    button: 9,
    down: true,
    x: 0,
    y: 0,
  });
  assert.equal(octets[5], 9);
  for (const button of [0, 10, 255]) {
    octets[5] = button;
    assert.throws(() => decodeInputMessage(octets), ProtocolError);
  }
});
