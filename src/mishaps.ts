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
 * Logs what is thrown and caught by nobody, and goes on, until it is disposed.
 *
 * @param scope Where `error` and `unhandledrejection` are dispatched (HTML Standard, 8.1.4.7).
 */
export function surviveMishaps(scope: EventTarget = globalThis): Disposable {
  let told = 0;
  const tell = (error: unknown) => {
    if (++told > MOST_TOLD) return;
    log.error("A mistake in Skerry, please report it; the desktop goes on: {error}", { error });
  };
  const onerror = (event: Event) => {
    event.preventDefault();
    tell((event as ErrorEvent).error);
  };
  const onrejection = (event: Event) => {
    event.preventDefault();
    tell((event as PromiseRejectionEvent).reason);
  };
  scope.addEventListener("error", onerror);
  scope.addEventListener("unhandledrejection", onrejection);
  return {
    [Symbol.dispose]() {
      scope.removeEventListener("error", onerror);
      scope.removeEventListener("unhandledrejection", onrejection);
    },
  };
}
