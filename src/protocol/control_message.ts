/**
 * Messages of the `control` flows, one JSON object in UTF-8 each, told apart by `type`. Fields that
 * this version does not know are ignored; types that it does not know are refused.
 *
 * A viewer may have several transports at a time, its paths, each with control flows of its own. What
 * is about one path (`hello`, `activate`, `ping`, `pong`) is said there and nowhere else. What must
 * not be lost or repeated when another path takes over has a `number`, and is said again there: see
 * replay.ts.
 *
 * @module
 */

import * as v from "valibot";
import { MAX_REPEATED_AUDIO_PACKETS } from "./audio_message.ts";
import { decodeJson, encodeJson } from "./json.ts";

/** The version of these messages, for the flow's metadata and for `hello`. */
export const CONTROL_VERSION = 1;

/** The largest control message in octets. */
export const MAX_CONTROL_OCTETS = 64 * 1024;

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
/** X sizes are 16 bits wide, and what TigerVNC gives ends at 32768. */
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(32768));
/** Where something begins on a screen. */
const place = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32768));
/** 0 for all of the screen, or a monitor from 1 on. */
const monitor = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64));
/** What programs are told of the size of pixels, in pixels per inch: half to five times the usual 96. */
const dpi = v.pipe(v.number(), v.integer(), v.minValue(48), v.maxValue(480));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const time = v.pipe(v.number(), v.finite());
const CODECS = ["h264", "vp8", "vp9", "av1", "hevc", "jpeg"] as const;
const codec = v.picklist(CODECS);
const kbit = v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(500_000));
const framesPerSecond = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(240));
/** How much of the colour is kept: that of each pixel, or of each block of 2x2. */
const chroma = v.picklist(["420", "444"]);
/** What a viewer may leave to the server. */
const CodecWish = v.picklist(["auto", ...CODECS]);
const ChromaWish = v.picklist(["auto", "420", "444"]);

/** What a viewer may do: use the desktop, or only watch it. */
const role = v.picklist(["control", "view"]);

/** From now on this path is the one to be used, for the reason given. */
const activate = v.object({
  type: v.literal("activate"),
  /**
   * Larger than that of any switch before. If both sides switch at the same time and take the same,
   * the viewer's holds.
   */
  epoch: count,
  /** For people. */
  reason: text(256),
});

/** What goes with any message that has to survive the loss of its path. */
const Numbered = v.object({ number: v.optional(v.pipe(count, v.maxValue(0xffff_ffff))) });

