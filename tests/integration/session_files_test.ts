import assert from "node:assert/strict";
import { ChannelWriter } from "../../src/protocol/channel_writer.ts";
import {
  decodeFilesServerMessage,
  encodeFilesViewerMessage,
  FILE_PIECE_OCTETS,
  type FilesEntry,
  type FilesServerMessage,
  type FilesViewerMessage,
  WINDOW_OCTETS,
} from "../../src/protocol/files_message.ts";
import { FilesFeature } from "../../src/session/files_feature.ts";
import type { Viewer, ViewerRole } from "../../src/session/viewer.ts";
import { connect, serverViewer } from "../support/server_viewer.ts";
import { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";
import { noise, sha256 } from "../support/x_clipboard.ts";

const MIB = 1024 * 1024;
/** What is uploaded in pieces: more in a soak test. */
const LARGE = Number(Deno.env.get("SKERRY_TEST_UPLOAD_MIB") ?? 64) * MIB;

type Of<K extends FilesServerMessage["kind"]> = Extract<FilesServerMessage, { kind: K }>;

/** A page's end of the files channel, which says and keeps what a test wants. */
class Page {
  readonly said: FilesServerMessage[] = [];
  readonly pieces: Uint8Array[] = [];
  /** Whether it says what it has stored of downloads. */
  takes = true;
  readonly writer: ChannelWriter;
  readonly channel;

  constructor(readonly serverSide: Viewer, readonly viewer: TestViewer) {
    this.channel = viewer.channel("files");
    this.writer = new ChannelWriter(this.channel);
    let taken = 0;
    this.channel.onmessage = (octets) => {
      const message = decodeFilesServerMessage(octets);
      if (message.kind !== "data") return void this.said.push(message);
      this.pieces.push(message.octets.slice());
      taken = message.offset + message.octets.length;
      if (this.takes) this.say({ kind: "taken", id: message.id, octets: taken });
    };
  }

  say(message: FilesViewerMessage): void {
    this.writer.say(encodeFilesViewerMessage(message));
  }

  async hears<K extends FilesServerMessage["kind"]>(
    kind: K,
    matches: (message: Of<K>) => boolean = () => true,
  ): Promise<Of<K>> {
    return await until(
      () => `the server says "${kind}"; it has said ${JSON.stringify(this.said.slice(-3))}`,
      () =>
        this.said.find((message): message is Of<K> =>
          message.kind === kind && matches(message as Of<K>)
        ),
      60_000,
    );
  }

  /** Uploads a file, or as much of it as `until` says, and waits for what comes of it. */
  async upload(
    file: { id: number; name: string; size: number; modified: number },
    read: (offset: number, length: number) => Uint8Array,
    stop = Infinity,
  ): Promise<Of<"done"> | Of<"failed"> | undefined> {
    const { id, size } = file;
    this.say({ kind: "upload", ...file });
    const answer = () =>
      this.said.find((message): message is Of<"done"> | Of<"failed"> =>
        (message.kind === "done" || message.kind === "failed") && message.id === id
      );
    const begin = await until(
      "it begins",
      () =>
        this.said.find((message): message is Of<"begin"> =>
          message.kind === "begin" && message.id === id
        ) ?? answer(),
    );
    if (begin.kind !== "begin") return begin;
    let { offset } = begin;
    const stored = () =>
      this.said.findLast((message): message is Of<"stored"> =>
        message.kind === "stored" && message.id === id
      )?.octets ?? begin.offset;
    while (offset < Math.min(size, stop) && answer() === undefined) {
      if (offset - stored() >= WINDOW_OCTETS - FILE_PIECE_OCTETS) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      const octets = read(offset, Math.min(FILE_PIECE_OCTETS, size - offset));
      await this.writer.write(encodeFilesViewerMessage({ kind: "data", id, offset, octets }));
      offset += octets.length;
    }
    if (stop < size) return undefined;
    return await until("it is over", answer, 60_000);
  }

  async list(path = "", match?: string): Promise<FilesEntry[]> {
    const entries: FilesEntry[] = [];
    for (let offset = 0, id = 1_000_000;; id++) {
      this.say({ kind: "list", id, path, offset, ...match === undefined ? {} : { match } });
      const listing = await this.hears(
        "listing",
        (message) => message.id === id && message.offset === offset,
      );
      this.said.splice(this.said.indexOf(listing), 1);
      entries.push(...listing.entries);
      offset += 100;
      if (offset >= listing.total) return entries;
    }
  }

  async download(id: number, path: string, offset = 0): Promise<Uint8Array> {
    this.pieces.length = 0;
    this.say({ kind: "download", id, path, offset });
    await this.hears("done", (message) => message.id === id);
    return new Uint8Array(await new Blob(this.pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  }
}

class Rig implements AsyncDisposable {
  private constructor(
    readonly root: string,
    readonly feature: FilesFeature,
    readonly resources: AsyncDisposableStack,
  ) {}

  static async open(options: { root?: string; quota?: number } = {}): Promise<Rig> {
    await using resources = new AsyncDisposableStack();
    const root = options.root ?? `${await Deno.makeTempDir({ prefix: "skerry-test-" })}/shared`;
    if (!options.root) resources.defer(() => Deno.remove(root.slice(0, -7), { recursive: true }));
    const feature = resources.use(
      new FilesFeature({ path: root, name: "~/Downloads", quota: options.quota }),
    );
    return new Rig(root, feature, resources.move());
  }

  async join(role: ViewerRole = "control"): Promise<Page> {
    const { viewer, transport } = serverViewer(role);
    const page = new Page(viewer, this.resources.use(new TestViewer(transport)));
    this.feature.onjoin(viewer);
    await page.hears("hello");
    return page;
  }

  /** The names in the directory, unfinished files included. */
  names(): string[] {
    return [...Deno.readDirSync(this.root)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

const file = (name: string, size: number, id = 1) => ({
  id,
  name,
  size,
  modified: 1_600_000_000_000,
});

Deno.test(`FilesFeature takes ${LARGE / MIB} MiB whole, though it is cut five times`, async () => {
  await using rig = await Rig.open();
  // Pieces begin at multiples of four, and no two words are the same.
  const read = (offset: number, length: number) => {
    const words = new Uint32Array(Math.ceil(length / 4));
    for (let i = 0; i < words.length; i++) words[i] = Math.imul(offset / 4 + i, 2654435761);
    return new Uint8Array(words.buffer, 0, length);
  };
  let page = await rig.join();
  const large = file("large.bin", LARGE);
  for (let cut = 1; cut <= 5; cut++) {
    await page.upload(large, read, LARGE * cut / 6);
    if (cut % 2 === 1) {
      // The connection is lost, and the page comes back by another one.
      page.viewer.transport.close();
      const again = new TestViewer(connect(page.serverSide));
      rig.resources.use(again);
      const channel = page.channel;
      channel.attach(again.transport);
      again.channel("files").receive = (octets) => channel.receive(octets);
      page.say({ kind: "cancel", id: 1, discard: false });
      page.said.length = 0;
      await page.upload(file("small", 0, 100 + cut), () => new Uint8Array());
    } else {
      // The page is loaded anew, and the server gives up the old one.
      rig.feature.onleave(page.serverSide);
      page = await rig.join();
    }
  }
  page.said.length = 0;
  const done = await page.upload(large, read);
  assert.deepEqual(done, { kind: "done", id: 1, name: "large.bin" });
  const stored = await Deno.readFile(`${rig.root}/large.bin`);
  assert.equal(stored.length, LARGE);
  for (let offset = 0; offset < LARGE; offset += MIB) {
    const same = await sha256(stored.subarray(offset, offset + MIB)) ===
      await sha256(read(offset, MIB));
    assert.ok(same, `The mebibyte from ${offset}`);
  }
  assert.ok(rig.names().every((name) => !name.endsWith(".part")));
});

Deno.test("FilesFeature gives files whole, from any place, and no faster than they are taken", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  const octets = noise(9 * MIB + 7);
  await Deno.writeFile(`${rig.root}/data.bin`, octets);
  await Deno.writeFile(`${rig.root}/empty`, new Uint8Array());
  assert.equal(await sha256(await page.download(1, "data.bin")), await sha256(octets));
  const rest = await page.download(2, "data.bin", 9 * MIB);
  assert.deepEqual(rest, octets.subarray(9 * MIB));
  assert.equal((await page.download(3, "empty")).length, 0);
  page.takes = false;
  page.pieces.length = 0;
  page.say({ kind: "download", id: 4, path: "data.bin", offset: 0 });
  const sum = () => page.pieces.reduce((sum, { length }) => sum + length, 0);
  await until("the window is full", () => sum() >= WINDOW_OCTETS);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(sum() < WINDOW_OCTETS + FILE_PIECE_OCTETS);
  page.say({ kind: "cancel", id: 4, discard: true });
  page.say({ kind: "download", id: 5, path: "data.bin", offset: octets.length + 1 });
  await page.hears("failed", ({ id, reason }) => id === 5 && reason === "changed");
});

Deno.test("FilesFeature lists 10,000 files in pages", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  await Deno.mkdir(`${rig.root}/many`, { recursive: true });
  for (let i = 0; i < 10_000; i++) Deno.writeTextFileSync(`${rig.root}/many/file ${i}`, "");
  const entries = await page.list("many");
  assert.equal(entries.length, 10_000);
  assert.deepEqual(
    entries.map(({ name }) => name).slice(8, 12),
    [8, 9, 10, 11].map((i) => `file ${i}`),
  );
  assert.deepEqual(
    (await page.list("many", "E 999")).map(({ name }) => name),
    ["file 999", ...Array.from({ length: 10 }, (_, i) => `file 999${i}`)],
  );
  assert.deepEqual(await page.list("many", "nothing of the kind"), []);
  assert.deepEqual((await page.list()).map(({ kind, name }) => [kind, name]), [[
    "directory",
    "many",
  ]]);
});

Deno.test("FilesFeature gives and takes nothing of what is outside, and goes on", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  await Deno.symlink("/etc", `${rig.root}/etc`);
  const paths = ["../x", "/etc/passwd", "etc/passwd", "etc/../etc/passwd", ".bashrc", "a\0b", "\n"];
  for (const [i, path] of paths.entries()) {
    page.say({ kind: "download", id: i, path, offset: 0 });
    const { detail } = await page.hears("failed", ({ id }) => id === i);
    assert.ok(!detail.includes(rig.root) && !detail.includes("/"), detail);
  }
  page.say({ kind: "list", id: 99, path: "etc", offset: 0 });
  await page.hears("failed", ({ id }) => id === 99);
  const names = [
    "../../../up.txt",
    "/etc/cron.d/x",
    "..",
    "a\nb",
    "\u202e",
    "x".repeat(1024),
    "nul",
  ];
  const stored = [];
  for (const [i, name] of names.entries()) {
    const done = await page.upload(file(name, 3, 200 + i), () => new Uint8Array(3));
    assert.equal(done?.kind, "done", name);
    stored.push((done as Of<"done">).name);
  }
  assert.deepEqual(rig.names(), [...stored, "etc"].sort());
  assert.ok(stored.every((name) => !/[/\n]|^\./.test(name)));
});

Deno.test("FilesFeature has no files for who only watches", async () => {
  await using rig = await Rig.open();
  const control = await rig.join();
  await control.upload(file("a", 1), () => new Uint8Array(1));
  const page = await rig.join("view");
  const hello = await page.hears("hello");
  assert.deepEqual([hello.upload, hello.download], [false, false]);
  page.say({ kind: "upload", ...file("b", 1, 1) });
  page.say({ kind: "data", id: 1, offset: 0, octets: new Uint8Array(1) });
  page.say({ kind: "download", id: 2, path: "a", offset: 0 });
  page.say({ kind: "list", id: 3, path: "", offset: 0 });
  for (const id of [1, 2, 3]) {
    await page.hears("failed", (message) => message.id === id && message.reason === "not-allowed");
  }
  assert.deepEqual(rig.names(), ["a"]);
});

Deno.test("FilesFeature ends what is under way when the control is taken, and goes on with it after", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  const read = (offset: number, length: number) => noise(MIB).subarray(offset, offset + length);
  await page.upload(file("up", MIB), read, MIB / 2);
  const half = Math.ceil(MIB / 2 / FILE_PIECE_OCTETS) * FILE_PIECE_OCTETS;
  await page.hears("stored", ({ octets }) => octets === half);
  await Deno.writeFile(`${rig.root}/down`, new Uint8Array(2 * WINDOW_OCTETS));
  page.takes = false;
  page.say({ kind: "download", id: 2, path: "down", offset: 0 });
  await page.hears("begin", ({ id }) => id === 2);
  const change = async (role: ViewerRole) => {
    page.said.length = 0;
    page.serverSide.role = role;
    rig.feature.onrole(page.serverSide);
    await page.hears("hello", ({ upload }) => upload === (role === "control"));
  };
  await change("view");
  const sizes = () => [...Deno.readDirSync(rig.root)].map(({ name }) => [name, sizeOf(name)]);
  const sizeOf = (name: string) => Deno.statSync(`${rig.root}/${name}`).size;
  const before = sizes();
  const pieces = page.pieces.length;
  // As a page that does not care for what it may.
  page.say({ kind: "data", id: 1, offset: half, octets: read(half, FILE_PIECE_OCTETS) });
  page.say({ kind: "taken", id: 2, octets: WINDOW_OCTETS });
  page.say({ kind: "list", id: 3, path: "", offset: 0 });
  await page.hears("failed", ({ id, reason }) => id === 3 && reason === "not-allowed");
  await until("the rest of what was sent has come", async () => {
    const count = page.pieces.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return page.pieces.length === count;
  });
  assert.ok(page.pieces.length - pieces <= WINDOW_OCTETS / FILE_PIECE_OCTETS);
  assert.deepEqual(sizes(), before);

  await change("control");
  assert.equal((await page.upload(file("up", MIB, 4), read))?.kind, "done");
  assert.deepEqual(await Deno.readFile(`${rig.root}/up`), read(0, MIB));
});

Deno.test("FilesFeature keeps to the quota, and says so", async () => {
  await using rig = await Rig.open({ quota: MIB });
  const page = await rig.join();
  const fits = await page.upload(file("a", MIB / 2, 1), (_, length) => new Uint8Array(length));
  assert.equal(fits?.kind, "done");
  const [two, three] = await Promise.all(
    [2, 3].map((id) =>
      page.upload(file(`b${id}`, 349_525, id), (_, length) => new Uint8Array(length))
    ),
  );
  // Both fit by themselves.
  assert.deepEqual([two?.kind, three?.kind].sort(), ["done", "failed"]);
  await page.hears("failed", ({ reason }) => reason === "quota");
  assert.equal(rig.names().length, 2, "Nothing is left of what was refused.");
});

Deno.test("FilesFeature ends an upload that another one of the same file takes over", async () => {
  await using rig = await Rig.open();
  const [first, second] = [await rig.join(), await rig.join()];
  const read = (offset: number, length: number) =>
    Uint8Array.from({ length }, (_, i) => (offset + i) % 251);
  await first.upload(file("a", MIB), read, MIB / 2);
  const done = await second.upload(file("a", MIB, 9), read);
  assert.equal(done?.kind, "done");
  assert.deepEqual(rig.names(), ["a"]);
  assert.deepEqual(await Deno.readFile(`${rig.root}/a`), read(0, MIB));
});

Deno.test("FilesFeature.cancel removes what nobody will go on with, or keeps it", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  await page.upload(file("a", MIB, 1), (_, length) => new Uint8Array(length), MIB / 2);
  page.say({ kind: "cancel", id: 1, discard: false });
  await page.list();
  assert.equal(rig.names().length, 1);
  await page.upload(file("a", MIB, 2), (_, length) => new Uint8Array(length), MIB / 2);
  page.say({ kind: "cancel", id: 2, discard: true });
  await until("it is removed", () => rig.names().length === 0);
});

Deno.test("FilesFeature says when the disk is full, and keeps what it has", async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  await using resources = new AsyncDisposableStack();
  resources.defer(() => Deno.remove(folder));
  const mount = await new Deno.Command("mount", {
    args: ["-t", "tmpfs", "-o", "size=20m", "tmpfs", folder],
    stderr: "null",
  }).output().catch(() => ({ success: false }));
  await test.step({
    name: "on a file system of 20 MB (needs root)",
    ignore: !mount.success,
    fn: async () => {
      resources.defer(async () =>
        void await new Deno.Command("umount", { args: [folder] }).output()
      );
      await using rig = await Rig.open({ root: folder });
      const page = await rig.join();
      const zeros = (_: number, length: number) => new Uint8Array(length);
      const refused = await page.upload(file("large", 30 * MIB, 1), zeros);
      assert.equal(refused?.kind === "failed" && refused.reason, "disk-full");
      // There is room for it when it begins.
      await page.upload(file("racing", 3 * MIB, 2), zeros, MIB);
      await Deno.writeFile(`${folder}/other`, new Uint8Array(20 * MIB)).catch(() => {});
      let offset = Math.ceil(MIB / FILE_PIECE_OCTETS) * FILE_PIECE_OCTETS;
      for (; offset < 2 * MIB; offset += FILE_PIECE_OCTETS) {
        page.say({ kind: "data", id: 2, offset, octets: new Uint8Array(FILE_PIECE_OCTETS) });
      }
      await page.hears("failed", ({ id, reason }) => id === 2 && reason === "disk-full");
      await Deno.remove(`${folder}/other`);
      assert.equal((await page.upload(file("racing", 3 * MIB, 3), zeros))?.kind, "done");
      assert.equal((await Deno.stat(`${folder}/racing`)).size, 3 * MIB);
    },
  });
});
