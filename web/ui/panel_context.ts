/**
 * What a section of the panel can reach of the page.
 *
 * @module
 */

import type { ToWorker } from "../messages.ts";
import type { Observable } from "../observable.ts";
import type { PageState } from "../page_state.ts";
import type { Preferences } from "../preferences.ts";

export interface PanelContext {
  readonly page: Observable<PageState>;
  readonly preferences: Observable<Preferences>;
  post(message: ToWorker, transfer?: Transferable[]): void;
  /** Turns sound on or off. Called in a click, or the browser may refuse. */
  turnSound(on: boolean): void;
  /** Presses keys one after the other in the remote desktop, then lets them go in reverse. */
  pressKeys(keysyms: readonly number[]): void;
  /** Closes the panel and gives the keyboard back to the remote desktop. */
  close(): void;
}