const ServerMessage = v.variant("type", [
  /** The first message of each path: what the viewer has come to. */
  v.object({
    type: v.literal("hello"),
    protocol: v.literal(CONTROL_VERSION),
    session: text(64),
    /** Another one than on the path before: nothing is left of what was said there. */
    viewer: text(64),
    /** Whether the picture comes this way; else the path is in reserve. */
    active: v.boolean(),
    /** That of the last switch: see `activate`. */
    epoch: count,
    role,
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
  activate,
  /** What this viewer sees of the display has a new size, in pixels. */
  v.object({ type: v.literal("size"), width: pixels, height: pixels }),
  /** What monitors the display has, and which of them this viewer sees. */
  v.object({
    type: v.literal("monitors"),
    shown: monitor,
    /** Where what is shown begins on the screen, in pixels: where input goes is counted on that. */
    x: place,
    y: place,
    screen: v.object({ width: pixels, height: pixels }),
    monitors: v.pipe(
      v.array(v.object({
        number: monitor,
        /** As the X server has it. */
        name: text(64),
        width: pixels,
        height: pixels,
      })),
      v.maxLength(64),
    ),
  }),
  v.object({
    type: v.literal("status"),
    state: v.picklist([
      "live",
      "starting-display",
      "display-lost",
      "encoder-lost",
      /** The page decodes nothing that this server encodes. */
      "no-decoder",
      "ended",
    ]),
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
  /** What sizes this viewer may give the screen: see `resize`. */
  v.object({ type: v.literal("sizing"), sizing: v.picklist(["any", "modes", "fixed", "off"]) }),
  /** How this viewer's picture is encoded; said at first, and whenever it has changed. */
  v.object({
    type: v.literal("video"),
    /** The encoder's name. */
    encoder: text(64),
    codec,
    chroma,
    /** What it is held to, in kbit/s. */
    bitrate: kbit,
    /** Most frames a second. */
    framesPerSecond,
    /** 0 for the best; more for viewers that cannot keep up with that. */
    tier: count,
    /** What was asked for. */
    wish: v.object({ codec: CodecWish, chroma: ChromaWish }),
    /** What may be asked for: what this server can encode and this viewer can show. */
    choices: v.object({ codecs: v.array(codec) }),
  }),
  /**
   * Whether programs can be given this viewer's gamepads: "missing" if the system lacks uinput, "denied"
   * if it is not for this user, "off" if it is not wanted. And how many there may be, of all viewers.
   */
  v.object({
    type: v.literal("gamepads"),
    state: v.picklist(["ready", "missing", "denied", "off"]),
    most: count,
  }),
  /** What the viewer may do from now on. */
  v.object({ type: v.literal("role"), role }),
  /** Who is here, and for owners, by which links others can come. */
  v.object({
    type: v.literal("sharing"),
    /** The viewer that this is said to. */
    you: text(64),
    /** Whether it may share. */
    owner: v.boolean(),
    /** Whether links can be made. */
    invites: v.boolean(),
    links: v.pipe(v.array(v.object({ id: text(16), role, token: text(64) })), v.maxLength(64)),
    viewers: v.pipe(
      v.array(v.object({
        id: text(64),
        role,
        owner: v.boolean(),
        /** Of its user, where users have names. */
        name: v.optional(text(256)),
        /** Whether it can be signed out; told to owners. */
        signedIn: v.optional(v.boolean()),
        /** By which it came. */
        link: v.optional(text(16)),
        /** Without one it is away. */
        transport: v.optional(text(16)),
        /** Round trip in ms. */
        rtt: v.optional(amount),
      })),
      v.maxLength(64),
    ),
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
    /** What queues add to the viewer's round trip, in ms. */
    queueMs: v.optional(amount),
    /** What the viewer's path is believed to carry. */
    pathKbit: v.optional(amount),
    /** What the encoder is to aim at for the viewer's path, and the most frames a second. */
    targetKbit: v.optional(amount),
    targetFramesPerSecond: v.optional(amount),
  }),
  /** The last message before the server closes the transport on purpose. */
  v.object({ type: v.literal("bye"), code: count, reason: text(1024) }),
]);

const ViewerMessage = v.variant("type", [
  /** The first message: what the viewer can do. */
  v.object({
    type: v.literal("hello"),
    protocol: v.literal(CONTROL_VERSION),
    /**
     * What the page decodes, best first: codecs, and "h264-constrained-baseline" (as for
     * decoders without the browser's help), "h264-444", "vp9-444". What this server lacks is skipped.
     */
    decoders: v.pipe(v.array(text(32)), v.maxLength(16)),
    devicePixelRatio: v.pipe(v.number(), v.finite(), v.gtValue(0), v.maxValue(100)),
    /** The room for the picture, in CSS pixels. */
    width: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32768)),
    height: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32768)),
  }),
  activate,
  v.object({ type: v.literal("request-keyframe"), reason: text(256) }),
  v.object({ type: v.literal("focus"), focused: v.boolean() }),
  /**
   * Whether sound is to be sent; it is not before this. And with how many that follow each packet is
   * to be sent again, since some get lost.
   */
  v.object({
    type: v.literal("audio"),
    enabled: v.boolean(),
    repeats: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_REPEATED_AUDIO_PACKETS)),
    ),
  }),
  /**
   * How the picture is to be encoded; what is left out stays as it is. It holds for all viewers, as far
   * as they can show it; of those who control the desktop the last word counts.
   */
  v.object({
    type: v.literal("settings"),
    picture: v.optional(v.object({
      codec: v.optional(CodecWish),
      /** Most, in kbit/s. */
      bitrate: v.optional(kbit),
      /** Most frames a second. */
      framesPerSecond: v.optional(framesPerSecond),
      chroma: v.optional(ChromaWish),
    })),
  }),
  /**
   * What of the display the viewer wants to see. A monitor that is not there is made, at the right of the
   * others, if the viewer may give the screen any size; it goes with the last viewer that wants to see it.
   */
  v.object({
    type: v.literal("monitor"),
    show: monitor,
    /** The size of the monitor if it has to be made, in pixels. */
    size: v.optional(v.object({ width: pixels, height: pixels })),
  }),
  /**
   * The size that the viewer's monitor is to have, in pixels: that of the room for it on the page. Without
   * monitors of our own that is the screen.
   */
  v.object({
    type: v.literal("resize"),
    width: pixels,
    height: pixels,
    dpi: v.optional(dpi),
    /** Whether the user did something for it; a page that has but been opened asks only for itself. */
    asked: v.boolean(),
  }),
  /** Who is here is told to everybody; all else only owners may ask. */
  v.object({
    type: v.literal("share"),
    ask: v.variant("action", [
      v.object({ action: v.literal("list") }),
      v.object({ action: v.literal("invite"), role }),
      v.object({ action: v.literal("revoke"), link: text(16) }),
      v.object({ action: v.literal("role"), viewer: text(64), role }),
      /** Ends the sign-in of a viewer, or all but one's own. */
      v.object({ action: v.literal("sign-out"), viewer: text(64) }),
      v.object({ action: v.literal("sign-out-others") }),
    ]),
  }),
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

