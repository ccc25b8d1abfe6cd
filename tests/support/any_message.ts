/**
 * Messages of viewers as fast-check makes them: every one that there is, whether it makes sense or not,
 * and what becomes of them when octets are changed.
 *
 * @module
 */
import fc from "fast-check";
import { CLIPBOARD_TYPES, type ClipboardMessage } from "../../src/protocol/clipboard_message.ts";
import type { ViewerMessage } from "../../src/protocol/control_message.ts";
import { FILE_PIECE_OCTETS, type FilesViewerMessage } from "../../src/protocol/files_message.ts";
import type { InputMessage } from "../../src/protocol/input_message.ts";

/** An event without its number. */
export type Input = InputMessage extends infer M ? M extends InputMessage ? Omit<M, "sequence">
  : never
  : never;

const of = <T extends string>(value: T) => fc.constant(value);
const coordinate = fc.integer({ min: 0, max: 0xffff });
const distance = fc.integer({ min: -32768, max: 32767 });
const place = { x: coordinate, y: coordinate };

export const anyInput = fc.oneof<fc.Arbitrary<Input>[]>(
  fc.record({
    type: of("key"),
    keysym: fc.oneof(
      fc.integer({ min: 0x20, max: 0x7e }),
      fc.integer({ min: 0xff00, max: 0xffff }),
      fc.integer({ min: 1, max: 0x1fff_ffff }),
    ),
    down: fc.boolean(),
  }),
  fc.record({ type: of("pointer"), ...place }),
  fc.record({
    type: of("button"),
    button: fc.integer({ min: 1, max: 9 }),
    down: fc.boolean(),
    ...place,
  }),
  fc.record({ type: of("wheel"), dx: distance, dy: distance, ...place }),
  fc.record({ type: of("motion"), dx: distance, dy: distance }),
  fc.record({ type: of("releaseAll") }),
);

const role = fc.constantFrom("control" as const, "view" as const);
/** Of a link or a viewer: they are numbered. */
const name = fc.integer({ min: 1, max: 9 }).map(String);
const size = fc.integer({ min: 1, max: 4000 });
const count = fc.integer({ min: 0, max: 1_000_000 });
const text = fc.string({ maxLength: 60 });

export const anyControl = fc.oneof<fc.Arbitrary<ViewerMessage>[]>(
  fc.record({
    type: of("hello"),
    protocol: fc.constant(1 as const),
    decoders: fc.array(fc.constantFrom("vp8", "h264", "vp9", "none"), { maxLength: 4 }),
    devicePixelRatio: fc.constantFrom(1, 2, 0.5),
    width: size,
    height: size,
  }),
  fc.record({ type: of("activate"), epoch: count, reason: text }),
  fc.record({ type: of("request-keyframe"), reason: text }),
  fc.record({ type: of("focus"), focused: fc.boolean() }),
  fc.record({ type: of("audio"), enabled: fc.boolean(), repeats: fc.nat(2) }),
  fc.record({
    type: of("settings"),
    picture: fc.record({
      codec: fc.constantFrom("auto" as const, "vp8" as const, "h264" as const),
      bitrate: fc.integer({ min: 100, max: 500_000 }),
      framesPerSecond: fc.integer({ min: 1, max: 240 }),
    }),
  }),
  fc.record({ type: of("resize"), width: size, height: size, asked: fc.boolean() }),
  fc.record({
    type: of("share"),
    ask: fc.oneof(
      fc.record({ action: of("list") }),
      fc.record({ action: of("invite"), role }),
      fc.record({ action: of("revoke"), link: name }),
      fc.record({ action: of("role"), viewer: name, role }),
    ),
  }),
  fc.record({ type: of("ping"), id: count, clientTime: count }),
  fc.record({ type: of("log"), level: fc.constantFrom("debug", "info"), message: text }),
);

const id = fc.integer({ min: 0, max: 20 });
const type = fc.constantFrom(...CLIPBOARD_TYPES);

export const anyClipboard = fc.oneof<fc.Arbitrary<ClipboardMessage>[]>(
  fc.record({ kind: of("hello"), in: fc.boolean(), out: fc.boolean(), limit: count }),
  fc.record({
    kind: of("offer"),
    id,
    types: fc.uniqueArray(type, { minLength: 1 })
      .map((types) => types.map((type) => ({ type }))),
    fresh: fc.boolean(),
  }),
  fc.record({ kind: of("taken"), id }),
  fc.record({ kind: of("request"), id, type }),
  fc.record({
    kind: of("refused"),
    id,
    type,
    reason: fc.constantFrom("gone" as const, "failed" as const),
    detail: text,
  }),
  fc.record({
    kind: of("data"),
    id,
    type,
    last: fc.boolean(),
    octets: fc.uint8Array({ maxLength: 200 }),
  }),
);

const path = fc.oneof(
  fc.constantFrom("", "kept.txt", "../kept.txt", "/etc/passwd", "folder/x", ".hidden"),
  text,
);

export const anyFiles = fc.oneof<fc.Arbitrary<FilesViewerMessage>[]>(
  fc.record({ kind: of("list"), id, path, offset: count }),
  fc.record({
    kind: of("upload"),
    id,
    name: path,
    size: fc.constantFrom(0, 1, 100),
    modified: fc.constant(0),
  }),
  fc.record({ kind: of("download"), id, path, offset: fc.constantFrom(0, 1) }),
  fc.record({ kind: of("taken"), id, octets: count }),
  fc.record({ kind: of("cancel"), id, discard: fc.boolean() }),
  fc.record({
    kind: of("data"),
    id,
    offset: fc.constantFrom(0, 1, 100),
    octets: fc.uint8Array({ maxLength: Math.min(200, FILE_PIECE_OCTETS) }),
  }),
);

/** What a message has become on its way: a few octets others, a piece missing, a piece too much. */
export const anyDamage: fc.Arbitrary<(octets: Uint8Array) => Uint8Array<ArrayBuffer>> = fc.oneof(
  fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }).map(
    (changes) => (octets: Uint8Array) => {
      const changed = new Uint8Array(octets);
      for (const [at, value] of changes) changed[at % Math.max(1, octets.length)] = value;
      return changed;
    },
  ),
  fc.nat().map((at) => (octets: Uint8Array) => octets.slice(0, at % Math.max(1, octets.length))),
  fc.uint8Array({ minLength: 1, maxLength: 64 }).map((more) => (octets: Uint8Array) => {
    const longer = new Uint8Array(octets.length + more.length);
    longer.set(octets);
    longer.set(more, octets.length);
    return longer;
  }),
  fc.uint8Array({ maxLength: 300 }).map((noise) => () => new Uint8Array(noise)),
);
