import assert from "node:assert/strict";
import fc from "fast-check";
import type { Channel } from "../../src/protocol/channel.ts";
import {
  type ClipboardContent,
  ClipboardExchange,
  type ClipboardOffer,
  ClipboardRefusedError,
} from "../../src/protocol/clipboard_exchange.ts";
import {
  CLIPBOARD_TYPES,
  type ClipboardMessage,
  type ClipboardType,
  decodeClipboardMessage,
  encodeClipboardMessage,
  MAX_PIECE_OCTETS,
} from "../../src/protocol/clipboard_message.ts";
import { ProtocolError, QueueFullError } from "../../src/protocol/errors.ts";

const id = fc.nat({ max: 0xffff_ffff });
const type = fc.constantFrom(...CLIPBOARD_TYPES);
const size = fc.nat({ max: 2 ** 40 });
const detail = fc.string({ maxLength: 100 });

const message: fc.Arbitrary<ClipboardMessage> = fc.oneof(
  fc.record({
    kind: fc.constant("hello" as const),
    in: fc.boolean(),
    out: fc.boolean(),
    limit: size,
  }),
  fc.record({
    kind: fc.constant("offer" as const),
    id,
    types: fc.uniqueArray(
      fc.record({ type, octets: size }, { requiredKeys: ["type"] }),
      { minLength: 1, maxLength: 3, selector: ({ type }) => type },
    ),
    fresh: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("taken" as const), id, refusal: detail }, {
    requiredKeys: ["kind", "id"],
  }),
  fc.record({ kind: fc.constant("request" as const), id, type }),
  fc.record({
    kind: fc.constant("refused" as const),
    id,
    type,
    reason: fc.constantFrom("gone" as const, "too-large" as const, "failed" as const),
    detail,
  }),
  fc.record({
    kind: fc.constant("data" as const),
    id,
    type,
    last: fc.boolean(),
    octets: fc.uint8Array({ maxLength: 100 }),
  }),
);

Deno.test("decodeClipboardMessage() reads what encodeClipboardMessage() writes", () => {
  fc.assert(
    fc.property(message, (message) => {
      const decoded = decodeClipboardMessage(encodeClipboardMessage(message));
      assert.deepEqual({ ...decoded }, structuredClone(message));
    }),
  );
});

Deno.test("decodeClipboardMessage() refuses everything else with a ProtocolError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat({ max: 7 }), (octets, first) => {
      const encoded = new Uint8Array([first, ...octets]);
      try {
        decodeClipboardMessage(encoded);
      } catch (error) {
        assert.ok(error instanceof ProtocolError, `${error}`);
      }
    }),
  );
  assert.throws(() => decodeClipboardMessage(new Uint8Array()), ProtocolError);
  assert.throws(() => decodeClipboardMessage(new Uint8Array([6, 0, 0, 0, 0, 3, 1])), ProtocolError);
  const tooMuch = new Uint8Array(7 + MAX_PIECE_OCTETS + 1);
  tooMuch[0] = 6;
  assert.throws(() => decodeClipboardMessage(tooMuch), ProtocolError);
});

/** A channel that holds `room` octets, until they are passed on. */
class TestChannel implements Channel {
  onmessage: ((octets: Uint8Array) => void) | undefined;
  ondrain: (() => void) | undefined;
  peer: TestChannel | undefined;
  sent = 0;
  readonly #queue: Uint8Array[] = [];

  constructor(readonly room: number) {}

  get queuedOctets(): number {
    return this.#queue.reduce((sum, { length }) => sum + length, 0);
  }

  send(octets: Uint8Array): void {
    if (this.queuedOctets + octets.length > this.room) {
      throw new QueueFullError(this.queuedOctets, this.room);
    }
    this.sent += octets.length;
    this.#queue.push(octets.slice());
  }

  /** @returns Whether something was passed on. */
  pass(): boolean {
    const next = this.#queue.shift();
    if (next === undefined) return false;
    this.peer?.onmessage?.(next);
    if (this.queuedOctets < this.room / 2) this.ondrain?.();
    return true;
  }
}

function pair(limit = 1 << 20) {
  const [a, b] = [new TestChannel(100_000), new TestChannel(100_000)];
  a.peer = b;
  b.peer = a;
  const offers: ClipboardOffer[] = [];
  const near = new ClipboardExchange(a, { limit, onoffer() {} });
  const far = new ClipboardExchange(b, { limit, onoffer: (offer) => offers.push(offer) });
  const settle = async () => {
    for (let quiet = 0; quiet < 5; quiet++) {
      while (a.pass() || b.pass()) quiet = 0;
      await Promise.resolve();
    }
  };
  return { near, far, a, b, offers, settle };
}

