import assert from "node:assert/strict";
import { LimitExceededError } from "../../src/protocol/errors.ts";
import { type OctetSink, StreamWriter } from "../../src/protocol/stream_writer.ts";
import { RateGuard } from "../../src/transport/rate_guard.ts";

/** A stream that takes one write at a time, when the test lets it. */
class SlowSink implements OctetSink {
  readonly log: string[] = [];
  #waiting: PromiseWithResolvers<void> | undefined;

  write(octets: Uint8Array): Promise<void> {
    this.log.push(`write ${octets.join(" ")}`);
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  close(): Promise<void> {
    this.log.push("close");
    return Promise.resolve();
  }

  abort(): Promise<void> {
    this.log.push("abort");
    return Promise.resolve();
  }

  /** Ends the write that is under way. */
  async next(error?: Error): Promise<void> {
    if (error === undefined) this.#waiting?.resolve();
    else this.#waiting?.reject(error);
    for (let turn = 0; turn < 8; turn++) await undefined;
  }
}

async function bench() {
  const sink = new SlowSink();
  const failures: unknown[] = [];
  const writer = new StreamWriter(sink, (error) => failures.push(error));
  await sink.next();
  return { sink, failures, writer };
}

const octets = (...values: number[]) => new Uint8Array(values);

Deno.test("StreamWriter joins what is written while a write is under way", async () => {
  const { sink, writer } = await bench();
  writer.write(octets(1));
  await sink.next();
  writer.write(octets(2, 3));
  writer.write(octets(4));
  assert.deepEqual(sink.log, ["write 1"]);
  assert.equal(writer.unsent, 4);
  await sink.next();
  assert.deepEqual(sink.log, ["write 1", "write 2 3 4"]);
  await sink.next();
  assert.equal(writer.unsent, 0);
  writer.write(octets(5));
  await sink.next();
  assert.equal(sink.log.at(-1), "write 5");
});

Deno.test("StreamWriter waits for a stream that is not there yet", async () => {
  const sink = new SlowSink();
  const opening = Promise.withResolvers<OctetSink>();
  const writer = new StreamWriter(opening.promise, () => assert.fail());
  writer.write(octets(1));
  writer.write(octets(2));
  writer.close();
  await sink.next();
  assert.deepEqual(sink.log, []);
  opening.resolve(sink);
  await sink.next();
  await sink.next();
  assert.deepEqual(sink.log, ["write 1 2", "close"]);
  await writer.ended;
});

Deno.test("StreamWriter.close() ends the stream behind what was written", async () => {
  const { sink, writer } = await bench();
  writer.write(octets(1));
  writer.write(octets(2));
  writer.close();
  writer.close();
  writer.write(octets(3));
  await sink.next();
  await sink.next();
  await sink.next();
  await writer.ended;
  assert.deepEqual(sink.log, ["write 1 2", "close"]);
});

Deno.test("StreamWriter.abort() forgets what is held back", async () => {
  const { sink, failures, writer } = await bench();
  writer.write(octets(1));
  await sink.next();
  writer.write(octets(2));
  writer.abort();
  writer.abort();
  assert.equal(writer.unsent, 0);
  await sink.next(new Error("It was reset"));
  await writer.ended;
  assert.deepEqual(sink.log.filter((line) => line.startsWith("write")), ["write 1"]);
  assert.deepEqual(failures, []);
});

Deno.test("StreamWriter says once that the stream has failed, and holds nothing back then", async () => {
  const { sink, failures, writer } = await bench();
  writer.write(octets(1));
  await sink.next();
  writer.write(octets(2));
  await sink.next(new Error("It was reset"));
  writer.write(octets(3));
  writer.close();
  await writer.ended;
  assert.equal(writer.unsent, 0);
  assert.equal(failures.length, 1);
  assert.deepEqual(sink.log, ["write 1"]);
});

Deno.test("StreamWriter fails when the stream cannot be had", async () => {
  const failures: unknown[] = [];
  const refused = Promise.reject(new Error("Too many streams"));
  const writer = new StreamWriter(refused, (error) => failures.push(error));
  writer.write(octets(1));
  await writer.ended;
  assert.equal(failures.length, 1);
});

Deno.test("RateGuard lets bursts pass, and stops what does not end", () => {
  let now = 0;
  const guard = new RateGuard({ what: "datagrams", perSecond: 100, burst: 20, now: () => now });
  for (let count = 0; count < 20; count++) guard.count();
  assert.throws(() => guard.count(), LimitExceededError);
  for (let count = 0; count < 1000; count++) {
    now += 11;
    guard.count();
  }
  now += 60_000;
  for (let count = 0; count < 20; count++) guard.count();
  assert.throws(() => guard.count(), /over 100 datagrams a second/);
});
