import assert from "node:assert/strict";
import { CursorReceiver, CursorSender } from "../../src/protocol/cursor_images.ts";
import { CURSOR_SLOTS, type CursorImage } from "../../src/protocol/cursor_message.ts";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

function image(serial: number, size = 8): CursorImage {
  const rgba = new Uint8Array(size * size * 4).fill(serial);
  return { serial, width: size, height: size, hotX: 1, hotY: 2, rgba };
}

/** Both ends of a flow over a link of so many octets a second. */
function bench(rate = 1_000_000) {
  const clock = new VirtualClock();
  const link = { delay: 10, rate };
  const [server, client] = memoryTransportPair({ clock, links: [link, link] });
  const images: CursorImage[] = [];
  const positions: [number, number][] = [];
  const receiver = new CursorReceiver({
    image: (image) => images.push(image),
    position: (x, y) => positions.push([x, y]),
  });
  client.onflow = (flow) => flow.onmessage = (octets) => receiver.receive(octets);
  const sender = new CursorSender(server.openFlow(new Uint8Array(1)));
  return { clock, link: server.link!, sender, images, positions };
}

Deno.test("CursorSender sends an image once, and then only which one it is", async () => {
  const { clock, images, link, sender } = bench();
  const frames = [image(1), image(2), image(3)];
  for (const frame of frames) {
    sender.image(frame);
    await clock.advance(50);
  }
  const before = link.carriedOctets;
  for (let turn = 0; turn < 10; turn++) {
    for (const frame of frames) {
      sender.image(frame);
      await clock.advance(50);
    }
  }
  assert.deepEqual(images.slice(0, 3), frames);
  assert.deepEqual(images.slice(-3), frames);
  assert.equal(images.length, 33);
  assert.ok(link.carriedOctets - before < 30 * 20, `${link.carriedOctets - before}`);
});

Deno.test("CursorSender goes on when there are more images than the receiver keeps", async () => {
  const { clock, images, sender } = bench();
  const frames = Array.from({ length: 2 * CURSOR_SLOTS + 3 }, (_, i) => image(i + 1));
  const shown = [...frames, ...frames.slice(-5), frames[0]!];
  for (const frame of shown) {
    sender.image(frame);
    await clock.advance(50);
  }
  assert.deepEqual(images, shown);
});

Deno.test("CursorSender drops images that have not left when there is a newer one", async () => {
  // A large image takes four seconds.
  const { clock, images, sender } = bench(16_384);
  const frames = Array.from({ length: 40 }, (_, i) => image(i + 1, 128));
  for (const frame of frames) {
    sender.image(frame);
    await clock.advance(20);
  }
  await clock.advance(20_000);
  assert.ok(images.length <= 3, `${images.length} have come`);
  assert.deepEqual(images.at(-1), frames.at(-1));
  // What was dropped is sent when it is wanted again.
  sender.image(frames[20]!);
  await clock.advance(10_000);
  assert.deepEqual(images.at(-1), frames[20]);
});

Deno.test("CursorSender tells the last position, whatever comes before it", async () => {
  const { clock, images, positions, sender } = bench(16_384);
  sender.image(image(1, 128));
  for (let x = 0; x <= 500; x++) sender.position(x, 7);
  await clock.advance(10_000);
  assert.equal(images.length, 1);
  assert.deepEqual(positions.at(-1), [500, 7]);
  assert.ok(positions.length < 5, `${positions.length} positions`);
});

Deno.test("CursorReceiver refuses the name of an image that never came", () => {
  const receiver = new CursorReceiver({ image() {}, position() {} });
  assert.throws(() => receiver.receive(Uint8Array.of(2, 3)), ProtocolError);
  assert.throws(() => receiver.receive(Uint8Array.of(2, CURSOR_SLOTS)), ProtocolError);
});
