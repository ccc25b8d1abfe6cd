import assert from "node:assert/strict";
import fc from "fast-check";
import { LatestReceiver } from "../../src/protocol/latest_receiver.ts";
import { type LatestMessage, LatestSender } from "../../src/protocol/latest_sender.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

const RTT = 40;

/** What a sender sends, on a clock that the test moves. */
function bench() {
  const clock = new VirtualClock();
  const datagrams: LatestMessage[] = [];
  const reliable: LatestMessage[] = [];
  const sender = new LatestSender({
    now: () => clock.now(),
    schedule: (ms, callback) => clock.schedule(ms, callback),
    rtt: () => RTT,
    datagram: (message) => datagrams.push(message),
    reliable: (message) => reliable.push(message),
  });
  return { clock, datagrams, reliable, sender };
}

const octets = (number: number) => new Uint8Array([number]);

Deno.test("LatestSender sends at once, and only datagrams while they are acknowledged", async () => {
  const { clock, datagrams, reliable, sender } = bench();
  for (let count = 1; count <= 50; count++) {
    const delivery = sender.write(octets(count), 0);
    assert.ok(delivery.started);
    assert.equal(datagrams.length, count);
    await clock.advance(RTT);
    sender.acknowledged(count);
    assert.equal(await delivery.outcome, "delivered");
  }
  await clock.advance(10_000);
  assert.deepEqual(reliable, []);
});

Deno.test("LatestSender makes sure of the last one when no ack comes", async () => {
  const { clock, reliable, sender } = bench();
  const outcomes = [1, 2, 3].map((number) => sender.write(octets(number), 0).outcome);
  await clock.advance(2 * RTT + 70);
  assert.deepEqual(reliable.map(({ index }) => index), [3]);
  await clock.advance(10_000);
  assert.equal(reliable.length, 1, "once is enough on a reliable stream");
  sender.acknowledged(3);
  assert.deepEqual(await Promise.all(outcomes), ["abandoned", "abandoned", "delivered"]);
});

Deno.test("LatestSender holds back all but the newest of what is not acknowledged", async () => {
  const { clock, datagrams, sender } = bench();
  for (let count = 1; count <= 1000; count++) {
    sender.write(octets(count & 255), 0);
    if (count % 10 === 0) await clock.advance(1);
  }
  assert.ok(datagrams.length < 16 + 100 / 8 + 2, `${datagrams.length} datagrams`);
  sender.acknowledged(datagrams.at(-1)?.index ?? 0);
  assert.equal(datagrams.at(-1)?.index, 1000);
});

Deno.test("LatestSender.flush() sends the newest on the reliable stream, if it is not acknowledged", () => {
  const { reliable, sender } = bench();
  sender.flush();
  sender.write(octets(1), 0);
  sender.write(octets(2), 0);
  sender.flush();
  sender.flush();
  assert.deepEqual(reliable.map(({ index }) => index), [2]);
  sender.write(octets(3), 1);
  sender.acknowledged(3);
  sender.flush();
  assert.equal(reliable.length, 1);
});

Deno.test("LatestSender.stop() gives up what is not acknowledged, and leaves no timer", async () => {
  const { clock, reliable, sender } = bench();
  const { outcome } = sender.write(octets(1), 0);
  sender.stop();
  assert.equal(await outcome, "abandoned");
  await clock.advance(10_000);
  assert.deepEqual(reliable, []);
});

/** What a flow's messages may be: keys, which count, and positions, which replace each other. */
type Write = "key" | "position" | "pause";

Deno.test("LatestReceiver hands on every key, and before each the last position, whatever is lost", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.constantFrom<Write>("key", "position", "pause"), { maxLength: 60 }),
    fc.infiniteStream(fc.record({ lost: fc.boolean(), delay: fc.nat(100) })),
    async (writes, fates) => {
      const clock = new VirtualClock();
      const received: string[] = [];
      const receiver = new LatestReceiver((message) => received.push(`position ${message[0]}`));
      const acknowledge = () => {
        const { lost, delay } = fates.next().value;
        const { index } = receiver;
        if (!lost) clock.schedule(delay, () => sender.acknowledged(index));
      };
      // The reliable stream keeps its order: its delays only ever add up.
      let streamAt = 0;
      const onStream = (arrive: () => void) => {
        streamAt = Math.max(streamAt, clock.now() + fates.next().value.delay);
        clock.schedule(streamAt - clock.now(), arrive);
      };
      const sender = new LatestSender({
        now: () => clock.now(),
        schedule: (ms, callback) => clock.schedule(ms, callback),
        rtt: () => RTT,
        datagram: (message) => {
          const { lost, delay } = fates.next().value;
          if (lost) return;
          clock.schedule(delay, () => {
            receiver.datagram(message);
            acknowledge();
          });
        },
        reliable: (message) =>
          onStream(() => {
            receiver.reliable(message);
            acknowledge();
          }),
      });
      let keys = 0;
      let position = 0;
      const expected: string[] = [];
      for (const write of writes) {
        if (write === "position") {
          sender.write(octets(++position), keys);
          if (expected.at(-1)?.startsWith("position")) expected.pop();
          expected.push(`position ${position}`);
        } else if (write === "key") {
          sender.flush();
          const key = keys++;
          onStream(() => {
            received.push(`key ${key}`);
            receiver.other();
          });
          expected.push(`key ${key}`);
        } else {
          await clock.advance(30);
        }
      }
      await clock.advance(10_000);
      // Of positions in a row, all but the last may have come or not.
      const reduced = received.filter((message, index) =>
        !message.startsWith("position") || !received[index + 1]?.startsWith("position")
      );
      assert.deepEqual(reduced, expected);
    },
  ));
});

Deno.test("LatestReceiver waits with an early one for what belongs before it, and no longer", () => {
  const received: string[] = [];
  const receiver = new LatestReceiver((message) => received.push(`position ${message[0]}`));
  receiver.datagram({ index: 2, after: 1, octets: octets(2) });
  receiver.datagram({ index: 1, after: 1, octets: octets(1) });
  receiver.datagram({ index: 3, after: 2, octets: octets(3) });
  assert.deepEqual(received, []);
  receiver.other();
  receiver.other();
  assert.deepEqual(received, ["position 3"]);
  receiver.datagram({ index: 4, after: 1, octets: octets(4) });
  assert.deepEqual(received, ["position 3"], "what was overtaken comes another way");
  assert.equal(receiver.index, 3);
});
