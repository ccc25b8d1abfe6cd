import assert from "node:assert/strict";
import { internAtoms } from "../../src/display/atoms.ts";
import { DisplayConnection } from "../../src/display/connection.ts";
import { SelectionOwner } from "../../src/display/selection_owner.ts";
import {
  type ClipboardContent,
  ClipboardExchange,
  type ClipboardOffer,
} from "../../src/protocol/clipboard_exchange.ts";
import {
  type ClipboardHello,
  type ClipboardMessage,
  type ClipboardType,
  decodeClipboardMessage,
  encodeClipboardMessage,
} from "../../src/protocol/clipboard_message.ts";
import { type ClipboardDirection, ClipboardFeature } from "../../src/session/clipboard_feature.ts";
import { Desktop } from "../../src/session/desktop.ts";
import { VirtualDisplay } from "../../src/display/virtual_display.ts";
import type { Viewer, ViewerRole } from "../../src/session/viewer.ts";
import { serverViewer } from "../support/server_viewer.ts";
import { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";
import { copy, noise, paste, sha256 } from "../support/x_clipboard.ts";

const MIB = 1024 * 1024;
const LIMIT = 32 * MIB;
const encoder = new TextEncoder();
const text = (octets: Uint8Array | undefined) => octets && new TextDecoder().decode(octets);

/** A page's end of the clipboard. */
class Page {
  readonly offers: ClipboardOffer[] = [];
  hello: ClipboardHello | undefined;
  readonly exchange: ClipboardExchange;

  constructor(readonly viewer: TestViewer, readonly serverSide: Viewer) {
    this.exchange = new ClipboardExchange(viewer.channel("clipboard"), {
      limit: LIMIT,
      onhello: (hello) => this.hello = hello,
      onoffer: (offer) => this.offers.push(offer),
    });
  }

  copy(values: Partial<Record<ClipboardType, Uint8Array>>): Promise<string | undefined> {
    return this.exchange.offer(content(values));
  }

  /** The text that was offered last, as soon as it is this. */
  async isOffered(expected: string): Promise<ClipboardOffer> {
    return await until(`"${expected}" is offered`, async () => {
      const offer = this.offers.at(-1);
      const read = await offer?.content.read("text/plain").catch(() => undefined);
      return text(read) === expected && offer;
    });
  }
}

function content(values: Partial<Record<ClipboardType, Uint8Array>>): ClipboardContent {
  return {
    types: Object.keys(values) as ClipboardType[],
    read: (type) => Promise.resolve(values[type]!),
  };
}

/** A desktop whose clipboard is shared. */
class Rig implements AsyncDisposable {
  private constructor(
    readonly display: VirtualDisplay,
    readonly feature: ClipboardFeature,
    readonly resources: AsyncDisposableStack,
  ) {}

  static async open(direction: ClipboardDirection = "both", limit = LIMIT): Promise<Rig> {
    await using resources = new AsyncDisposableStack();
    const display = resources.use(
      await VirtualDisplay.start({
        server: "auto",
        width: 320,
        height: 200,
        command: ["sleep", "1000"],
      }),
    );
    const desktop = resources.use(
      await Desktop.open({
        display: display.display,
        authority: display.authority,
        xServer: "auto",
        size: { width: 320, height: 200 },
        command: [],
      }, { oncursor() {} }),
    );
    const feature = resources.use(new ClipboardFeature({ direction, primary: false, limit }));
    feature.ondesktop(desktop);
    return new Rig(display, feature, resources.move());
  }

  async join(role: ViewerRole = "control"): Promise<Page> {
    const { viewer, transport } = serverViewer(role);
    const page = new Page(this.resources.use(new TestViewer(transport)), viewer);
    this.feature.onjoin(viewer);
    await until("the server says hello", () => page.hello !== undefined);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

Deno.test("ClipboardFeature carries 10 MB of text and a 4 MB image both ways unchanged", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  assert.deepEqual(page.hello, { in: true, out: true, limit: LIMIT });
  const long = encoder.encode("Zeile\n".repeat(10 * MIB / 6));
  const image = noise(4 * MIB);
  await until("a copy arrives", async () => {
    await copy(rig.display, "first");
    return page.offers.length > 0;
  });
  await copy(rig.display, long);
  // Offers of the first may still be on their way, and are gone when they are read.
  await until("the text arrives", async () => {
    const read = page.offers.at(-1)!.content.read("text/plain");
    const octets = await read.catch(() => undefined);
    return octets?.length === long.length && await sha256(octets) === await sha256(long);
  });
  assert.equal(page.offers.at(-1)!.fresh, true);
  const { length } = page.offers;
  await copy(rig.display, image, "image/png");
  await until("the image is offered", () => page.offers.length > length);
  const picture = await page.offers.at(-1)!.content.read("image/png");
  assert.equal(await sha256(picture), await sha256(image));

  assert.equal(await page.copy({ "text/plain": long, "image/png": image }), undefined);
  assert.equal(await sha256((await paste(rig.display))!), await sha256(long));
  assert.equal(await sha256((await paste(rig.display, "image/png"))!), await sha256(image));
});

Deno.test("ClipboardFeature makes no loop of a thousand quick copies on either side", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  const other = await rig.join();
  await copy(rig.display, "before");
  await page.isOffered("before");
  await using program = await DisplayConnection.open(rig.display);
  await using owner = await SelectionOwner.open(program);
  const { CLIPBOARD } = await internAtoms(program, ["CLIPBOARD"]);
  for (let i = 1; i <= 1000; i++) {
    await owner.own([CLIPBOARD], content({ "text/plain": encoder.encode(`copy ${i}`) }));
  }
  await page.isOffered("copy 1000");
  await other.isOffered("copy 1000");
  assert.ok(page.offers.length <= 1001);
  const counts = [page.offers.length, other.offers.length];
  for (let i = 1; i <= 1000; i++) page.copy({ "text/plain": encoder.encode(`page ${i}`) });
  await until(
    "the last one can be pasted",
    async () => text(await paste(rig.display)) === "page 1000",
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual([page.offers.length, other.offers.length], counts, "Nothing comes back.");
});

Deno.test("ClipboardFeature says nothing of what a clipboard manager takes over", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  await copy(rig.display, "before");
  await page.isOffered("before");
  assert.equal(await page.copy({ "text/plain": encoder.encode("the page's") }), undefined);
  const { length } = page.offers;
  await copy(rig.display, "the page's");
  await copy(rig.display, "something else");
  await page.isOffered("something else");
  assert.equal(page.offers.length, length + 1);
});

Deno.test("ClipboardFeature tells viewers that come later what is there, as old news", async () => {
  await using rig = await Rig.open();
  const first = await rig.join();
  await copy(rig.display, "early");
  await first.isOffered("early");
  const late = await rig.join();
  const offer = await late.isOffered("early");
  assert.equal(offer.fresh, false);
});

Deno.test("ClipboardFeature shares in the allowed direction only, and with nobody who only looks", async () => {
  for (const direction of ["both", "in", "out", "off"] as const) {
    await using rig = await Rig.open(direction);
    const page = await rig.join();
    const watcher = await rig.join("view");
    const [may, out] = [["both", "in"].includes(direction), ["both", "out"].includes(direction)];
    assert.deepEqual([page.hello?.in, page.hello?.out], [may, out]);
    assert.deepEqual([watcher.hello?.in, watcher.hello?.out], [false, false]);
    assert.match(await watcher.copy({ "text/plain": encoder.encode("no") }) ?? "", /not take/);
    if (may) {
      const copied = () => page.copy({ "text/plain": encoder.encode("in") });
      await until("it is taken", async () => await copied() === undefined);
      assert.equal(text(await paste(rig.display)), "in");
    } else {
      assert.match(await page.copy({ "text/plain": encoder.encode("no") }) ?? "", /not take/);
      assert.equal(await paste(rig.display), undefined);
    }
    await copy(rig.display, "out");
    if (out) await page.isOffered("out");
    else await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(page.offers.length, out ? 1 : 0);
    assert.equal(watcher.offers.length, 0);
  }
});

Deno.test("ClipboardFeature gives nothing more to who may only look on from now on", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  const channel = page.viewer.channel("clipboard");
  const heard: ClipboardMessage[] = [];
  const take = channel.onmessage;
  channel.onmessage = (octets) => {
    heard.push(decodeClipboardMessage(octets));
    take?.(octets);
  };
  const hears = (kind: ClipboardMessage["kind"]) => heard.find((message) => message.kind === kind);
  const image = noise(1000);
  await copy(rig.display, image, "image/png");
  const offer = await until("the image is offered", () => {
    const found = heard.findLast((message) => message.kind === "offer");
    return found?.types.some(({ type }) => type === "image/png") && found;
  });
  page.serverSide.role = "view";
  rig.feature.onrole(page.serverSide);
  // As a page that does not care for what it may.
  channel.send(encodeClipboardMessage({ kind: "request", id: offer.id, type: "image/png" }));
  await until("it is refused", () => hears("refused"));
  assert.equal(hears("data"), undefined);
  assert.equal(page.hello?.out, false);

  page.serverSide.role = "control";
  rig.feature.onrole(page.serverSide);
  await until("it may again", () => page.hello?.out);
  const again = await until("it is offered again", () => page.offers[1]);
  assert.equal(again.fresh, false);
  assert.equal(await sha256(await again.content.read("image/png")), await sha256(image));
});

Deno.test("ClipboardFeature says what is too large, and gives nobody else's", async () => {
  await using rig = await Rig.open("both", 1000);
  const page = await rig.join();
  await copy(rig.display, "x".repeat(1000));
  await page.isOffered("x".repeat(1000));
  await copy(rig.display, "x".repeat(1001));
  await until("it is offered", () => page.offers.length === 2);
  await assert.rejects(page.offers[1]!.content.read("text/plain"), { reason: "too-large" });
  assert.equal(await page.copy({ "text/plain": encoder.encode("y".repeat(1001)) }), undefined);
  assert.equal(await paste(rig.display), undefined);
});

Deno.test("ClipboardFeature keeps the text of a viewer that has left", async () => {
  await using rig = await Rig.open();
  const page = await rig.join();
  const values = { "text/plain": encoder.encode("kept"), "image/png": noise(10) };
  await until("it is taken", async () => await page.copy(values) === undefined);
  assert.equal(text(await paste(rig.display)), "kept");
  page.viewer.transport.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(text(await paste(rig.display)), "kept");
});
