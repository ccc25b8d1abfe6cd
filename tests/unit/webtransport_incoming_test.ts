import assert from "node:assert/strict";
import fc from "fast-check";
import { LimitExceededError, ProtocolError } from "../../src/protocol/errors.ts";
import { IncomingMessage } from "../../src/protocol/incoming_message.ts";
import { IncomingMessages } from "../../src/protocol/incoming_messages.ts";
import { DEFAULT_LIMITS, type EndpointLimits } from "../../src/protocol/limits.ts";
import { MessageOrder } from "../../src/protocol/message_order.ts";
import { RtwebsocketReceiveFlow } from "../../src/protocol/receive_flow.ts";
import {
  type StreamHeader,
  streamHeaderLength,
  writeStreamHeader,
} from "../../src/protocol/webtransport_message.ts";

/** The octets of a message stream. */
function streamOf(header: Omit<StreamHeader, "time">, payload: Uint8Array): Uint8Array {
  const whole = { ...header, time: 7 };
  const octets = new Uint8Array(streamHeaderLength(whole) + payload.length);
  octets.set(payload, writeStreamHeader(octets, 0, whole));
  return octets;
}

/** The receiving end of one flow, number 0 if not said otherwise, and what becomes of it. */
class Bench {
  readonly delivered: string[] = [];
  readonly cancelled: number[] = [];
  accounted = 0;
  completed = 0;
  overtaken = 0;
  closed: number | undefined;
  readonly flows = new Map<number, RtwebsocketReceiveFlow>();
  readonly messages: IncomingMessages;

  constructor(limits: Partial<EndpointLimits> = {}) {
    this.messages = new IncomingMessages({
      limits: { ...DEFAULT_LIMITS, ...limits },
      flow: (id) => this.flows.get(id),
      account: (_flow, octets) => this.accounted += octets,
      completed: () => this.completed++,
      overtaken: () => this.overtaken++,
      closed: (id) => {
        this.closed = id;
        this.flows.delete(id);
      },
    });
  }

  open(id = 0): void {
    this.messages.opening(id);
    const host = { limits: DEFAULT_LIMITS, assembly: 0, refuse: () => {} };
    const flow = new RtwebsocketReceiveFlow(host, {
      id,
      metadata: new Uint8Array(0),
      returnFor: undefined,
    });
    flow.onmessage = (message) => this.delivered.push(new TextDecoder().decode(message));
    this.flows.set(id, flow);
    this.messages.opened(id);
  }

  stream(sequence: number): IncomingMessage {
    return new IncomingMessage(() => this.cancelled.push(sequence));
  }

  /** A whole message. */
  send(sequence: number, text: string, { flow = 0, skip = 0 } = {}): void {
    const payload = new TextEncoder().encode(text);
    const octets = streamOf({ flow, sequence, skip, length: payload.length }, payload);
    this.messages.take(this.stream(sequence), octets);
  }
}

Deno.test("IncomingMessages hands messages on in order, whatever order they come in", () => {
  const bench = new Bench();
  bench.open();
  bench.send(2, "two");
  bench.send(1, "one");
  assert.deepEqual(bench.delivered, []);
  assert.equal(bench.completed, 2, "the sender may know at once");
  bench.send(0, "zero");
  bench.send(3, "");
  assert.deepEqual(bench.delivered, ["zero", "one", "two", ""]);
});

Deno.test("IncomingMessages lets streams wait for the word that their flow is open", () => {
  const bench = new Bench();
  bench.send(0, "early");
  const late = bench.stream(1);
  const octets = streamOf({ flow: 0, sequence: 1, skip: 0, length: 4 }, new Uint8Array(0));
  bench.messages.take(late, octets);
  bench.messages.take(late, new TextEncoder().encode("la"));
  assert.equal(bench.accounted, 0);
  bench.open();
  assert.deepEqual(bench.delivered, ["early"]);
  bench.messages.take(late, new TextEncoder().encode("te"));
  assert.deepEqual(bench.delivered, ["early", "late"]);
  assert.equal(bench.accounted, 5 + 5 + 5 + 4);
});

Deno.test("IncomingMessages reads what comes twice to its end: Firefox grants no stream for one that was cancelled", () => {
  const bench = new Bench();
  bench.open();
  bench.send(0, "twice");
  const afterwards = bench.stream(0);
  const header = { flow: 0, sequence: 0, skip: 0, length: 5 };
  bench.messages.take(afterwards, streamOf(header, new TextEncoder().encode("tw")));
  bench.messages.take(afterwards, new TextEncoder().encode("ice"));
  const slower = bench.stream(1);
  bench.messages.take(slower, streamOf({ ...header, sequence: 1 }, new TextEncoder().encode("ag")));
  bench.send(1, "again");
  bench.messages.take(slower, new TextEncoder().encode("ain"));
  assert.deepEqual(bench.delivered, ["twice", "again"]);
  assert.deepEqual(bench.cancelled, []);
});

