import assert from "node:assert/strict";
import { SignIns } from "../../src/http/sign_ins.ts";
import { SharingFeature } from "../../src/session/sharing_feature.ts";
import { SignInWatch } from "../../src/session/sign_in_watch.ts";
import { serverViewer } from "../support/server_viewer.ts";

const ADA = { name: "ada", role: "control" } as const;

/** Somebody who has signed in, on a session that watches over it. */
function visitor(signIns: SignIns, watch: SignInWatch) {
  const signIn = signIns.find(signIns.add(ADA))!.id;
  const { transport, viewer } = serverViewer("control", signIn);
  let gone = false;
  transport.closed.then(() => gone = true);
  watch.onjoin(viewer);
  return {
    viewer,
    transport,
    /** What is told comes first. */
    async isGone(): Promise<boolean> {
      if (!gone) await transport.ping();
      return gone;
    },
  };
}

Deno.test("SignInWatch sends away those whose sign-in is ended, and no others", async () => {
  const signIns = new SignIns();
  await using watch = new SignInWatch(signIns);
  await using sharing = new SharingFeature(undefined, watch);
  const [owner, other] = [visitor(signIns, watch), visitor(signIns, watch)];
  for (const { viewer } of [owner, other]) sharing.onjoin(viewer);
  const idle = signIns.add(ADA);
  // One that is not there, and one that is.
  for (const viewer of ["99", other.viewer.id]) {
    sharing.oncontrol(owner.viewer, { type: "share", ask: { action: "sign-out", viewer } });
  }
  assert.deepEqual([await owner.isGone(), await other.isGone()], [false, true]);
  assert.notEqual(signIns.find(idle), undefined);
  sharing.oncontrol(owner.viewer, { type: "share", ask: { action: "sign-out-others" } });
  assert.equal(signIns.find(idle), undefined);
  assert.equal(await owner.isGone(), false);
  assert.equal(signIns.size, 1);
  owner.transport.close();
  await owner.transport.closed;
});

Deno.test("SignInWatch lets none in whose ticket is older than the end of its sign-in", async () => {
  const signIns = new SignIns();
  await using watch = new SignInWatch(signIns);
  const secret = signIns.add(ADA);
  const { id } = signIns.find(secret)!;
  signIns.revoke(secret);
  const { transport, viewer } = serverViewer("control", id);
  watch.onjoin(viewer);
  await transport.closed;
  assert.equal(viewer.role, "view");
});
