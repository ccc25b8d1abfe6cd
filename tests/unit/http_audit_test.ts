import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { createApp } from "../../src/http/app.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { Audit } from "../../src/http/audit.ts";
import { SignIns } from "../../src/http/sign_ins.ts";

const TOKEN = "the token of this test";

Deno.test("the audit log tells who came and who did not, nothing secret, and not without end", async () => {
  const records: LogRecord[] = [];
  await configure({
    sinks: { list: (record) => records.push(record) },
    loggers: [
      { category: ["skerry"], sinks: ["list"], lowestLevel: "trace" },
      { category: ["logtape", "meta"], lowestLevel: "fatal" },
    ],
  });
  try {
    const audit = new Audit();
    const app = createApp({
      client: await ClientFiles.of({ "index.html": new TextEncoder().encode("page") }),
      auth: new TokenAuthentication(TOKEN),
      onViewer: () => assert.fail("Nobody connects."),
      health: () => ({ healthy: true, state: "live", viewers: 0 }),
      audit,
      signIns: new SignIns({ audit }),
    });
    const post = async (path: string, body: unknown, cookie = "") => {
      const response = await app.request(`http://127.0.0.1:8080${path}`, {
        method: "POST",
        headers: { host: "127.0.0.1:8080", "content-type": "application/json", cookie },
        body: JSON.stringify(body),
      }, { remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 4242 } });
      await response.body?.cancel();
      return response;
    };
    const response = await post("/api/login", { token: TOKEN });
    const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
    await post("/api/logout", {}, cookie);
    await post("/api/login", { token: "a wrong token" });
    for (let count = 0; count < 100; count++) {
      await app.request("http://127.0.0.1:8080/api/websocket?ticket=a-wrong-ticket", {
        headers: { host: "127.0.0.1:8080", upgrade: "websocket" },
      }, { remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 4242 } });
    }
    const audited = records.filter(({ category }) => category.join(".") === "skerry.audit");
    const events = audited.map(({ properties }) => properties["event"]);
    assert.deepEqual(events.slice(0, 4), ["sign-in", "sign-out", "sign-in-failed", "refused"]);
    assert.deepEqual(
      [audited[0]!.properties["user"], audited[0]!.properties["remote"]],
      ["token", "192.0.2.1"],
    );
    // Strangers do not fill the disk.
    assert.ok(audited.length < 20, `${audited.length} lines`);
    const text = JSON.stringify(records);
    const secrets = [TOKEN, cookie.split("=")[1]!, "a wrong token", "a-wrong-ticket"];
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
  } finally {
    await reset();
  }
});
