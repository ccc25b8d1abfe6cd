import assert from "node:assert/strict";
import { licenses } from "../../packaging/portable/licenses.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");

Deno.test("the portable file's licences hold the texts that Debian's packages refer to", async () => {
  // Licences of some versions, by two shells and a package that names none.
  const text = await licenses(ROOT, ["/bin/sh", "/bin/bash", "/usr/lib/os-release"]);
  const referred = [...text.matchAll(/\/usr\/share\/common-licenses\/([\w.+-]*\w)/g)];
  const names = new Set(referred.map(([, name]) => name!));
  assert.ok(names.has("GPL-2"), [...names].join(" "));
  for (const name of names) {
    const whole = await Deno.readTextFile(`/usr/share/common-licenses/${name}`);
    assert.equal(text.split(whole).length - 1, 1, name);
  }
  assert.match(text, /GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991/);
});
