import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeClipboardMessage } from "../../src/protocol/clipboard_message.ts";
import { encodeViewerMessage, type Sharing } from "../../src/protocol/control_message.ts";
import { encodeFilesViewerMessage } from "../../src/protocol/files_message.ts";
import { encodeInputMessage, type InputMessage } from "../../src/protocol/input_message.ts";
import type { FlowKind } from "../../src/protocol/metadata.ts";
import { WebSocketTransport } from "../../src/transport/websocket.ts";
import { anyClipboard, anyControl, anyDamage, anyFiles, anyInput } from "../support/any_message.ts";
import { EventWindow } from "../support/event_window.ts";
import { times } from "../support/long.ts";
import { RawViewer, type TransportName } from "../support/raw_viewer.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";
import { copy, paste } from "../support/x_clipboard.ts";

/** Messages by each transport: more in a soak test. */
const MESSAGES = Number(Deno.env.get("SKERRY_TEST_FUZZ") ?? times(300, 1000));
/** Those that are not as they should be: the server is waited for after each. */
const NONSENSE = Math.ceil(MESSAGES / 5);
const SEED = Number(Deno.env.get("SKERRY_TEST_SEED") ?? Date.now() % 0x7fff_ffff);
/** Sent before the server is waited for. Of more questions at a time it takes none. */
const AT_A_TIME = 40;
/** At a time. */
const CONNECTIONS = 8;

interface Message {
  readonly kind: FlowKind | "unknown";
  /** @param number Counts those of a connection from 1. */
  encode(number: number): Uint8Array;
}

/** A message of a channel begins with its number. */
function numbered(number: number, octets: Uint8Array): Uint8Array {
  const message = new Uint8Array(4 + octets.length);
  new DataView(message.buffer).setUint32(0, number);
  message.set(octets, 4);
  return message;
}

const anyMessage = fc.oneof<fc.Arbitrary<Message>[]>(
  anyInput.map((input) => ({
    kind: "input",
    encode: (sequence) => encodeInputMessage({ ...input, sequence } as InputMessage),
  })),
  anyControl.map((message) => ({ kind: "control", encode: () => encodeViewerMessage(message) })),
  anyClipboard.map((message) => ({
    kind: "clipboard",
    encode: (number) => numbered(number, encodeClipboardMessage(message)),
  })),
  anyFiles.map((message) => ({
    kind: "files",
    encode: (number) => numbered(number, encodeFilesViewerMessage(message)),
  })),
);

const anyNonsense = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(anyMessage, anyDamage).map(([{ encode, kind }, damage]) => ({
      kind,
      encode: (number: number) => damage(encode(number)),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom<Message["kind"][]>("video", "audio", "cursor", "padding", "unknown"),
      octets: fc.uint8Array({ maxLength: 100 }),
    }).map(({ kind, octets }) => ({ kind, encode: () => octets })),
  },
);

/** Sends them all, by as many connections as that takes. @returns How many that were. */
async function send(
  messages: readonly Message[],
  connect: () => Promise<RawViewer>,
): Promise<number> {
  let connections = 0;
  for (let next = 0; next < messages.length;) {
    await using viewer = await connect();
    connections++;
    for (let number = 1; next < messages.length && !viewer.ended;) {
      for (let i = 0; i < AT_A_TIME && next < messages.length && !viewer.ended; i++) {
        const { encode, kind } = messages[next++]!;
        viewer.send(kind, encode(number++));
      }
      await viewer.taken();
    }
  }
  return connections;
}