function content(values: Partial<Record<ClipboardType, Uint8Array>>): ClipboardContent {
  return {
    types: Object.keys(values) as ClipboardType[],
    size: (type) => values[type]?.length,
    read: (type) => Promise.resolve(values[type]!),
  };
}

Deno.test("ClipboardExchange carries what is asked for, whole, however little the channel holds", async () => {
  const { near, offers, settle, a } = pair();
  const image = crypto.getRandomValues(new Uint8Array(65_000));
  const large = new Uint8Array(16 * image.length).map((_, i) => image[i % image.length]!);
  const taken = near.offer(content({ "text/plain": new Uint8Array(), "image/png": large }));
  await settle();
  assert.ok(a.sent < 1000, "Nothing goes before it is asked for.");
  const [offer] = offers;
  assert.deepEqual(offer!.content.types, ["text/plain", "image/png"]);
  assert.equal(offer!.content.size?.("image/png"), large.length);
  const text = offer!.content.read("text/plain");
  const read = offer!.content.read("image/png");
  assert.equal(offer!.content.read("image/png"), read, "Asked for twice, it is sent once.");
  offer!.accept();
  await settle();
  assert.equal((await text).length, 0);
  assert.deepEqual(await read, large);
  assert.equal(await taken, undefined);
});

Deno.test("ClipboardExchange drops what was offered before the last offer", async () => {
  const { near, offers, settle, a } = pair();
  const first = near.offer(content({ "image/png": new Uint8Array(1 << 20) }));
  await settle();
  const read = offers[0]!.content.read("image/png");
  for (let i = 0; i < 3; i++) a.pass();
  const second = near.offer(content({ "text/plain": new Uint8Array([1]) }));
  assert.match(await first ?? "", /meanwhile/);
  await settle();
  await assert.rejects(read, ClipboardRefusedError);
  await assert.rejects(offers[0]!.content.read("image/png"), ClipboardRefusedError);
  offers[1]!.decline("Not now");
  const text = offers[1]!.content.read("text/plain");
  await settle();
  assert.deepEqual(await text, new Uint8Array([1]));
  assert.equal(await second, "Not now");
});

Deno.test("ClipboardExchange says why what was offered is not to be had", async () => {
  const { near, offers, settle, b } = pair(1000);
  const unsized = (read: ClipboardContent["read"]) => ({ types: ["text/plain" as const], read });
  near.offer(unsized(() => Promise.resolve(new Uint8Array(1001))));
  await settle();
  const large = offers[0]!.content.read("text/plain");
  await settle();
  await assert.rejects(large, { name: "ClipboardRefusedError", reason: "too-large" });
  near.offer(content({ "text/plain": new Uint8Array(1001) }));
  await settle();
  const sent = b.sent;
  await assert.rejects(offers[1]!.content.read("text/plain"), { reason: "too-large" });
  assert.equal(b.sent, sent, "What is known to be too large is not asked for.");
  near.offer(unsized(() => Promise.reject(new Error("The program is gone"))));
  await settle();
  const failed = offers[2]!.content.read("text/plain");
  await settle();
  await assert.rejects(failed, { reason: "failed", message: "The program is gone" });
  // Asked again, it may be there.
  const again = offers[2]!.content.read("text/plain");
  await settle();
  await assert.rejects(again, { reason: "failed" });
});

Deno.test("ClipboardExchange takes no more than its limit, whatever the other end sends", async () => {
  const { offers, far, b } = pair(1000);
  const say = (message: ClipboardMessage) => b.onmessage?.(encodeClipboardMessage(message));
  say({ kind: "offer", id: 7, types: [{ type: "text/plain" }], fresh: true });
  const read = offers[0]!.content.read("text/plain");
  const data = (length: number, id = 7) =>
    say({ kind: "data", id, type: "text/plain", last: false, octets: new Uint8Array(length) });
  data(900);
  data(900, 8);
  data(101);
  await assert.rejects(read, { reason: "too-large" });
  data(900);
  assert.throws(() => {
    for (let count = 0; count < 10_000; count++) {
      say({ kind: "request", id: count, type: "text/plain" });
    }
  }, ProtocolError);
  far.close();
});

Deno.test("ClipboardExchange begins anew when the server does", async () => {
  const { near, far, offers, settle } = pair();
  near.offer(content({ "text/plain": new Uint8Array(10) }));
  await settle();
  const read = offers[0]!.content.read("text/plain");
  near.hello({ in: true, out: true, limit: 5 });
  const ours = far.offer(content({ "text/plain": new Uint8Array(10) }));
  await settle();
  await assert.rejects(read, { reason: "failed" });
  assert.match(await ours ?? "", /another/);
});
