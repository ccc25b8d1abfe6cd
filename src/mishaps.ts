/**
 * What nobody catches: a mistake of ours in one corner, which is no reason to end a desktop with
 * everything that is open on it.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";

const log = getLogger(["skerry", "mishap"]);

/** So many are told in full; one that comes again and again fills no disk. */
const MOST_TOLD = 100;

/**
 * Logs what is thrown and caught by nobody, and goes on, until it is disposed: the events `error` and
 * `unhandledrejection` (HTML Standard, 8.1.4.7).
 */
export function surviveMishaps(): Disposable {
  let told = 0;
  const tell = (error: unknown) => {
    if (++told > MOST_TOLD) return;
    log.error("A mistake in Skerry, please report it; the desktop goes on: {error}", { error });
  };
  const onerror = (event: ErrorEvent) => {
    event.preventDefault();
    tell(event.error);
  };
  const onrejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    tell(event.reason);
  };
  addEventListener("error", onerror);
  addEventListener("unhandledrejection", onrejection);
  return {
    [Symbol.dispose]() {
      removeEventListener("error", onerror);
      removeEventListener("unhandledrejection", onrejection);
    },
  };
}
