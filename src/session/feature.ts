import type { ViewerMessage } from "../protocol/control_message.ts";
import type { InputMessage } from "../protocol/input_message.ts";
import type { Desktop } from "./desktop.ts";
import type { Viewer } from "./viewer.ts";

/**
 * Something that a session does beside showing its picture: the clipboard, files. It is given the desktop
 * and the viewers as they come and go, and talks to each by a channel (`viewer.channel()`). What a
 * viewer that may only look is allowed, the feature decides.
 */
export interface SessionFeature extends Partial<AsyncDisposable> {
  /** There is a desktop, or there is none any more: its connection is about to be closed. */
  ondesktop?(desktop: Desktop | undefined): void;
  /** A viewer that was not known. Channels that it is to have are asked for here. */
  onjoin?(viewer: Viewer): void;
  /** The viewer was given the control, or it was taken from it. */
  onrole?(viewer: Viewer): void;
  /** The viewer is not waited for any more. */
  onleave?(viewer: Viewer): void;
  /** The viewer is reached by another path, or by none. */
  onpath?(viewer: Viewer): void;
  /** A viewer that has the control has sent input, and the display was given it. */
  oninput?(viewer: Viewer, message: InputMessage): void;
  /** What the viewer holds down is to be let go, though it did not say so. */
  onrelease?(viewer: Viewer): void;
  /** @returns Whether the message was this feature's. */
  oncontrol?(viewer: Viewer, message: ViewerMessage): boolean;
}
