import assert from "node:assert/strict";
import fc from "fast-check";
import type { Channel } from "../../src/protocol/channel.ts";
import { ChannelWriter } from "../../src/protocol/channel_writer.ts";
import { ProtocolError, QueueFullError } from "../../src/protocol/errors.ts";
import {
  decodeFilesServerMessage,
  decodeFilesViewerMessage,
  encodeFilesServerMessage,
  encodeFilesViewerMessage,
  FILE_PIECE_OCTETS,
  type FilesServerMessage,
  type FilesViewerMessage,
  LISTING_ENTRIES,
} from "../../src/protocol/files_message.ts";
import { MAX_CHANNEL_MESSAGE_OCTETS } from "../../src/protocol/channel.ts";

const id = fc.nat({ max: 0xffff_ffff });
const octets = fc.nat({ max: 2 ** 48 - 1 });
const modified = fc.integer({ min: -8.64e15, max: 8.64e15 });
const text = fc.string({ maxLength: 60 });
const data = fc.record({
  kind: fc.constant("data" as const),
  id,
  offset: octets,
  octets: fc.uint8Array({ maxLength: 100 }),
});

const serverMessage: fc.Arbitrary<FilesServerMessage> = fc.oneof(
  data,
  fc.record({
    kind: fc.constant("hello" as const),
    upload: fc.boolean(),
    download: fc.boolean(),
    directory: text,
  }),
  fc.record({
    kind: fc.constant("listing" as const),
    id,
    offset: fc.nat(),
    total: fc.nat(),
    entries: fc.array(
      fc.record({
        name: text,
        kind: fc.constantFrom("file" as const, "directory" as const),
        size: octets,
        modified,
      }),
      { maxLength: 5 },
    ),
  }),
  fc.record({ kind: fc.constant("begin" as const), id, offset: octets, size: octets, modified }),
  fc.record({ kind: fc.constant("stored" as const), id, octets }),
  fc.record({ kind: fc.constant("done" as const), id, name: text }),
  fc.record({
    kind: fc.constant("failed" as const),
    id,
    reason: fc.constantFrom("quota" as const, "disk-full" as const, "failed" as const),
    detail: text,
  }),
);

const viewerMessage: fc.Arbitrary<FilesViewerMessage> = fc.oneof(
  data,
  fc.record({ kind: fc.constant("list" as const), id, path: text, offset: fc.nat() }),
  fc.record({ kind: fc.constant("upload" as const), id, name: text, size: octets, modified }),
  fc.record({ kind: fc.constant("download" as const), id, path: text, offset: octets }),
  fc.record({ kind: fc.constant("taken" as const), id, octets }),
  fc.record({ kind: fc.constant("cancel" as const), id, discard: fc.boolean() }),
);

Deno.test("decodeFilesServerMessage() and decodeFilesViewerMessage() read what was written", () => {
  fc.assert(
    fc.property(serverMessage, (message) => {
      const decoded = decodeFilesServerMessage(encodeFilesServerMessage(message));
      assert.deepEqual({ ...decoded }, structuredClone(message));
    }),
  );
  fc.assert(
    fc.property(viewerMessage, (message) => {
      const decoded = decodeFilesViewerMessage(encodeFilesViewerMessage(message));
      assert.deepEqual({ ...decoded }, structuredClone(message));
    }),
  );
});

Deno.test("decodeFilesViewerMessage() refuses everything else with a ProtocolError", () => {
  fc.assert(
    fc.property(fc.nat({ max: 8 }), fc.uint8Array({ maxLength: 64 }), (first, rest) => {
      for (const decode of [decodeFilesViewerMessage, decodeFilesServerMessage]) {
        try {
          decode(new Uint8Array([first, ...rest]));
        } catch (error) {
          assert.ok(error instanceof ProtocolError, `${error}`);
        }
      }
    }),
  );
  assert.throws(() => decodeFilesViewerMessage(new Uint8Array()), ProtocolError);
  assert.throws(
    () => decodeFilesViewerMessage(new Uint8Array(11 + FILE_PIECE_OCTETS + 1)),
    ProtocolError,
  );
});

Deno.test("encodeFilesServerMessage() fits the worst listing into a message", () => {
  const entry = {
    name: '"'.repeat(255),
    kind: "directory" as const,
    size: 2 ** 48 - 1,
    modified: -8.64e15,
  };
  const entries = Array.from({ length: LISTING_ENTRIES }, () => entry);
  const encoded = encodeFilesServerMessage({
    kind: "listing",
    id: 0xffff_ffff,
    offset: 2 ** 53 - 1,
    total: 2 ** 53 - 1,
    entries,
  });
  assert.ok(encoded.length <= MAX_CHANNEL_MESSAGE_OCTETS);
});

Deno.test("ChannelWriter sends words before pieces, and each when there is room", async () => {
  const sent: string[] = [];
  let room = 1;
  const channel: Channel = {
    queuedOctets: 0,
    onmessage: undefined,
    ondrain: undefined,
    send(octets) {
      if (room === 0) throw new QueueFullError(0, 0);
      room--;
      sent.push(new TextDecoder().decode(octets));
    },
  };
  const writer = new ChannelWriter(channel);
  const encode = (text: string) => new TextEncoder().encode(text);
  let written = 0;
  const write = (text: string) => writer.write(encode(text)).then(() => written++);
  write("piece 1");
  write("piece 2");
  write("piece 3");
  writer.say(encode("word"));
  await Promise.resolve();
  assert.deepEqual([sent.length, written], [1, 1]);
  room = 2;
  channel.ondrain?.();
  await Promise.resolve();
  assert.deepEqual(sent, ["piece 1", "word", "piece 2"]);
  assert.equal(written, 2);
  writer.clear();
  await Promise.resolve();
  assert.equal(written, 3, "Nobody is left waiting.");
  room = 9;
  channel.ondrain?.();
  assert.equal(sent.length, 3);
  room = 0;
  assert.throws(() => {
    for (;;) writer.say(encode("word"));
  }, ProtocolError);
});
