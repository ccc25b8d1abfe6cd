/**
 * Systems behind a link, each seen by a browser of its own.
 *
 * @module
 */
import type { Link } from "../support/link.ts";
import type { BrowserName } from "../support/rig_browser.ts";
import { debugUrl, isSkerry, startSystem, type SystemName } from "./systems.ts";
import { Viewer } from "./viewer.ts";

export interface LinkedViewersOptions {
  readonly systems: readonly SystemName[];
  readonly browser: BrowserName;
  /** The servers run on its far side; this program is to be on the client's. Else all is local. */
  readonly link?: Link | undefined;
  readonly skerryArgs?: readonly string[];
  /** Opens Skerry's pages with their debug hook. */
  readonly debug?: boolean;
}

/** Starts systems with the test window on them, and a browser for each. */
export async function openLinkedViewers(
  { browser, debug = false, link, skerryArgs, systems }: LinkedViewersOptions,
  stack: AsyncDisposableStack,
): Promise<Viewer[]> {
  const viewers: Viewer[] = [];
  for (const name of systems) {
    const started = stack.use(await startSystem(name, { skerryArgs: skerryArgs ?? [], link }));
    const system = debug && isSkerry(name) ? { ...started, url: debugUrl(started.url) } : started;
    stack.use(await system.run("test_window"));
    viewers.push(stack.use(await Viewer.open(system, browser)));
  }
  return viewers;
}
