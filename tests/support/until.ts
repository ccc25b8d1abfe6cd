/**
 * Waits until something holds.
 *
 * @param what Completes "Waited in vain until …".
 * @param probe What is looked at; anything but undefined, null and false ends the wait.
 * @param limit Milliseconds; generous, since machines that run tests are slow.
 * @returns What the probe gave at last.
 * @throws an Error that says what was waited for.
 */
export async function until<T>(
  what: string | (() => string),
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  limit = 15_000,
): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) {
      throw new Error(`Waited in vain until ${typeof what === "string" ? what : what()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
