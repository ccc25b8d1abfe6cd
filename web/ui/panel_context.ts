/**
 * What a section of the panel can reach of the page.
 *
 * @module
 */

import type { StickyModifiers } from "../input/sticky_modifiers.ts";
import type { PageClipboard } from "../clipboard/page_clipboard.ts";
import type { PageFiles } from "../files/page_files.ts";
import type { ToWorker } from "../messages.ts";
import type { Observable } from "../observable.ts";
import type { PageState } from "../page_state.ts";
import type { Preferences } from "../preferences.ts";

export interface PanelContext {
  readonly page: Observable<PageState>;
  readonly preferences: Observable<Preferences>;
  readonly clipboard: PageClipboard;
  readonly files: PageFiles;
  post(message: ToWorker, transfer?: Transferable[]): void;
  /** Turns sound on or off. Called in a click, or the browser may refuse. */
  turnSound(on: boolean): void;
  /** Presses keys one after the other in the remote desktop, then lets them go in reverse. */
  pressKeys(keysyms: readonly number[]): void;
  /** Modifiers that are pressed first and used next. */
  readonly modifiers: StickyModifiers;
  /** Shows the on-screen keyboard, or hides it. Called in a click, or the browser may refuse. */
  showKeyboard(shown: boolean): void;
  /** Gives the mouse to the remote desktop altogether. Called in a click. */
  lockPointer(): Promise<void>;
  /** Shows another monitor in this window, or with 0 all of the screen. */
  showMonitor(monitor: number): void;
  /** The panel lies over so many CSS pixels of the page's lower part. */
  covers(height: number): void;
  /** Closes the panel and gives the keyboard back to the remote desktop. */
  close(): void;
}
