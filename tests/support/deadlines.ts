/**
 * Gives every test a deadline, so that one that hangs fails and the others are run: preloaded by
 * `deno task test`. Deno has a timeout for a test, and no default for it.
 *
 * @module
 */

/** Milliseconds; several times what the longest test takes on a busy machine with two cores. */
const DEADLINE = 600_000;

type Definition = Deno.TestDefinition;
type Body = (test: Deno.TestContext) => void | Promise<void>;

/** What `Deno.test()` takes, as a definition. */
function define(
  first: string | Body | Partial<Definition>,
  second?: Body | Partial<Definition>,
  third?: Body,
): Definition {
  const fn = [third, second, first].find((argument) => typeof argument === "function") as
    | Body
    | undefined;
  const options = [first, second].find((argument) => typeof argument === "object") as
    | Partial<Definition>
    | undefined;
  const name = typeof first === "string" ? first : options?.name ?? fn?.name ?? "";
  return { timeout: DEADLINE, name, ...(fn === undefined ? {} : { fn }), ...options } as Definition;
}

const original = Deno.test;
type Arguments = Parameters<typeof define>;
const test = (...args: Arguments) => original(define(...args));
Object.assign(Deno, {
  test: Object.assign(test, original, {
    ignore: (...args: Arguments) => original.ignore(define(...args)),
    only: (...args: Arguments) => original.only(define(...args)),
  }),
});