Deno.test("IncomingMessages cancels what was given up, and counts all that was sent of it", () => {
  const bench = new Bench();
  bench.open();
  const stream = bench.stream(0);
  bench.messages.take(
    stream,
    streamOf({ flow: 0, sequence: 0, skip: 0, length: 1000 }, new Uint8Array(100)),
  );
  bench.send(1, "next");
  assert.deepEqual(bench.delivered, []);
  const before = bench.accounted;
  bench.messages.giveUp(0, 0, 506);
  assert.deepEqual(bench.delivered, ["next"]);
  assert.deepEqual(bench.cancelled, [0]);
  assert.equal(bench.accounted - before, 400);
  bench.messages.take(stream, new Uint8Array(400));
  assert.equal(bench.accounted - before, 400, "what comes after was counted");
});

Deno.test("IncomingMessages does not wait for what the next message says to skip", () => {
  const bench = new Bench();
  bench.open();
  const stream = bench.stream(1);
  bench.messages.take(
    stream,
    streamOf({ flow: 0, sequence: 1, skip: 0, length: 1000 }, new Uint8Array(100)),
  );
  bench.send(0, "zero");
  bench.send(3, "three", { skip: 2 });
  assert.deepEqual(bench.delivered, ["zero", "three"]);
  assert.deepEqual(bench.cancelled, [1]);
  const before = bench.accounted;
  // The stream of 2 comes after it was said to be given up, that of 1 was cut off.
  bench.messages.giveUp(0, 2, 50);
  bench.send(2, "two");
  bench.messages.giveUp(0, 1, 506);
  assert.equal(bench.accounted - before, 50 + 400);
  assert.deepEqual(bench.delivered, ["zero", "three"]);
  assert.deepEqual(bench.cancelled, [1, 2]);
});

Deno.test("IncomingMessages closes a flow when all its messages are accounted for", () => {
  const bench = new Bench();
  bench.open();
  bench.messages.closeAfter(0, 2);
  bench.send(1, "one");
  assert.equal(bench.closed, undefined);
  bench.send(0, "zero");
  assert.equal(bench.closed, 0);
  assert.deepEqual(bench.delivered, ["zero", "one"]);
  bench.send(2, "stray");
  assert.deepEqual(bench.cancelled, [2]);
  assert.deepEqual(bench.delivered, ["zero", "one"]);
});

Deno.test("IncomingMessages accounts for the same octets in any order of events", () => {
  // Of each message: whether it is given up or sent twice, how long it is, how much of it was sent.
  const fate = fc.record({
    copied: fc.boolean(),
    givenUp: fc.boolean(),
    length: fc.nat(50),
    sent: fc.nat(49),
  });
  fc.assert(fc.property(
    fc.array(fate, { minLength: 1, maxLength: 12 }),
    fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
    (fates, dice) => {
      const bench = new Bench();
      bench.open();
      const events: { order: number; run: () => void }[] = [];
      const expected: string[] = [];
      let total = 0;
      let skip = 0;
      let word = 0;
      for (const [sequence, { copied, givenUp, length, sent }] of fates.entries()) {
        const text = String.fromCharCode(97 + sequence).repeat(length);
        const size = givenUp ? Math.min(sent, Math.max(length - 1, 0)) : length;
        const abandoned = givenUp && size < length;
        const octets = streamOf(
          { flow: 0, sequence, skip, length },
          new TextEncoder().encode(text.slice(0, size)),
        );
        total += octets.length;
        skip = abandoned ? skip + 1 : 0;
        if (!abandoned) expected.push(text);
        // The octets come in three parts, each after the one before; of what was given up, maybe not
        // all of them; the word of it comes in the order of the reliable stream.
        for (let streams = copied && !abandoned ? 2 : 1; streams > 0; streams--) {
          const stream = bench.stream(sequence);
          let order = dice.next().value;
          for (let part = 0; part < 3; part++) {
            order += dice.next().value;
            if (abandoned && dice.next().value < 0.3) break;
            const slice = octets.slice(
              Math.floor(octets.length * part / 3),
              Math.floor(octets.length * (part + 1) / 3),
            );
            events.push({ order, run: () => bench.messages.take(stream, slice) });
          }
        }
        if (abandoned) {
          word = Math.max(word, dice.next().value * 4);
          events.push({
            order: word,
            run: () => bench.messages.giveUp(0, sequence, octets.length),
          });
        }
      }
      events.push({ order: word, run: () => bench.messages.closeAfter(0, fates.length) });
      events.sort((a, b) => a.order - b.order);
      for (const { run } of events) run();
      assert.deepEqual(bench.delivered, expected);
      assert.equal(bench.accounted, total);
      assert.equal(bench.closed, 0);
    },
  ));
});

