import assert from "node:assert/strict";
import { type Channel, ReplayedChannel } from "../../src/protocol/channel.ts";
import { ChannelWriter } from "../../src/protocol/channel_writer.ts";
import {
  decodeFilesViewerMessage,
  encodeFilesServerMessage,
  type FilesServerMessage,
  type FilesViewerMessage,
} from "../../src/protocol/files_message.ts";
import { InputGate } from "../../web/input/input_gate.ts";
import type { PageInput } from "../../web/messages.ts";
import { type FilesState, NO_FILES, PageFiles } from "../../web/files/page_files.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { until } from "../support/until.ts";
import { noise } from "../support/x_clipboard.ts";

/** A server that keeps what it is sent in memory, as far as a test lets it. */
class FakeServer implements AsyncDisposable {
  readonly stored = new Map<string, Uint8Array>();
  readonly asked: FilesViewerMessage[] = [];
  /** Octets of each upload after which nothing is stored any more. */
  stop = Infinity;
  state: FilesState = NO_FILES;
  readonly files: PageFiles;
  readonly #writer: ChannelWriter;
  readonly #names = new Map<number, string>();
  readonly #transports = memoryTransportPair();

  constructor() {
    const [near, far] = this.#transports;
    const ends: ReplayedChannel[] = [near, far].map((transport) => {
      const channel = new ReplayedChannel("files");
      transport.onflow = (flow) => flow.onmessage = (octets) => channel.receive(octets);
      channel.attach(transport);
      return channel;
    });
    this.#writer = new ChannelWriter(ends[0]!);
    ends[0]!.onmessage = (octets) => this.#onmessage(decodeFilesViewerMessage(octets));
    const channel: Channel = ends[1]!;
    this.files = new PageFiles({ channel, changed: (state) => this.state = state });
  }

  say(message: FilesServerMessage): void {
    this.#writer.say(encodeFilesServerMessage(message));
  }

  /** Begins anew, as another server, or as one that has forgotten the page. */
  hello(): void {
    this.#names.clear();
    this.say({ kind: "hello", upload: true, download: true, directory: "~/Downloads" });
  }

  transfer(name: string) {
    return this.state.transfers.find((transfer) => transfer.name === name);
  }

  async reaches(name: string, phase: string): Promise<void> {
    await until(
      () => `"${name}" is ${phase}; there is ${JSON.stringify(this.state.transfers)}`,
      () => this.transfer(name)?.phase === phase,
    );
  }

  #onmessage(message: FilesViewerMessage): void {
    if (message.kind !== "data") this.asked.push(message);
    if (message.kind === "upload") {
      const { id, modified, name, size } = message;
      this.#names.set(id, name);
      const octets = this.stored.get(name) ?? new Uint8Array();
      this.stored.set(name, octets);
      this.say({ kind: "begin", id, offset: octets.length, size, modified });
      if (size === octets.length) this.say({ kind: "done", id, name });
    }
    if (message.kind !== "data") return;
    const { id, offset, octets } = message;
    const name = this.#names.get(id);
    const before = name && this.stored.get(name);
    if (!before || before.length >= this.stop) return;
    assert.equal(offset, before.length, "The pieces follow each other.");
    const all = new Uint8Array(offset + octets.length);
    all.set(before);
    all.set(octets, offset);
    this.stored.set(name, all);
    this.say({ kind: "stored", id, octets: all.length });
    const asked = this.asked.find((message) => message.kind === "upload" && message.id === id);
    if (asked?.kind === "upload" && asked.size === all.length) this.say({ kind: "done", id, name });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What changed last is told a moment later.
    await new Promise((resolve) => setTimeout(resolve, 60));
    for (const transport of this.#transports) await transport[Symbol.asyncDispose]();
  }
}

