/**
 * What the page knows, for whoever shows it. A feature adds a field.
 *
 * @module
 */

import type {
  GamepadNews,
  MonitorNews,
  Sharing,
  Sizing,
  VideoNews,
} from "../src/protocol/control_message.ts";
import type { ServerSound } from "./audio/audio_messages.ts";
import type { SoundState } from "./audio/sound_output.ts";
import type { ClipboardState } from "./clipboard/page_clipboard.ts";
import type { FilesState } from "./files/page_files.ts";
import type { PluggedPad } from "./input/gamepad_source.ts";
import type { ConnectionState } from "./messages.ts";
import type { WayName } from "./worker/picture_way.ts";
import type { ViewerStatistics } from "./worker/statistics.ts";

export interface PageState {
  connection: ConnectionState | undefined;
  /** New ones come only while somebody watches them: see the message `watch-statistics`. */
  statistics: ViewerStatistics | undefined;
  /** Whether the on-screen keyboard was asked for. */
  typing: boolean;
  /** Whether a pen was put on the picture. */
  pen: boolean;
  /** What sizes the remote screen can be given; undefined before the server has said it. */
  sizing: Sizing | undefined;
  /** What monitors the remote screen has; undefined before the server has said it. */
  monitors: MonitorNews | undefined;
  /** Who is here; undefined before the server has said it. */
  sharing: Sharing | undefined;
  /** How the picture is encoded; undefined before the server has said it. */
  video: VideoNews | undefined;
  /** How the picture is decoded; undefined before that is known. */
  decoder: WayName | undefined;
  /** What the page does with sound, with the reason if that is to fail. */
  sound: { readonly state: SoundState; readonly reason: string; readonly supported: boolean };
  /** What the server says about sound; undefined before it has said anything. */
  serverSound: ServerSound | undefined;
  gamepads: {
    /** What the server does with them; undefined before it has said so. */
    readonly server: GamepadNews | undefined;
    /** Whether the browser lets this page at them. */
    readonly supported: boolean;
    readonly plugged: readonly PluggedPad[];
  };
  clipboard: ClipboardState;
  files: FilesState;
}