/** Sends each by itself, by some connections at a time: what cannot be read ends its own. */
async function sendSingly(
  messages: readonly Message[],
  connect: () => Promise<RawViewer>,
): Promise<number> {
  let connections = 0;
  let next = 0;
  const work = async () => {
    while (next < messages.length) {
      await using viewer = await connect();
      connections++;
      for (let number = 1; next < messages.length && !viewer.ended; number++) {
        const { encode, kind } = messages[next++]!;
        viewer.send(kind, encode(number));
        await viewer.taken();
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return connections;
}

Deno.test(`no message of a link to watch does anything, by either transport (seed ${SEED})`, async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  await using resources = new AsyncDisposableStack();
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  const shared = `${folder}/shared`;
  await Deno.mkdir(shared);
  await Deno.writeTextFile(`${shared}/kept.txt`, "kept");
  const skerry = resources.use(
    await SkerryProcess.start({
      args: ["--files", shared, "--size", "640x480", "--", "sleep", "1000"],
    }),
  );
  const remote = resources.use(await RemoteDesktop.of(skerry.pid));
  const target = resources.use(await EventWindow.open(remote.connection));
  const owner = resources.use(await ownerOf(skerry));
  const sharing = (): Sharing | undefined =>
    owner.told.findLast((message) => message.type === "sharing");
  await owner.hasFrames(1);
  owner.tell({ type: "share", ask: { action: "invite", role: "view" } });
  const { token } = await until("there is a link", () => sharing()?.links[0]);
  await copy(remote.access, "untouched");
  const folderNow = () =>
    [...Deno.readDirSync(folder), ...Deno.readDirSync(shared)].map(({ name }) => name).sort();
  const before = {
    files: folderNow(),
    pointer: await remote.pointer(),
    size: [remote.connection.width, remote.connection.height],
  };
  const connect = (token: string, by: TransportName) => async () => {
    const viewer = await RawViewer.connect(skerry.origin, token, by);
    viewers.push(viewer.role);
    return viewer;
  };
  const viewers: (string | undefined)[] = [];

  /** The owner presses a key: what came before it would be seen by then. */
  const onlyTheOwnerWasSeen = async () => {
    const seen = target.events.length;
    for (const down of [true, false]) owner.input({ type: "key", keysym: 0x61, down });
    await until("the key is there", () => target.events.length >= seen + 2);
    return target.events.splice(0).map(({ name }) => name);
  };

  for (const by of ["websocket", "webtransport"] as const) {
    await test.step(`${MESSAGES} messages by ${by}, and ${NONSENSE} that are damaged`, async () => {
      const messages = fc.sample(anyMessage, { numRuns: MESSAGES, seed: SEED });
      await send(messages, connect(token, by));
      const nonsense = fc.sample(anyNonsense, { numRuns: NONSENSE, seed: SEED + 1 });
      const connections = await sendSingly(nonsense, connect(token, by));
      assert.ok(connections > 1, "Some of it was refused.");
      assert.ok(viewers.every((role) => role === "view"), "They may watch.");

      assert.deepEqual(await onlyTheOwnerWasSeen(), ["KeyPress", "KeyRelease"]);
      assert.deepEqual(await remote.pointer(), before.pointer);
      assert.deepEqual(await remote.heldKeys(), []);
      assert.equal(new TextDecoder().decode(await paste(remote.access)), "untouched");
      assert.deepEqual(folderNow(), before.files);
      assert.equal(await Deno.readTextFile(`${shared}/kept.txt`), "kept");
      assert.deepEqual([remote.connection.width, remote.connection.height], before.size);
      owner.told.length = 0;
      owner.tell({ type: "share", ask: { action: "list" } });
      const now = await until("the owner is told", sharing);
      assert.equal(now.links.length, 1);
      assert.equal(now.viewers[0]?.role, "control");
      assert.ok(now.viewers.slice(1).every(({ role }) => role === "view"));
      assert.doesNotMatch(skerry.stderr, /\[(error|fatal)\]/);
    });
  }

  await test.step("and the same messages of an owner do", async () => {
    for (const by of ["websocket", "webtransport"] as const) {
      // What asks for other links and roles would end this.
      const messages = fc.sample(anyMessage, { numRuns: 300, seed: SEED })
        .filter(({ kind }) => kind !== "control");
      target.events.length = 0;
      await send(messages, connect(skerry.token, by));
      await until("the desktop has noticed", () => target.events.length > 5);
      await until("files have come", () => folderNow().length > before.files.length);
    }
  });
});

async function ownerOf(skerry: SkerryProcess): Promise<TestViewer> {
  const response = await fetch(new URL("api/session", skerry.origin), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${skerry.token}` },
    body: "{}",
  });
  const { websocket } = await response.json() as { websocket: { path: string } };
  const url = new URL(websocket.path, skerry.origin.replace(/^http/, "ws"));
  return new TestViewer(await WebSocketTransport.connect(url.href));
}
