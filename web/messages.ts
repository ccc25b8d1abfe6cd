/**
 * What the page's main thread and its worker say to each other. Times are milliseconds since 1970
 * with fractions (`performance.timeOrigin + performance.now()`): the two threads share that clock.
 *
 * @module
 */

import type { ChannelKind } from "../src/protocol/channel.ts";
import type {
  GamepadNews,
  MonitorNews,
  PictureSettings,
  ShareRequest,
  Sharing,
  Sizing,
  VideoNews,
} from "../src/protocol/control_message.ts";
import type { CursorImage } from "../src/protocol/cursor_message.ts";
import type { OutputClock, ServerSound } from "./audio/audio_messages.ts";
import type { DebugQuery } from "./debug.ts";
import type { ForcedDecoder, ForcedTransport } from "./options.ts";
import type { Caret } from "./worker/caret_finder.ts";
import type { WayName } from "./worker/picture_way.ts";
import type { Credentials, SignInKind } from "./worker/session_api.ts";
import type { ViewerStatistics } from "./worker/statistics.ts";

/** One event of the keyboard, pointer or a gamepad; positions are pixels of the remote display. */
export type PageInput =
  | { readonly type: "key"; readonly keysym: number; readonly down: boolean; readonly at: number }
  | { readonly type: "pointer"; readonly x: number; readonly y: number; readonly at: number }
  /** By how much the pointer has moved while it is locked: where it is then only the server knows. */
  | { readonly type: "motion"; readonly dx: number; readonly dy: number; readonly at: number }
  | {
    readonly type: "button";
    /** As X numbers them: 1 left, 2 middle, 3 right, 8 back, 9 forward. */
    readonly button: number;
    readonly down: boolean;
    readonly x: number;
    readonly y: number;
    readonly at: number;
  }
  | {
    readonly type: "wheel";
    readonly dx: number;
    readonly dy: number;
    readonly x: number;
    readonly y: number;
    readonly at: number;
  }
  | { readonly type: "releaseAll"; readonly at: number }
  | {
    readonly type: "gamepad";
    readonly pad: number;
    /** Bit n is button n of the standard gamepad. */
    readonly buttons: number;
    readonly axes: readonly [number, number, number, number];
    readonly triggers: readonly [number, number];
    readonly at: number;
  }
  | { readonly type: "gamepadGone"; readonly pad: number; readonly at: number };

