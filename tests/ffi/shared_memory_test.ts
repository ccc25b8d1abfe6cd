import assert from "node:assert/strict";
import { DisposedError, SharedMemory, SystemCallError } from "../../ffi/mod.ts";

/** What the kernel lists (proc_sysvipc_shm(5)): shmid is the second column, attaches the seventh. */
function attaches(id: number): number | undefined {
  const rows = Deno.readTextFileSync("/proc/sysvipc/shm").split("\n").slice(1);
  const row = rows.map((line) => line.trim().split(/\s+/)).find((cells) => Number(cells[1]) === id);
  return row === undefined ? undefined : Number(row[6]);
}

Deno.test("SharedMemory.create() attaches a segment, and dispose removes it", () => {
  const memory = SharedMemory.create(10_000);
  assert.equal(memory.bytes.length, 10_000);
  memory.bytes[9999] = 7;
  assert.equal(memory.bytes[9999], 7);
  assert.equal(attaches(memory.id), 1);
  memory[Symbol.dispose]();
  assert.equal(attaches(memory.id), undefined);
  memory[Symbol.dispose]();
});

Deno.test("SharedMemory.markForRemoval() lets the segment live until it is detached", () => {
  using memory = SharedMemory.create(4096);
  memory.markForRemoval();
  memory.markForRemoval();
  assert.equal(attaches(memory.id), 1);
  memory.bytes.fill(1);
  memory[Symbol.dispose]();
  assert.equal(attaches(memory.id), undefined);
  assert.throws(() => memory.markForRemoval(), DisposedError);
});

Deno.test("SharedMemory dispose empties every view of it", () => {
  const memory = SharedMemory.create(4096);
  const { bytes } = memory;
  const part = bytes.subarray(100, 200);
  memory[Symbol.dispose]();
  assert.equal(bytes.length, 0);
  assert.equal(part.length, 0);
  assert.equal(part[0], undefined);
  assert.throws(() => memory.bytes, DisposedError);
});

Deno.test("SharedMemory.create() says what the system refuses", () => {
  for (const size of [0, -1, 1.5, NaN]) assert.throws(() => SharedMemory.create(size), RangeError);
  assert.throws(() => SharedMemory.create(2 ** 52), (error: unknown) => {
    assert.ok(error instanceof SystemCallError);
    assert.equal(error.call, "shmget");
    assert.ok(error.errno > 0);
    return true;
  });
});
