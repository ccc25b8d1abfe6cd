import assert from "node:assert/strict";
import { internAtoms } from "../../src/display/atoms.ts";
import { DisplayClipboard } from "../../src/display/clipboard.ts";
import type { ClipboardType } from "../../src/display/clipboard_types.ts";
import { DisplayConnection } from "../../src/display/connection.ts";
import { type SelectionContent, SelectionOwner } from "../../src/display/selection_owner.ts";
import {
  SelectionReader,
  SelectionRefusedError,
  SelectionTooLargeError,
} from "../../src/display/selection_reader.ts";
import { copy, noise, paste, sha256 } from "../support/x_clipboard.ts";
import { startEmptyDisplay, testOnServers, until } from "./display_support.ts";
import type { XServerKind } from "../../src/display/x_server.ts";

const MIB = 1024 * 1024;
const encoder = new TextEncoder();
const text = (octets: Uint8Array | undefined) => octets && new TextDecoder().decode(octets);

/** A display, and our hand on its clipboard. */
class Rig implements AsyncDisposable {
  readonly changes: SelectionContent[] = [];
  private constructor(
    readonly display: { display: string; authority: string },
    readonly clipboard: DisplayClipboard,
    readonly resources: AsyncDisposableStack,
  ) {}

  static async open(server: XServerKind, { primary = false, limit = 32 * MIB } = {}): Promise<Rig> {
    await using resources = new AsyncDisposableStack();
    const display = resources.use(await startEmptyDisplay(server));
    const connection = resources.use(await DisplayConnection.open(display));
    const onchange = (content: SelectionContent) => rig.changes.push(content);
    const clipboard = await DisplayClipboard.open(connection, { primary, limit, onchange });
    resources.use(clipboard);
    const rig: Rig = new Rig(display, clipboard, resources.move());
    return rig;
  }

