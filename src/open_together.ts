/** One of several things that are opened side by side, each by its own function. */
type Openers<T extends readonly unknown[]> = {
  readonly [K in keyof T]: (signal: AbortSignal) => Promise<T[K]>;
};

/**
 * Opens several things side by side: while one waits for another process, say, the next one computes.
 *
 * @param openers Each is told by its signal to give up when another one has failed.
 * @param signal Gives all of them up.
 * @returns What was opened, in the order of the openers.
 * @throws what the first that failed has thrown; what was opened besides is disposed of then.
 */
export async function openTogether<T extends readonly unknown[]>(
  openers: Openers<T>,
  signal?: AbortSignal,
): Promise<T> {
  const giveUp = new AbortController();
  const either = signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal;
  await using opened = new AsyncDisposableStack();
  const opening = openers.map(async (open) => {
    try {
      const one = await open(either);
      if (isDisposable(one)) opened.use(one);
      return one;
    } catch (error) {
      giveUp.abort(error);
      throw error;
    }
  });
  const settled = await Promise.allSettled(opening);
  // The others' errors may be no more than that they were given up.
  if (giveUp.signal.aborted) throw giveUp.signal.reason;
  opened.move();
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

function isDisposable(value: unknown): value is AsyncDisposable | Disposable {
  return typeof value === "object" && value !== null &&
    (Symbol.asyncDispose in value || Symbol.dispose in value);
}
