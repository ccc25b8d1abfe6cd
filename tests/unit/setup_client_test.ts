import assert from "node:assert/strict";
import { clientIsCurrent } from "../../src/setup/client_is_current.ts";

Deno.test("clientIsCurrent() compares what is built with what it is built from", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const root = new URL(`file://${folder}/`);
    const write = async (path: string, seconds: number) => {
      const url = new URL(path, root);
      await Deno.mkdir(new URL("./", url), { recursive: true });
      await Deno.writeTextFile(url, "");
      await Deno.utime(url, seconds, seconds);
    };
    const sources = ["web/worker/main.ts", "src/protocol/vlu.ts", "deno.json", "deno.lock"];
    for (const path of sources) await write(path, 1000);
    assert.equal(await clientIsCurrent(root), false);
    for (const name of ["index.html", "main.js", "worker.js", "worklet.js", "style.css"]) {
      assert.equal(await clientIsCurrent(root), false, name);
      await write(`web/dist/${name}`, 2000);
    }
    assert.equal(await clientIsCurrent(root), true);
    for (const path of sources) {
      await write(path, 3000);
      assert.equal(await clientIsCurrent(root), false, path);
      await write(path, 1000);
    }
    assert.equal(await clientIsCurrent(root), true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
