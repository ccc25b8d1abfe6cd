/**
 * Handle: a native object with one owner, released once.
 *
 * Ownership: a handle owns exactly one reference (transfer full, or a floating one that was sunk). It
 * gives that back on dispose, at once, or when the last native call that uses it on another thread has
 * returned.
 *
 * @module
 */

import { DisposedError } from "./errors.ts";
import type { Address } from "./memory.ts";

/** A handle that nobody disposed of. */
export interface Leak {
  /** What it is, such as `Pipeline`. */
  readonly what: string;
  /** Where it was made. */
  readonly stack: string;
}

let tracing = false;
const alive = new Map<symbol, Leak>();

/**
 * Starts or stops remembering where each handle was made. For debugging: a stack is taken for each.
 *
 * @returns Where the handles were made that are alive now and were made since tracing started.
 */
export function traceHandles(on: boolean): Leak[] {
  tracing = on;
  const leaks = [...alive.values()];
  if (!on) alive.clear();
  return leaks;
}

const collected = new FinalizationRegistry<symbol>((key) => {
  const leak = alive.get(key);
  if (leak === undefined) return;
  alive.delete(key);
  console.warn(`A ${leak.what} was never disposed of. It was made here:\n${leak.stack}`);
});

/** Gives a handle's pointer, to this folder only. @throws {DisposedError} */
export let pointerOf: (handle: Handle) => Address;

/**
 * Keeps a handle's native object alive while a native call on another thread uses it.
 *
 * @throws {DisposedError}
 */
export let hold: (handle: Handle) => Disposable;

/** Resolves when no native call on another thread uses the handle. */
export let idle: (handle: Handle) => Promise<void>;

const retained = new WeakMap<Handle, unknown>();

/** Keeps memory of ours reachable as long as a handle is, since C may still read it. */
export function retain(handle: Handle, memory: unknown): void {
  retained.set(handle, memory);
}

/** A native object. Dispose of it with `using`, or by calling `[Symbol.dispose]()`. */
export abstract class Handle implements Disposable {
  #pointer: Address | undefined;
  #calls = 0;
  #disposed = false;
  #idle: PromiseWithResolvers<void> | undefined;
  readonly #key = Symbol();
  readonly #what: string;

  constructor(pointer: Address, what: string) {
    this.#pointer = pointer;
    this.#what = what;
    if (tracing) {
      alive.set(this.#key, { what, stack: new Error().stack ?? "" });
      collected.register(this, this.#key, this);
    }
  }

  static {
    pointerOf = (handle) => {
      if (handle.#disposed || handle.#pointer === undefined) throw new DisposedError(handle.#what);
      return handle.#pointer;
    };
    hold = (handle) => {
      pointerOf(handle);
      handle.#calls++;
      let held = true;
      return {
        [Symbol.dispose]: () => {
          if (!held) return;
          held = false;
          handle.#calls--;
          handle.#settle();
        },
      };
    };
    idle = (handle) => {
      if (handle.#calls === 0) return Promise.resolve();
      return (handle.#idle ??= Promise.withResolvers<void>()).promise;
    };
  }

  /** Whether it was disposed of. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Gives the native reference back. Called once. */
  protected abstract release(pointer: Address): void;

  #settle(): void {
    if (this.#calls > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
    if (!this.#disposed || this.#pointer === undefined) return;
    const pointer = this.#pointer;
    this.#pointer = undefined;
    this.release(pointer);
  }

  /** Disposes of it. A second call does nothing. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    alive.delete(this.#key);
    collected.unregister(this);
    this.#settle();
  }
}