Deno.test("IncomingMessages refuses what no honest peer sends", () => {
  const cases: [deed: (bench: Bench) => void, error: typeof ProtocolError][] = [
    [(bench) => bench.open(0), ProtocolError],
    [(bench) => bench.open(5000), LimitExceededError],
    [(bench) => bench.send(0, "x", { flow: 5000 }), LimitExceededError],
    [(bench) => bench.send(5000, "x"), LimitExceededError],
    [(bench) => bench.messages.giveUp(1, 0, 1), ProtocolError],
    [(bench) => bench.messages.closeAfter(1, 0), ProtocolError],
    [(bench) => {
      bench.messages.giveUp(0, 0, 1);
      bench.messages.giveUp(0, 0, 1);
    }, ProtocolError],
    [(bench) => {
      bench.send(0, "zero");
      bench.send(1, "one");
      bench.messages.closeAfter(0, 1);
    }, ProtocolError],
    [(bench) => {
      const part = streamOf({ flow: 0, sequence: 0, skip: 0, length: 9 }, new Uint8Array(1));
      for (let streams = 0; streams < 3; streams++) bench.messages.take(bench.stream(0), part);
    }, ProtocolError],
    [(bench) => {
      for (const length of [9, 10]) {
        const header = { flow: 0, sequence: 0, skip: 0, length };
        bench.messages.take(bench.stream(0), streamOf(header, new Uint8Array(1)));
      }
    }, ProtocolError],
    [(bench) => {
      const long = streamOf({ flow: 0, sequence: 0, skip: 0, length: 9 }, new Uint8Array(10));
      bench.messages.take(bench.stream(0), long);
    }, ProtocolError],
    [(bench) => {
      const length = DEFAULT_LIMITS.maxMessageOctets + 1;
      bench.messages.take(
        bench.stream(0),
        streamOf({ flow: 0, sequence: 0, skip: 0, length }, new Uint8Array(1)),
      );
    }, LimitExceededError],
    [(bench) => {
      for (let count = 0; count < 100; count++) bench.send(count, "x", { flow: 1 });
    }, LimitExceededError],
    [(bench) => {
      for (let count = 1; count < 2000; count++) {
        const part = streamOf({ flow: 0, sequence: count, skip: 0, length: 9 }, new Uint8Array(1));
        bench.messages.take(bench.stream(count), part);
      }
    }, LimitExceededError],
    // Early messages wait, but not without bound.
    [(bench) => {
      for (let count = 1; count < 200; count++) bench.send(count, "x".repeat(1000));
    }, LimitExceededError],
  ];
  for (const [deed, error] of cases) {
    const bench = new Bench({ maxAssemblyOctets: 150_000 });
    bench.open(0);
    assert.throws(() => deed(bench), error, String(deed));
  }
});

Deno.test("IncomingMessage does not keep the buffer that a few octets came in", () => {
  const message = new IncomingMessage(() => {});
  message.take(streamOf({ flow: 0, sequence: 0, skip: 0, length: 3 }, new Uint8Array(0)));
  const buffer = new Uint8Array(64 * 1024);
  message.take(buffer.subarray(0, 1));
  message.take(buffer.subarray(1, 2));
  message.take(new Uint8Array(1));
  assert.equal(message.join().buffer.byteLength, 3);
  const whole = new IncomingMessage(() => {});
  whole.take(streamOf({ flow: 0, sequence: 0, skip: 0, length: 3 }, new Uint8Array(0)));
  whole.take(buffer.subarray(0, 3));
  assert.equal(whole.join().buffer, buffer.buffer, "what is complete is not copied");
});

Deno.test("MessageOrder delivers each message once and in order", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.nat(30), { minLength: 31, maxLength: 31 }),
    fc.array(fc.nat(30)),
    (numbers, givenUp) => {
      const delivered: number[] = [];
      const order = new MessageOrder((message) => delivered.push(message[0] ?? NaN));
      for (const number of numbers) {
        const message = givenUp.includes(number) ? undefined : new Uint8Array([number]);
        order.settle(number, message);
        order.settle(number, new Uint8Array([99]));
        assert.ok(order.has(number));
      }
      const expected = numbers.filter((number) => !givenUp.includes(number)).sort((a, b) => a - b);
      assert.deepEqual(delivered, expected);
      assert.equal(order.next, 31);
    },
  ));
});