/** What the server is told of the page's room for the picture. */
export interface Viewport {
  readonly devicePixelRatio: number;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** What of the remote screen is to be seen. */
export interface MonitorWish {
  /** 0 for all of it. */
  readonly show: number;
  /** How large the monitor is to be if it has to be made, in remote pixels. */
  readonly size: { readonly width: number; readonly height: number };
}

export type ToWorker =
  | {
    readonly type: "start";
    readonly canvas: OffscreenCanvas;
    readonly transport: ForcedTransport;
    readonly decoder: ForcedDecoder;
    /** What the page's video can show by Media Source Extensions, by the protocol's names. */
    readonly mse: readonly string[];
    readonly viewport: Viewport;
    /** What of the screen to ask for; undefined for what suits. */
    readonly monitor: MonitorWish | undefined;
    /** From the address bar. */
    readonly token: string | undefined;
    readonly debug: boolean;
    /** What the worker of an earlier page wanted to be kept. */
    readonly memory: string | null;
  }
  | { readonly type: "input"; readonly input: PageInput }
  | { readonly type: "sign-in"; readonly credentials: Credentials }
  /** Try again now: the network is back, the page is seen again, or the user said so. */
  | { readonly type: "retry"; readonly asked: boolean }
  /** The page is being left, and has told the server so; it may yet come back. */
  | { readonly type: "leave" }
  | { readonly type: "focus"; readonly focused: boolean }
  | { readonly type: "viewport"; readonly viewport: Viewport }
  /** Where sound is heard; without a port nowhere, and then none is asked for. */
  | { readonly type: "audio"; readonly port: MessagePort | undefined }
  | { readonly type: "audio-clock"; readonly clock: OutputClock }
  /** For the server: see channels.ts. */
  | { readonly type: "channel"; readonly kind: ChannelKind; readonly octets: Uint8Array }
  /** Whether somebody looks at the statistics; they are sent only then. */
  | { readonly type: "watch-statistics"; readonly watch: boolean }
  /** What the user wants of the picture, in place of all that was wanted before. */
  | { readonly type: "settings"; readonly picture: PictureSettings }
  /** The size that the remote screen is to have, in pixels, and whether the user did something for it. */
  | {
    readonly type: "resize";
    readonly width: number;
    readonly height: number;
    /** Pixels per inch, for programs that start from now on. */
    readonly dpi: number;
    readonly asked: boolean;
  }
  | { readonly type: "monitor"; readonly monitor: MonitorWish }
  /** Who else is here, and who may come: asks for it, or for a change of it. */
  | { readonly type: "share"; readonly ask: ShareRequest }
  | { readonly type: "query"; readonly id: number; readonly what: DebugQuery };

/** Why there is no picture, or what is being done about it. */
export type ConnectionState =
  | { readonly phase: "connecting"; readonly again: boolean }
  | { readonly phase: "connected"; readonly transport: string }
  | { readonly phase: "live"; readonly transport: string; readonly role: "control" | "view" }
  /** The server is up but has no picture to give just now. */
  | { readonly phase: "no-picture"; readonly state: string; readonly detail: string }
  | { readonly phase: "waiting"; readonly reason: FailureReason; readonly retryAt: number }
  | { readonly phase: "sign-in"; readonly kind: SignInKind; readonly wrong: boolean }
  | { readonly phase: "stopped"; readonly reason: FailureReason };

/** Why the connection goes the way it goes. */
export interface PathReason {
  readonly code:
    /** The address asks for it. */
    | "forced"
    /** The other transport is not to be had: see there. */
    | "alone"
    /** It was ready first. */
    | "first"
    /** It was opened to be in reserve, and is. */
    | "standby"
    /** The path before fell silent, or ended. */
    | "silent"
    | "closed"
    /** It has proved to be there and quick again. */
    | "better"
    /** The server has changed to it. */
    | "server";
  /** More of it, for people; may be empty. */
  readonly detail: string;
}

/** What went wrong, for the page to put into words. */
export interface FailureReason {
  readonly kind:
    | "unreachable"
    | "refused"
    | "lost"
    | "silent"
    | "closed"
    /** Nothing went wrong: the program of the desktop has ended, and the server with it. */
    | "ended"
    | "busy"
    | "version"
    | "transport-not-offered"
    | "decoder"
    | "internal";
  /** What was said, by the server or by the browser; may be empty. */
  readonly detail: string;
}

export type FromWorker =
  | { readonly type: "state"; readonly state: ConnectionState }
  /** The server has looked at the token of the address bar, whatever it thought of it. */
  | { readonly type: "token-used" }
  /** What names the viewer of this page; a secret. */
  | { readonly type: "viewer"; readonly secret: string }
  /** Workers have no storage: the page keeps this text for the next worker. */
  | { readonly type: "remember"; readonly memory: string }
  /** Of the picture on the canvas, in remote pixels; encoders leave an odd last one out. */
  | { readonly type: "size"; readonly width: number; readonly height: number }
  /** How the picture is decoded from now on. */
  | { readonly type: "decoder"; readonly decoder: WayName }
  /** The picture is shown by a video element, for which this is what to show; undefined: no more. */
  | { readonly type: "screen"; readonly port: MessagePort | undefined }
  | { readonly type: "cursor"; readonly cursor: CursorImage }
  /** Where the remote pointer is, in remote pixels, if this page has not put it there. */
  | { readonly type: "pointer"; readonly position: { readonly x: number; readonly y: number } }
  /** Where programs seem to have their caret. */
  | { readonly type: "caret"; readonly caret: Caret }
  /** From the server: see channels.ts. */
  | { readonly type: "channel"; readonly kind: ChannelKind; readonly octets: Uint8Array }
  /** So much of what was sent on a channel does not wait any more, numbers included. */
  | {
    readonly type: "channel-delivered";
    readonly kind: ChannelKind;
    readonly octets: number;
    readonly messages: number;
  }
  /** What the server says about the desktop's sound. */
  | { readonly type: "audio"; readonly sound: ServerSound }
  | { readonly type: "statistics"; readonly statistics: ViewerStatistics }
  | { readonly type: "sharing"; readonly sharing: Sharing }
  /** How the picture is encoded now, and how else it could be. */
  | { readonly type: "video"; readonly video: VideoNews }
  /** Whether programs can be given gamepads. */
  | { readonly type: "gamepads"; readonly gamepads: GamepadNews }
  /** What monitors the remote screen has, and what is seen here. */
  | { readonly type: "monitors"; readonly monitors: MonitorNews }
  /** What sizes the remote screen can be given. */
  | { readonly type: "sizing"; readonly sizing: Sizing }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown };
