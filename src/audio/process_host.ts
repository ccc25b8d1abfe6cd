/**
 * What the sound server's process needs of whoever runs it: a private directory, and the promise that
 * the process ends with us, also after a kill -9.
 *
 * @module
 */

/** A process that was started by a {@link ProcessHost}. */
export interface HostedProcess {
  /** Resolves with its exit code; never rejects. */
  readonly ended: Promise<number>;
  /** The last lines that it wrote to standard error. */
  readonly lastLines: string;
  /** Ends it, and by force when it outlasts a grace time. Safe to call more than once. */
  stop(): Promise<void>;
}

/** Runs processes; disposing of it ends them and removes the directory. */
export interface ProcessHost {
  /** Only this user can enter it. */
  readonly directory: string;
  /** The path of a program; undefined if it is not installed. */
  find(program: string): string | undefined;
  /** @param env More variables than the session's programs get. */
  start(
    path: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): HostedProcess;
}