  /** What was copied last, once there is something new. */
  async changed(count: number): Promise<SelectionContent> {
    await until(`${count} copies are noticed`, () => this.changes.length >= count);
    return this.changes.at(-1)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

function content(values: Partial<Record<ClipboardType, Uint8Array>>): SelectionContent {
  return {
    types: Object.keys(values) as ClipboardType[],
    read: (type) => Promise.resolve(values[type]!),
  };
}

testOnServers("DisplayClipboard notices what programs copy, text and images", ["xclip"], async (
  server,
) => {
  await using rig = await Rig.open(server);
  await copy(rig.display, "Grüße 👋");
  const first = await rig.changed(1);
  assert.deepEqual(first.types, ["text/plain"]);
  assert.equal(text(await first.read("text/plain")), "Grüße 👋");
  const image = noise(4 * MIB);
  await copy(rig.display, image, "image/png");
  const second = await rig.changed(2);
  assert.deepEqual(second.types, ["image/png"]);
  assert.equal(await sha256(await second.read("image/png")), await sha256(image));
  await copy(rig.display, "<b>x</b>", "text/html");
  const third = await rig.changed(3);
  assert.deepEqual(third.types, ["text/html"]);
  assert.equal(text(await third.read("text/html")), "<b>x</b>");
  await assert.rejects(second.read("image/png"), SelectionRefusedError);
});

testOnServers("DisplayClipboard.put() gives programs what they paste, whole", ["xclip"], async (
  server,
) => {
  await using rig = await Rig.open(server);
  const long = encoder.encode("€".repeat(10 * MIB / 3));
  const image = noise(4 * MIB + 3);
  await rig.clipboard.put(content({ "text/plain": long, "image/png": image }));
  const pasted = await paste(rig.display);
  assert.equal(await sha256(pasted!), await sha256(long));
  assert.equal(await sha256((await paste(rig.display, "image/png"))!), await sha256(image));
  const targets = text(await paste(rig.display, "TARGETS"))!.trim().split("\n");
  for (const name of ["TARGETS", "TIMESTAMP", "UTF8_STRING", "STRING", "image/png"]) {
    assert.ok(targets.includes(name), name);
  }
  assert.ok(!targets.includes("text/html"));
  assert.equal(await paste(rig.display, "text/html"), undefined);
  await rig.clipboard.put(content({ "text/plain": encoder.encode("naïve €") }));
  assert.deepEqual([...(await paste(rig.display, "STRING"))!], [
    ...[..."naïve ?"].map((character) => character.charCodeAt(0)),
  ]);
  assert.equal(text(await paste(rig.display, "TEXT")), "naïve €");
  await rig.clipboard.put(content({ "text/plain": new Uint8Array() }));
  assert.equal(text(await paste(rig.display)), "");
  assert.deepEqual(rig.changes, [], "What we have put there is no news.");
});

testOnServers(
  "DisplayClipboard reports of a thousand quick copies the last",
  [],
  async (server) => {
    await using rig = await Rig.open(server);
    await using program = await DisplayConnection.open(rig.display);
    await using owner = await SelectionOwner.open(program);
    const { CLIPBOARD } = await internAtoms(program, ["CLIPBOARD"]);
    for (let i = 1; i <= 1000; i++) {
      await owner.own([CLIPBOARD], content({ "text/plain": encoder.encode(`copy ${i}`) }));
    }
    await until("the last copy is noticed", async () => {
      const last = rig.changes.at(-1);
      return last !== undefined &&
        await last.read("text/plain").then((octets) => text(octets) === "copy 1000", () => false);
    });
    assert.ok(rig.changes.length <= 1000);
    const { length } = rig.changes;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(rig.changes.length, length, "Nothing is noticed that nobody copied.");
  },
);

testOnServers(
  "DisplayClipboard answers MULTIPLE, TIMESTAMP and several programs at a time",
  [],
  async (
    server,
  ) => {
    await using rig = await Rig.open(server);
    const long = noise(MIB);
    await rig.clipboard.put(content({ "image/png": long, "text/plain": encoder.encode("short") }));
    await using program = await DisplayConnection.open(rig.display);
    const reader = await SelectionReader.open(program);
    const names = ["CLIPBOARD", "image/png", "TIMESTAMP", "MULTIPLE", "UTF8_STRING", "a", "b", "c"];
    const atoms = await internAtoms(program, names);
    const limit = 32 * MIB;
    const all = await Promise.all(
      Array.from(
        { length: 5 },
        () => reader.read(atoms.CLIPBOARD!, atoms["image/png"]!, { limit }),
      ),
    );
    for (const { octets } of all) assert.equal(await sha256(octets), await sha256(long));
    const time = await reader.read(atoms.CLIPBOARD!, atoms.TIMESTAMP!, { limit });
    assert.ok(new DataView(time.octets.buffer).getUint32(0, true) > 0);

    const { client, root } = program;
    const window = client.AllocID();
    client.CreateWindow(window, root, 0, 0, 1, 1, 0, 0, 2, 0, {});
    const pairs = [atoms.UTF8_STRING!, atoms.a!, atoms.MULTIPLE! + 100_000, atoms.b!];
    client.ChangeProperty(0, window, atoms.c!, 4, 32, pairs);
    const notified = new Promise((resolve) => program.on("SelectionNotify", resolve));
    client.ConvertSelection(window, atoms.CLIPBOARD!, atoms.MULTIPLE!, atoms.c!, 0);
    await program.sync();
    await notified;
    const get = (property: number) =>
      program.request<{ data: Uint8Array }>((client, done) =>
        client.GetProperty(0, window, property, 0, 0, 100, done)
      );
    assert.equal(text((await get(atoms.a!)).data), "short");
    assert.equal(new DataView(Uint8Array.from((await get(atoms.c!)).data).buffer).getUint32(12), 0);
  },
);

testOnServers("SelectionReader reads pieces, and no more than its limit", [], async (server) => {
  await using rig = await Rig.open(server, { limit: MIB });
  await using program = await DisplayConnection.open(rig.display);
  await using owner = await SelectionOwner.open(program);
  const { CLIPBOARD } = await internAtoms(program, ["CLIPBOARD"]);
  const exact = noise(MIB);
  await owner.own([CLIPBOARD], content({ "image/png": exact }));
  assert.equal(
    await sha256(await (await rig.changed(1)).read("image/png")),
    await sha256(exact),
  );
  await owner.own([CLIPBOARD], content({ "image/png": noise(MIB + 1) }));
  await assert.rejects((await rig.changed(2)).read("image/png"), SelectionTooLargeError);
  await owner.own([CLIPBOARD], {
    types: ["text/plain"],
    read: () => Promise.reject(new Error("The program has changed its mind")),
  });
  await assert.rejects((await rig.changed(3)).read("text/plain"), SelectionRefusedError);
});

testOnServers("DisplayClipboard counts the primary selection only if it is told to", [], async (
  server,
) => {
  for (const primary of [false, true]) {
    await using rig = await Rig.open(server, { primary });
    await using program = await DisplayConnection.open(rig.display);
    await using owner = await SelectionOwner.open(program);
    const { CLIPBOARD, PRIMARY } = await internAtoms(program, ["CLIPBOARD", "PRIMARY"]);
    await owner.own([PRIMARY], content({ "text/plain": encoder.encode("marked") }));
    await owner.own([CLIPBOARD], content({ "text/plain": encoder.encode("copied") }));
    const last = async () => text(await rig.changes.at(-1)!.read("text/plain"));
    await until(
      "the copy is noticed",
      async () => rig.changes.length > 0 && await last().catch(() => "") === "copied",
    );
    await rig.clipboard.put(content({ "text/plain": encoder.encode("ours") }));
    await program.sync();
    assert.equal(owner.owns(CLIPBOARD), false);
    assert.equal(owner.owns(PRIMARY), !primary);
  }
});
