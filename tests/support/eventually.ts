/**
 * Asks again and again until there is an answer. Unlike puppeteer's `waitForFunction()` it needs no
 * `eval` in the page, which our content security policy forbids and Firefox therefore refuses.
 *
 * @param ask Gives undefined, false or null while there is no answer yet.
 * @param what Named in the message, for example "the first picture".
 * @param timeout Milliseconds.
 * @throws an Error that names what did not come, and the last error of `ask` as its cause.
 *
 * @example
 * ```ts ignore
 * const title = await eventually(() => page.title(), "a title");
 * ```
 */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  what: string,
  timeout = 10_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeout;
  let cause: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) {
        return answer as NonNullable<Exclude<T, false>>;
      }
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  } while (performance.now() < deadline);
  throw new Error(`There was not ${what} in ${timeout} ms.`, { cause });
}
