import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import {
  type Certificate,
  CertificateError,
  CertificateFiles,
  makeCertificate,
  RotatingCertificate,
} from "../../src/tls/mod.ts";

const DAY = 24 * 3600 * 1000;

function validNow(days = 13): { notBefore: number; notAfter: number } {
  const notBefore = Date.now() - 1000;
  return { notBefore, notAfter: notBefore + days * DAY };
}

Deno.test("makeCertificate() makes what WebTransport demands of a pinned certificate", async () => {
  const certificate = await makeCertificate({
    ...validNow(),
    names: ["localhost", "skerry.example", "127.0.0.1", "::1"],
  });
  const parsed = new X509Certificate(certificate.cert);
  assert.equal(parsed.publicKey.asymmetricKeyType, "ec");
  assert.equal(parsed.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
  assert.equal(parsed.ca, false);
  const days = (Date.parse(parsed.validTo) - Date.parse(parsed.validFrom)) / DAY;
  assert.ok(days <= 14, `${days} days`);
  assert.match(
    parsed.subjectAltName ?? "",
    /DNS:localhost, DNS:skerry\.example, IP Address:127\.0/,
  );
  assert.deepEqual(
    [...certificate.hash],
    [...createHash("sha256").update(parsed.raw).digest()],
  );
  assert.match(certificate.key, /^-----BEGIN PRIVATE KEY-----/);
});

Deno.test("makeCertificate() makes another key each time", async () => {
  const [one, other] = await Promise.all([
    makeCertificate(validNow()),
    makeCertificate(validNow()),
  ]);
  assert.notEqual(one.key, other.key);
  assert.notDeepEqual(one.hash, other.hash);
});

Deno.test("makeCertificate() throws for a certificate that is never valid", async () => {
  await assert.rejects(makeCertificate({ notBefore: 2000, notAfter: 1000 }), RangeError);
});

Deno.test("RotatingCertificate says when another certificate is served", async () => {
  let now = Date.now();
  await using source = await RotatingCertificate.start({ now: () => now, checkInterval: 5 });
  const [current, next] = source.hashes;
  assert.equal(source.current.hash, current);
  const { promise, resolve } = Promise.withResolvers<Certificate>();
  source.onchange(resolve);
  now += 7 * DAY;
  const served = await promise;
  assert.equal(served.hash, next);
  assert.equal(source.current, served);
});

/** A folder with a certificate and its key in it. */
async function folderWith(certificate: Certificate): Promise<
  & { cert: string; key: string; write(certificate: Partial<Certificate>): Promise<void> }
  & Disposable
> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-tls-" });
  const [cert, key] = [`${folder}/cert.pem`, `${folder}/key.pem`];
  const write = async (certificate: Partial<Certificate>) => {
    for (const [path, text] of [[cert, certificate.cert], [key, certificate.key]] as const) {
      if (text === undefined) continue;
      // As renewal does it: the new file takes the old one's place.
      await Deno.writeTextFile(`${path}.new`, text);
      await Deno.rename(`${path}.new`, path);
    }
  };
  await write(certificate);
  return { cert, key, write, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

Deno.test("CertificateFiles serves the files, without hashes", async () => {
  const certificate = await makeCertificate(validNow(90));
  using files = await folderWith(certificate);
  await using source = await CertificateFiles.open(files);
  assert.deepEqual(source.current, certificate);
  assert.deepEqual(source.hashes, []);
});

Deno.test("CertificateFiles reads the files again when both have changed", async () => {
  using files = await folderWith(await makeCertificate(validNow()));
  await using source = await CertificateFiles.open({ ...files, checkInterval: 5 });
  const { promise, resolve } = Promise.withResolvers<Certificate>();
  source.onchange(resolve);
  const before = source.current;
  const renewed = await makeCertificate(validNow());
  await files.write({ cert: renewed.cert });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(source.current, before, "half a change is none");
  await files.write({ key: renewed.key });
  assert.deepEqual(await promise, renewed);
  assert.deepEqual(source.current, renewed);
});

Deno.test("CertificateFiles keeps the certificate when the files turn bad", async () => {
  using files = await folderWith(await makeCertificate(validNow()));
  await using source = await CertificateFiles.open({ ...files, checkInterval: 5 });
  const before = source.current;
  let changed = false;
  source.onchange(() => changed = true);
  await files.write({ cert: "no certificate" });
  await Deno.remove(files.key);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(changed, false);
  assert.equal(source.current, before);
});

Deno.test("CertificateFiles.open() throws CertificateError that quotes the bad file", async () => {
  const good = await makeCertificate(validNow());
  const other = await makeCertificate(validNow());
  const cases: [change: Partial<Certificate>, message: RegExp][] = [
    [{ cert: "hello" }, /cert\.pem" holds no certificate in PEM/],
    [{ key: "hello" }, /key\.pem" holds no private key in PEM/],
    [{ key: other.key }, /key\.pem" is not that of the certificate in ".*cert\.pem"/],
    [await makeCertificate({ notBefore: 0, notAfter: DAY }), /has expired on Jan {1,2}2 /],
    [
      await makeCertificate({ notBefore: Date.now() + DAY, notAfter: Date.now() + 2 * DAY }),
      /is not valid before/,
    ],
  ];
  for (const [change, message] of cases) {
    using files = await folderWith({ ...good, ...change });
    await assert.rejects(CertificateFiles.open(files), (error: unknown) => {
      assert.ok(error instanceof CertificateError);
      assert.match(error.message, message);
      return true;
    });
  }
  await assert.rejects(
    CertificateFiles.open({ cert: "/nonexistent/cert.pem", key: "/nonexistent/key.pem" }),
    CertificateError,
  );
});
