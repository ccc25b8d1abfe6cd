/**
 * Errors that reach the browser as `{"error": {"code", "message"}}`.
 *
 * @module
 */

/** The statuses that the API answers with when it refuses something. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 408 | 413 | 415 | 421 | 426 | 429 | 503;

/** A request that is refused; its message is shown to whoever sent it. */
export class RefusedError extends Error {
  override name = "RefusedError";

  /**
   * @param status HTTP status.
   * @param code A word for programs, for example `wrong-token`.
   * @param message A sentence for people.
   * @param retryAfter Seconds after which another try makes sense.
   */
  constructor(
    readonly status: RefusalStatus,
    readonly code: string,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** The client is missing, so that there is nothing to serve. */
export class ClientNotBuiltError extends Error {
  override name = "ClientNotBuiltError";
}

/** The address to listen on cannot be used. */
export class ListenError extends Error {
  override name = "ListenError";
}

/** Another program listens on the port. */
export class PortInUseError extends ListenError {
  override name = "PortInUseError";
}

/** The body of every refusal. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string };
}

export function errorBody(code: string, message: string): ErrorBody {
  return { error: { code, message } };
}