/** What a viewer asks of the picture. */
export type PictureSettings = NonNullable<
  Extract<ViewerMessage, { type: "settings" }>["picture"]
>;
/** How the picture is encoded for a viewer, and how else it could be. */
export type VideoNews = Extract<ServerMessage, { type: "video" }>;
/** What sizes a screen can be given: any, those of its monitor, none; "off" if it is not allowed. */
export type Sizing = Extract<ServerMessage, { type: "sizing" }>["sizing"];
/** Whether programs can be given gamepads. */
export type GamepadNews = Extract<ServerMessage, { type: "gamepads" }>;
/** What monitors a display has, and what a viewer sees of them. */
export type MonitorNews = Extract<ServerMessage, { type: "monitors" }>;
/** Who is here, and by which links others can come. */
export type Sharing = Extract<ServerMessage, { type: "sharing" }>;
/** What a viewer asks of sharing. */
export type ShareRequest = Extract<ViewerMessage, { type: "share" }>["ask"];
/** The codecs of a picture. */
export type VideoCodec = v.InferOutput<typeof codec>;

/** A message as it is on the wire: with a number if it has to survive the loss of its path. */
export type Numbered<M> = M & v.InferOutput<typeof Numbered>;

const NumberedServerMessage = v.intersect([ServerMessage, Numbered]);
const NumberedViewerMessage = v.intersect([ViewerMessage, Numbered]);

/** @throws {RangeError} if a field is out of its range. */
export function encodeServerMessage(message: Numbered<ServerMessage>): Uint8Array<ArrayBuffer> {
  return encodeJson(
    NumberedServerMessage,
    message,
    MAX_CONTROL_OCTETS,
    `control message "${message.type}"`,
  );
}

/** @throws {ProtocolError} if it is not a control message of the server. */
export function decodeServerMessage(octets: Uint8Array): Numbered<ServerMessage> {
  return decodeJson(NumberedServerMessage, octets, MAX_CONTROL_OCTETS, "control message");
}

/** @throws {RangeError} if a field is out of its range. */
export function encodeViewerMessage(message: Numbered<ViewerMessage>): Uint8Array<ArrayBuffer> {
  return encodeJson(
    NumberedViewerMessage,
    message,
    MAX_CONTROL_OCTETS,
    `control message "${message.type}"`,
  );
}

/** @throws {ProtocolError} if it is not a control message of a viewer. */
export function decodeViewerMessage(octets: Uint8Array): Numbered<ViewerMessage> {
  return decodeJson(NumberedViewerMessage, octets, MAX_CONTROL_OCTETS, "control message");
}
