/**
 * Messages of the `control` flows, one JSON object in UTF-8 each, told apart by `type`. Fields that
 * this version does not know are ignored; types that it does not know are refused.
 *
 * @module
 */

import * as v from "valibot";
import { decodeJson, encodeJson } from "./json.ts";

/** The version of these messages, for the flow's metadata and for `hello`. */
export const CONTROL_VERSION = 1;

/** The largest control message in octets. */
export const MAX_CONTROL_OCTETS = 64 * 1024;

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
/** X sizes are 16 bits wide, and what TigerVNC gives ends at 32768. */
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(32768));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const time = v.pipe(v.number(), v.finite());
const codec = v.picklist(["h264", "vp8"]);

const ServerMessage = v.variant("type", [
  /** The first message: what the viewer has come to. */
  v.object({
    type: v.literal("hello"),
    protocol: v.literal(CONTROL_VERSION),
    session: text(64),
    viewer: text(64),
    role: v.picklist(["control", "view"]),
    display: v.object({
      width: pixels,
      height: pixels,
      server: v.picklist(["xvnc", "xvfb", "external"]),
      resizable: v.boolean(),
    }),
    encoder: v.object({ name: text(64), codec }),
    /** When the session started, in ms since 1970. */
    startedAt: time,
  }),
  /** The display has a new size, in pixels. */
  v.object({ type: v.literal("size"), width: pixels, height: pixels }),
  v.object({
    type: v.literal("status"),
    state: v.picklist(["live", "starting-display", "display-lost", "encoder-lost", "ended"]),
    /** For people. */
    detail: text(1024),
  }),
  /** Whether the desktop can be heard, and if not, why. */
  v.object({
    type: v.literal("audio"),
    state: v.picklist(["ready", "off", "not-installed", "lost"]),
    /** For people; of "not-installed", the packages that are missing. */
    detail: text(1024),
  }),
  /** Answers a `ping`: its id and time, and the server's monotonic clock in µs. */
  v.object({ type: v.literal("pong"), id: count, clientTime: time, serverTime: amount }),
  v.object({
    type: v.literal("statistics"),
    framesEncoded: count,
    /** Mean of the last interval, ms a frame. */
    encodeMs: amount,
    bitrateKbit: amount,
    viewers: count,
  }),
  /** The last message before the server closes the transport on purpose. */
  v.object({ type: v.literal("bye"), code: count, reason: text(1024) }),
]);

const ViewerMessage = v.variant("type", [
  /** The first message: what the viewer can do. */
  v.object({
    type: v.literal("hello"),
    protocol: v.literal(CONTROL_VERSION),
    /** Codecs that the browser decodes, best first. Ones that this server lacks are skipped. */
    decoders: v.pipe(v.array(text(32)), v.maxLength(16)),
    devicePixelRatio: v.pipe(v.number(), v.finite(), v.gtValue(0), v.maxValue(100)),
    /** The room for the picture, in CSS pixels. */
    width: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32768)),
    height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32768)),
  }),
  v.object({ type: v.literal("request-keyframe"), reason: text(256) }),
  v.object({ type: v.literal("focus"), focused: v.boolean() }),
  /** Whether sound is to be sent; it is not before this. */
  v.object({ type: v.literal("audio"), enabled: v.boolean() }),
  /** The time is the viewer's own clock, echoed. */
  v.object({ type: v.literal("ping"), id: count, clientTime: time }),
  v.object({
    type: v.literal("log"),
    level: v.picklist(["debug", "info", "warning", "error"]),
    message: text(4096),
  }),
]);

/** What the server tells a viewer. */
export type ServerMessage = v.InferOutput<typeof ServerMessage>;
/** What a viewer tells the server. */
export type ViewerMessage = v.InferOutput<typeof ViewerMessage>;

/** @throws {RangeError} if a field is out of its range. */
export function encodeServerMessage(message: ServerMessage): Uint8Array<ArrayBuffer> {
  return encodeJson(
    ServerMessage,
    message,
    MAX_CONTROL_OCTETS,
    `control message "${message.type}"`,
  );
}

/** @throws {ProtocolError} if it is not a control message of the server. */
export function decodeServerMessage(octets: Uint8Array): ServerMessage {
  return decodeJson(ServerMessage, octets, MAX_CONTROL_OCTETS, "control message");
}

/** @throws {RangeError} if a field is out of its range. */
export function encodeViewerMessage(message: ViewerMessage): Uint8Array<ArrayBuffer> {
  return encodeJson(
    ViewerMessage,
    message,
    MAX_CONTROL_OCTETS,
    `control message "${message.type}"`,
  );
}

/** @throws {ProtocolError} if it is not a control message of a viewer. */
export function decodeViewerMessage(octets: Uint8Array): ViewerMessage {
  return decodeJson(ViewerMessage, octets, MAX_CONTROL_OCTETS, "control message");
}