Deno.test("PageFiles goes on with uploads when the server has forgotten them", async () => {
  await using server = new FakeServer();
  const octets = noise(6_000_000);
  server.stop = 2_000_000;
  server.files.upload([new File([octets], "a.bin", { lastModified: 5 })]);
  assert.equal(server.asked.length, 0, "Nothing is asked before the server is there.");
  server.hello();
  await until("some is stored", () => (server.stored.get("a.bin")?.length ?? 0) >= server.stop);
  await until("the window is full", () => (server.transfer("a.bin")?.stored ?? 0) >= server.stop);
  server.stop = Infinity;
  server.hello();
  await server.reaches("a.bin", "done");
  assert.deepEqual(server.stored.get("a.bin"), octets);
  const asked = server.asked.filter(({ kind }) => kind === "upload");
  assert.equal(asked.length, 2);
});

Deno.test("PageFiles sends a few files at a time, and pauses, cancels and tries again", async () => {
  await using server = new FakeServer();
  server.stop = 100_000;
  server.hello();
  const file = (name: string) => new File([noise(5_000_000)], name, { lastModified: 5 });
  server.files.upload(["a", "b", "c", "d", "e"].map(file));
  await until("three have begun", () => server.asked.length === 3);
  await server.reaches("c", "running");
  await server.reaches("d", "waiting");
  const key = (name: string) => server.transfer(name)!.key;
  server.files.pause(key("d"));
  server.files.remove(key("a"));
  await server.reaches("e", "running");
  assert.equal(server.transfer("a"), undefined);
  await until("the server knows", () => server.asked.some(({ kind }) => kind === "cancel"));
  await server.reaches("d", "paused");
  const { id } = server.asked.find((message) => message.kind === "upload" && message.name === "b")!;
  server.say({ kind: "failed", id, reason: "disk-full", detail: "The disk is full" });
  await server.reaches("b", "failed");
  assert.equal(server.transfer("b")?.problem?.reason, "disk-full");
  server.stop = Infinity;
  server.files.resume(key("d"));
  await server.reaches("d", "done");
  server.files.retry(key("b"));
  await server.reaches("b", "done");
  server.files.remove(key("b"));
  await until("it is off the list", () => server.transfer("b") === undefined);
});

Deno.test("PageFiles asks for a directory page by page", async () => {
  await using server = new FakeServer();
  server.hello();
  await until("it is there", () => server.state.allowed !== undefined);
  server.files.list();
  const ask = async (count: number) => {
    const listed = () => server.asked.filter(({ kind }) => kind === "list");
    await until("it is asked", () => listed().length === count);
    return listed().at(-1) as Extract<FilesViewerMessage, { kind: "list" }>;
  };
  const entry = (name: string) => ({ name, kind: "directory" as const, size: 0, modified: 0 });
  const first = await ask(1);
  server.say({ kind: "listing", id: first.id, offset: 0, total: 101, entries: [entry("x")] });
  await until("it is listed", () => server.state.listing?.total === 101);
  server.files.more();
  const second = await ask(2);
  assert.equal(second.offset, 100);
  server.say({ kind: "listing", id: second.id, offset: 100, total: 101, entries: [entry("y")] });
  await until("all is listed", () => server.state.listing?.entries.length === 2);
  server.files.more();
  server.files.enter("y");
  const third = await ask(3);
  assert.equal(third.path, "y");
  // An answer to an earlier question is late.
  server.say({ kind: "listing", id: second.id, offset: 100, total: 101, entries: [entry("z")] });
  server.say({ kind: "failed", id: third.id, reason: "not-found", detail: "It is gone" });
  await until("it has failed", () => server.state.listing?.problem === "It is gone");
  assert.deepEqual(server.state.listing?.entries, []);
});

Deno.test("InputGate holds back input in order, and of motion what matters", () => {
  const passed: string[] = [];
  const gate = new InputGate((input) => passed.push(input.type));
  const key: PageInput = { type: "key", keysym: 1, down: true, at: 0 };
  const pointer: PageInput = { type: "pointer", x: 0, y: 0, at: 0 };
  gate.send(key);
  const [first, second] = [gate.hold(), gate.hold()];
  for (const input of [key, pointer, pointer, key]) gate.send(input);
  first();
  first();
  assert.deepEqual(passed, ["key"]);
  second();
  assert.deepEqual(passed, ["key", "key", "pointer", "key"]);
  gate.send(key);
  assert.equal(passed.length, 5);
});
