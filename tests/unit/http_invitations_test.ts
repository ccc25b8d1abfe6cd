import assert from "node:assert/strict";
import { createApp } from "../../src/http/app.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { Invitations } from "../../src/http/invitations.ts";
import { Tickets } from "../../src/http/tickets.ts";
import type { ViewerGrant } from "../../src/http/upgrade.ts";

Deno.test("Invitations.verify() knows who comes by a link until it is taken back", () => {
  const invitations = new Invitations();
  const watch = invitations.create("view")!;
  const control = invitations.create("control")!;
  assert.deepEqual(invitations.verify(watch.token), {
    name: `link ${watch.id}`,
    role: "view",
    invitation: watch.id,
  });
  assert.equal(invitations.verify(control.token)?.role, "control");
  assert.equal(invitations.verify(""), undefined);
  invitations.revoke(watch.id);
  assert.equal(invitations.verify(watch.token), undefined);
  assert.deepEqual(invitations.all, [control]);
});

Deno.test("Invitations.create() gives no more links than anybody keeps an eye on", () => {
  const invitations = new Invitations();
  const made = Array.from({ length: 100 }, () => invitations.create("view"));
  assert.equal(made.filter((link) => link !== undefined).length, 32);
  invitations.revoke(made[0]!.id);
  assert.notEqual(invitations.create("view"), undefined);
});

Deno.test("a link lets in with its role, and after it was taken back not even with its cookie", async () => {
  const invitations = new Invitations();
  const tickets = new Tickets<ViewerGrant>();
  const app = createApp({
    client: await ClientFiles.of({ "index.html": new Uint8Array() }),
    auth: new TokenAuthentication(),
    invitations,
    tickets,
    onViewer: () => assert.fail("Nobody connects."),
    health: () => ({ healthy: true, state: "live", viewers: 0 }),
  });
  const post = (path: string, body: unknown, cookie?: string) =>
    app.request(`http://127.0.0.1:8080${path}`, {
      method: "POST",
      headers: {
        "host": "127.0.0.1:8080",
        "content-type": "application/json",
        ...cookie === undefined ? {} : { cookie },
      },
      body: JSON.stringify(body),
    }, { remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 4242 } });
  const { id, token } = invitations.create("view")!;
  const login = await post("/api/login", { token });
  assert.equal((await login.json() as { role: string }).role, "view");
  const cookie = login.headers.get("set-cookie")!.split(";")[0]!;
  const session = await post("/api/session", {}, cookie);
  const { websocket } = await session.json() as { websocket: { path: string } };
  const grant = tickets.redeem(new URL(websocket.path, "http://x/").searchParams.get("ticket")!);
  assert.deepEqual(grant?.identity, { name: `link ${id}`, role: "view", invitation: id });
  invitations.revoke(id);
  assert.equal((await post("/api/session", {}, cookie)).status, 401);
  assert.equal((await post("/api/login", { token })).status, 401);
});
