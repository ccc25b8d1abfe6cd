import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { type Certificate, isPubliclyTrusted, KeptCertificate } from "../../src/tls/mod.ts";

const DAY = 24 * 3600 * 1000;

/** A place for a certificate, in a folder that is not there yet. */
async function place(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-tls-" });
  return {
    path: `${folder}/state/skerry/certificate.pem`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("KeptCertificate.open() takes the same certificate at each start", async () => {
  await using at = await place();
  const options = { path: at.path, names: ["localhost", "::1", "desk.example"] };
  await using first = await KeptCertificate.open(options);
  await using second = await KeptCertificate.open(options);
  assert.deepEqual(second.current, first.current);
  assert.deepEqual(second.hashes, []);
  const parsed = new X509Certificate(second.current.cert);
  assert.ok(parsed.checkHost("desk.example"));
  assert.ok(parsed.checkIP("::1"));
  const days = (second.current.notAfter - second.current.notBefore) / DAY;
  assert.ok(days <= 398, `browsers may refuse ${days} days`);
});

Deno.test("KeptCertificate keeps its key where nobody else can read it", async () => {
  await using at = await place();
  await using _source = await KeptCertificate.open({ path: at.path, names: ["localhost"] });
  const { mode } = await Deno.stat(at.path);
  assert.equal((mode ?? 0) & 0o777, 0o600);
  const folder = at.path.slice(0, at.path.lastIndexOf("/"));
  assert.equal(((await Deno.stat(folder)).mode ?? 0) & 0o777, 0o700);
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["certificate.pem"]);
});

Deno.test("KeptCertificate.open() makes another one for a name that is new, and keeps the others", async () => {
  await using at = await place();
  await using first = await KeptCertificate.open({
    path: at.path,
    names: ["localhost", "a.example"],
  });
  await using second = await KeptCertificate.open({
    path: at.path,
    names: ["localhost", "b.example"],
  });
  assert.notDeepEqual(second.current.hash, first.current.hash);
  // What serves the first name does not have to change it back.
  await using third = await KeptCertificate.open({
    path: at.path,
    names: ["localhost", "a.example"],
  });
  assert.deepEqual(third.current.hash, second.current.hash);
});

Deno.test("KeptCertificate.open() replaces what is damaged, and does without a place to write to", async () => {
  await using at = await place();
  const options = { path: at.path, names: ["localhost"] };
  await using _first = await KeptCertificate.open(options);
  await Deno.writeTextFile(
    at.path,
    "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n" +
      "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
  );
  await using second = await KeptCertificate.open(options);
  await using third = await KeptCertificate.open(options);
  assert.deepEqual(third.current, second.current);
  await Deno.writeTextFile(at.path, "");
  await using fourth = await KeptCertificate.open(options);
  assert.notDeepEqual(fourth.current.hash, third.current.hash);
  for (const path of [undefined, "/proc/skerry/certificate.pem"]) {
    await using source = await KeptCertificate.open({ ...options, path });
    assert.match(source.current.key, /PRIVATE KEY/);
  }
});

Deno.test("KeptCertificate is renewed a month before its end, while the program runs", async () => {
  await using at = await place();
  let now = Date.now();
  const options = { path: at.path, names: ["localhost"], now: () => now, checkInterval: 5 };
  await using source = await KeptCertificate.open(options);
  const before = source.current;
  const { promise, resolve } = Promise.withResolvers<Certificate>();
  source.onchange(() => {
    throw new Error("A server that cannot serve it keeps no other from it");
  });
  source.onchange(resolve);
  now = before.notAfter - 31 * DAY;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(source.current, before);
  now = before.notAfter - 29 * DAY;
  const renewed = await promise;
  assert.notDeepEqual(renewed.hash, before.hash);
  assert.ok(renewed.notAfter > now + 300 * DAY);
  await using again = await KeptCertificate.open(options);
  assert.deepEqual(again.current, renewed);
});

/** A chain of an authority's making, by OpenSSL. */
async function chain(): Promise<{ root: string; chain: string; other: string }> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-tls-" });
  try {
    const openssl = async (...args: string[]) => {
      const { success, stderr } = await new Deno.Command("openssl", {
        args,
        cwd: folder,
        stdout: "null",
        stderr: "piped",
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    };
    const make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const authority = ["-addext", "basicConstraints=critical,CA:true"];
    for (const name of ["root", "other"]) {
      // The same name: that alone makes no issuer.
      await openssl(
        ...make,
        ...authority,
        "-subj",
        "/CN=Root",
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.pem`,
      );
    }
    const sign = (name: string) => ["-CA", `${name}.pem`, "-CAkey", `${name}.key`];
    await openssl(
      ...make,
      ...authority,
      ...sign("root"),
      "-subj",
      "/CN=Middle",
      "-keyout",
      "middle.key",
      "-out",
      "middle.pem",
    );
    await openssl(
      ...make,
      ...sign("middle"),
      "-addext",
      "basicConstraints=CA:false",
      "-subj",
      "/CN=localhost",
      "-keyout",
      "leaf.key",
      "-out",
      "leaf.pem",
    );
    const read = (name: string) => Deno.readTextFileSync(`${folder}/${name}.pem`);
    return { root: read("root"), other: read("other"), chain: read("leaf") + read("middle") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("isPubliclyTrusted() follows a chain to the authorities, and not by name alone", async () => {
  const { root, other, chain: pem } = await chain();
  assert.equal(isPubliclyTrusted(pem, [other, root]), true);
  assert.equal(isPubliclyTrusted(pem + root, [root]), true);
  assert.equal(isPubliclyTrusted(pem, [other]), false);
  assert.equal(isPubliclyTrusted(pem), false);
  assert.equal(
    isPubliclyTrusted(pem.slice(0, pem.indexOf("-----END") + 25), [root]),
    false,
    "the one between is missing",
  );
  assert.equal(isPubliclyTrusted(""), false);
});
