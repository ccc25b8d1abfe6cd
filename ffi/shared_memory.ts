/**
 * SharedMemory: a System V segment, as the X extension MIT-SHM wants it.
 *
 * @module
 */

import { SystemCallError } from "./errors.ts";
import { libc } from "./library.ts";
import { type Address, readString } from "./memory.ts";
import { Handle, pointerOf } from "./object.ts";

/** `IPC_CREAT | 0600`: for this user alone. */
const CREATE_PRIVATE = 0o1000 | 0o600;
const IPC_PRIVATE = 0;
const IPC_RMID = 0;
const FAILED = 0xffff_ffff_ffff_ffffn;

/**
 * A shared memory segment, attached to this process. Dispose of it to detach it.
 *
 * Call {@link SharedMemory.markForRemoval} as soon as the other side has attached it too: the kernel
 * then frees it with the last of both, however they end. Until then a kill leaves it behind (`ipcs -m`).
 */
export class SharedMemory extends Handle {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #marked = false;

  private constructor(
    pointer: Address,
    /** The segment's identifier (shmid). */
    readonly id: number,
    size: number,
  ) {
    super(pointer, "SharedMemory");
    this.#bytes = new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
  }

  /**
   * Makes a segment and attaches it.
   *
   * @param size In octets.
   * @throws {RangeError} If the size is not a positive integer.
   * @throws {SystemCallError} If the system refuses.
   */
  static create(size: number): SharedMemory {
    if (!Number.isSafeInteger(size) || size <= 0) {
      throw new RangeError(`Cannot make shared memory of ${size} octets: give a positive integer`);
    }
    const id = libc().shmget(IPC_PRIVATE, BigInt(size), CREATE_PRIVATE);
    if (id === -1) throw systemCallError("shmget");
    const pointer = libc().shmat(id, null, 0);
    if (pointer === null || Deno.UnsafePointer.value(pointer) === FAILED) {
      const error = systemCallError("shmat");
      libc().shmctl(id, IPC_RMID, null);
      throw error;
    }
    return new SharedMemory(pointer, id, size);
  }

  /** The segment's octets. Views of it are emptied on dispose. @throws {DisposedError} */
  get bytes(): Uint8Array<ArrayBuffer> {
    pointerOf(this);
    return this.#bytes;
  }

  /**
   * Lets the kernel free the segment when the last process detaches (IPC_RMID).
   *
   * @throws {SystemCallError} If the system refuses.
   * @throws {DisposedError}
   */
  markForRemoval(): void {
    pointerOf(this);
    if (this.#marked) return;
    if (libc().shmctl(this.id, IPC_RMID, null) === -1) throw systemCallError("shmctl");
    this.#marked = true;
  }

  /** Detaches the segment, and removes it. */
  protected override release(pointer: Address): void {
    if (!this.#marked) libc().shmctl(this.id, IPC_RMID, null);
    // Detaches the array buffer: every view of it is empty from now on, and none can reach unmapped memory.
    this.#bytes.buffer.transfer();
    libc().shmdt(pointer);
  }
}

function systemCallError(call: string): SystemCallError {
  const location = libc().__errno_location();
  const errno = location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
  return new SystemCallError(call, errno, readString(libc().strerror(errno)));
}
