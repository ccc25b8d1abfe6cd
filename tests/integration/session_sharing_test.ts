import assert from "node:assert/strict";
import { Invitations } from "../../src/http/invitations.ts";
import type { Sharing } from "../../src/protocol/control_message.ts";
import { SharingFeature } from "../../src/session/sharing_feature.ts";
import { EventWindow } from "../support/event_window.ts";
import type { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";
import { SessionRig } from "./session_rig.ts";

/** What the viewer was told last of who is there. */
function sharing({ told }: TestViewer): Sharing | undefined {
  return told.findLast((message) => message.type === "sharing");
}

async function open() {
  const invitations = new Invitations();
  const rig = await SessionRig.open({ features: [new SharingFeature(invitations)] });
  return { invitations, rig };
}

Deno.test("SharingFeature hands the control over, and the owner can always take it back", async () => {
  const { invitations, rig: session } = await open();
  await using rig = session;
  await using target = await EventWindow.open(rig.remote.connection);
  const owner = rig.join();
  await owner.hasFrames(1);
  owner.tell({ type: "share", ask: { action: "invite", role: "view" } });
  const link = await until("there is a link", () => sharing(owner)?.links[0]);
  assert.equal(invitations.verify(link.token)?.role, "view");
  const guest = rig.join({ role: "view", invitation: link.id });
  await guest.hasFrames(1);
  const presses = () => target.events.filter(({ name }) => name === "ButtonPress").length;
  const click = (viewer: TestViewer, x: number) => {
    for (const down of [true, false]) viewer.input({ type: "button", button: 1, down, x, y: 20 });
  };
  const role = (viewer: string, role: "control" | "view") =>
    owner.tell({ type: "share", ask: { action: "role", viewer, role } });
  const guestId = await until("the guest is listed", () => sharing(guest)?.you);

  click(guest, 10);
  click(owner, 20);
  await target.saw("ButtonRelease", { detail: 1, x: 20 });
  assert.equal(presses(), 1);
  // Links are secrets of the owners.
  assert.deepEqual(sharing(guest)?.links, []);
  assert.equal(sharing(guest)?.viewers.length, 2);

  role(guestId, "control");
  await until("it is told", () => guest.told.some((told) => told.type === "role"));
  click(guest, 30);
  await target.saw("ButtonRelease", { detail: 1, x: 30 });

  // Whatever it holds is let go when the control is taken from it.
  guest.input({ type: "key", keysym: 0xffe1, down: true });
  await until("it holds a key", async () => (await rig.remote.heldKeys()).length === 1);
  role(guestId, "view");
  await until("nothing is held", async () => (await rig.remote.heldKeys()).length === 0);
  click(guest, 40);
  click(owner, 50);
  await target.saw("ButtonRelease", { detail: 1, x: 50 });
  assert.equal(target.events.some(({ x }) => x === 40), false);

  // The owner gives its own away, and takes it back, which nobody else can.
  role(sharing(owner)!.you, "view");
  guest.tell({ type: "share", ask: { action: "role", viewer: guestId, role: "control" } });
  guest.tell({ type: "share", ask: { action: "invite", role: "control" } });
  await until("the owner watches", () => sharing(owner)?.viewers[0]?.role === "view");
  click(owner, 60);
  role(sharing(owner)!.you, "control");
  await until("the owner controls", () => sharing(owner)?.viewers[0]?.role === "control");
  click(owner, 70);
  await target.saw("ButtonRelease", { detail: 1, x: 70 });
  assert.equal(target.events.some(({ x }) => x === 60), false);
  assert.equal(sharing(owner)?.viewers[1]?.role, "view");
  assert.equal(invitations.all.length, 1);
});

Deno.test("SharingFeature sends those away whose link is taken back, and lets none in by it", async () => {
  const { invitations, rig: session } = await open();
  await using rig = session;
  const owner = rig.join();
  const link = invitations.create("control")!;
  const other = invitations.create("view")!;
  const guests = [link, link, other].map(({ id, role }) => rig.join({ role, invitation: id }));
  await Promise.all(guests.map((guest) => guest.hasFrames(1)));
  owner.tell({ type: "share", ask: { action: "revoke", link: link.id } });
  await Promise.all(guests.slice(0, 2).map(({ transport }) => transport.closed));
  await until("two are left", () => sharing(owner)?.viewers.length === 2);
  assert.equal(invitations.verify(link.token), undefined);
  assert.deepEqual(sharing(owner)?.links.map(({ id }) => id), [other.id]);
  // With a ticket from before.
  const late = rig.join({ role: "control", invitation: link.id });
  await late.transport.closed;
  assert.equal(sharing(owner)?.viewers.length, 2);
});
