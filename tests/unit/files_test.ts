import assert from "node:assert/strict";
import fc from "fast-check";
import { FilesError, type FilesRefusal } from "../../src/files/errors.ts";
import { isShown, numberedName, safeName } from "../../src/files/safe_name.ts";
import { SharedDirectory } from "../../src/files/shared_directory.ts";
import { removeStaleParts, Upload, type UploadFile } from "../../src/files/upload.ts";

const encoder = new TextEncoder();
const NO_LIMITS = { quota: undefined, reserved: 0 };

/** A directory to share, with something beside it that must not be reached. */
async function shared(): Promise<
  { directory: SharedDirectory; root: string; outside: string } & AsyncDisposable
> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  const [root, outside] = [`${folder}/shared`, `${folder}/outside`];
  await Deno.mkdir(root);
  await Deno.mkdir(outside);
  await Deno.writeTextFile(`${outside}/secret`, "secret");
  return {
    directory: new SharedDirectory(root),
    root,
    outside,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const refusedAs = (reason: FilesRefusal) => (error: unknown) =>
  error instanceof FilesError && error.reason === reason;

async function store(directory: SharedDirectory, file: UploadFile, octets: Uint8Array) {
  await using upload = await Upload.start(directory, file, NO_LIMITS);
  await upload.write(octets.subarray(upload.received));
  return await upload.finish();
}

Deno.test("safeName() leaves good names alone and mends bad ones", () => {
  const cases: [string, string][] = [
    ["report (final).pdf", "report (final).pdf"],
    ["Grüße 👋.txt", "Grüße 👋.txt"],
    ["../../etc/passwd", "passwd"],
    ["/etc/passwd", "passwd"],
    ["C:\\Users\\ada\\notes.txt", "notes.txt"],
    ["..", "file"],
    [".", "file"],
    ["", "file"],
    ["///", "file"],
    [" . ", "file"],
    [".bashrc", "_.bashrc"],
    ["a\0b\nc\x1b[31m.txt", "a_b_c_[31m.txt"],
    ["evil\u202egnp.exe", "evil_gnp.exe"],
    ['a<b>c:d"e|f?g*h', "a_b_c_d_e_f_g_h"],
    ["CON", "_CON"],
    ["nul.txt", "_nul.txt"],
    ["console.txt", "console.txt"],
    ["name. . ", "name"],
    ["e\u0301.txt", "é.txt"],
    ["\ud800.txt", "\ufffd.txt"],
  ];
  for (const [given, safe] of cases) assert.equal(safeName(given), safe, JSON.stringify(given));
});

Deno.test("safeName() gives a name that is one, for whatever it is given", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 120 }), (given) => {
      const name = safeName(given);
      assert.ok(name.length > 0 && encoder.encode(numberedName(name, 9999)).length <= 255);
      assert.ok(!/[/\\\p{Cc}]/u.test(name) && !name.startsWith("."));
      assert.ok(name.isWellFormed());
      assert.equal(safeName(name), name, "Once is enough.");
    }),
  );
  const long = `${"ü".repeat(300)}.tar.gz`;
  assert.ok(safeName(long).endsWith("ü.gz"));
});

Deno.test("numberedName() counts before the extension", () => {
  assert.equal(numberedName("a.txt", 1), "a.txt");
  assert.equal(numberedName("a.txt", 2), "a (2).txt");
  assert.equal(numberedName("a", 3), "a (3)");
  assert.equal(numberedName("_.bashrc", 2), "_ (2).bashrc");
});

Deno.test("SharedDirectory makes what is missing, and lists what may be seen", async () => {
  await using rig = await shared();
  const directory = new SharedDirectory(`${rig.root}/new/one`);
  assert.deepEqual(await directory.names(""), []);
  const root = `${rig.root}/new/one`;
  assert.equal((await Deno.stat(root)).mode! & 0o777, 0o700);
  await Deno.writeTextFile(`${root}/b 10.txt`, "12345");
  await Deno.writeTextFile(`${root}/b 9.txt`, "");
  await Deno.mkdir(`${root}/a`);
  await Deno.writeTextFile(`${root}/.hidden`, "");
  await Deno.writeTextFile(`${root}/.skerry-x.part`, "");
  await Deno.writeTextFile(`${root}/bad\nname`, "");
  assert.deepEqual(await directory.names(""), ["a", "b 9.txt", "b 10.txt"]);
  const entry = await directory.entry("", "b 10.txt");
  assert.deepEqual({ ...entry, modified: 0 }, {
    name: "b 10.txt",
    kind: "file",
    size: 5,
    modified: 0,
  });
  assert.equal((await directory.entry("", "a"))?.kind, "directory");
  assert.equal(await directory.entry("", "none"), undefined);
});

Deno.test("SharedDirectory lets nobody out, by name or by link", async () => {
  await using rig = await shared();
  const { directory, outside, root } = rig;
  await Deno.mkdir(`${root}/sub`);
  await Deno.writeTextFile(`${root}/sub/fine`, "fine");
  await Deno.writeTextFile(`${root}/.hidden`, "hidden");
  await Deno.mkdir(`${root}/.ssh`);
  await Deno.writeTextFile(`${root}/.ssh/key`, "key");
  await Deno.symlink(`${outside}/secret`, `${root}/link`);
  await Deno.symlink("../outside", `${root}/way`);
  await Deno.symlink("../../../../../etc/passwd", `${root}/sub/passwd`);
  await Deno.symlink("sub", `${root}/inner`);
  await Deno.symlink(".ssh", `${root}/keys`);
  await Deno.symlink("loop", `${root}/loop`);
  const { success } = await new Deno.Command("mkfifo", { args: [`${root}/pipe`] }).output();
  assert.ok(success);
  const bad = [
    "../outside/secret",
    "sub/../../outside/secret",
    "sub/../sub/fine",
    "./sub/fine",
    `${outside}/secret`,
    "/etc/passwd",
    "//etc/passwd",
    "link",
    "way/secret",
    "sub/passwd",
    ".hidden",
    ".ssh/key",
    "keys/key",
    "loop",
    "pipe",
    "sub",
    "",
    "none",
    "sub/fine/more",
    "sub//fine",
    "sub/fine\0",
    "a/".repeat(5000),
    "x".repeat(300),
  ];
  for (const path of bad) {
    await assert.rejects(directory.open(path), FilesError, path.slice(0, 40));
  }
  for (const path of ["..", "way", "../outside", "keys", "/", "sub/.."]) {
    await assert.rejects(directory.names(path), FilesError, path);
  }
  const entries = await Promise.all(
    (await directory.names("")).map((name) => directory.entry("", name)),
  );
  const seen = entries.flatMap((entry) => entry ? [entry.name] : []);
  assert.deepEqual(seen, ["inner", "sub"]);
  for (const path of ["sub/fine", "inner/fine"]) {
    const { handle, size } = await directory.open(path);
    assert.equal(size, 4);
    await handle.close();
  }
});

Deno.test("Upload stores a file under a name that is free", async () => {
  await using rig = await shared();
  const { directory, root } = rig;
  const file = { name: "../note.txt", size: 5, modified: 1_700_000_000_000 };
  const names = [];
  for (let i = 0; i < 3; i++) names.push(await store(directory, file, encoder.encode(`text${i}`)));
  assert.deepEqual(names, ["note.txt", "note (2).txt", "note (3).txt"]);
  assert.equal(await Deno.readTextFile(`${root}/note.txt`), "text0");
  assert.equal(await Deno.readTextFile(`${root}/note (3).txt`), "text2");
  assert.equal((await Deno.stat(`${root}/note.txt`)).mtime?.getTime(), file.modified);
  assert.equal([...Deno.readDirSync(root)].length, 3, "Nothing else is left.");
  await Deno.symlink(`${rig.outside}/new`, `${root}/target`);
  assert.equal(
    await store(directory, { ...file, name: "target" }, encoder.encode("12345")),
    "target (2)",
  );
  assert.throws(() => Deno.statSync(`${rig.outside}/new`), Deno.errors.NotFound);
  assert.equal(
    await store(directory, { ...file, name: "empty", size: 0 }, new Uint8Array()),
    "empty",
  );
});

Deno.test("Upload keeps the directories that a file comes in, inside and by no link", async () => {
  await using rig = await shared();
  const { directory, outside, root } = rig;
  const put = (folder: string, name = "a") =>
    store(directory, { name, folder, size: 1, modified: 5 }, encoder.encode("x"));
  await put("trip/day 1");
  await put("trip/day 1", "b");
  await put("trip");
  assert.equal(await put("trip"), "a (2)");
  await put("../../outside/./.ssh");
  const found = async (path: string) =>
    (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
  assert.deepEqual(await found(`${root}/trip`), ["a", "a (2)", "day 1"]);
  assert.deepEqual(await found(`${root}/trip/day 1`), ["a", "b"]);
  assert.deepEqual(await found(`${root}/file/file/outside/file/_.ssh`), ["a"]);
  await Deno.symlink(outside, `${root}/link`);
  await Deno.symlink(`${root}/trip`, `${root}/inner`);
  await Deno.writeTextFile(`${root}/taken`, "");
  const refused = ["link", "link/x", "inner", "taken/x", "x/".repeat(40)];
  for (const folder of refused) await assert.rejects(put(folder), refusedAs("not-allowed"), folder);
  assert.deepEqual(await found(outside), ["secret"]);
});

Deno.test("Upload goes on where another one of the same file has ended", async () => {
  await using rig = await shared();
  const { directory, root } = rig;
  const file = { name: "a", size: 10, modified: 5 };
  {
    await using first = await Upload.start(directory, file, NO_LIMITS);
    await first.write(encoder.encode("0123"));
    await assert.rejects(first.finish(), refusedAs("changed"));
  }
  assert.deepEqual(await directory.names(""), [], "What is not whole is not shown.");
  for (const other of [{ ...file, modified: 6 }, { ...file, size: 9 }, { ...file, name: "b" }]) {
    await using upload = await Upload.start(directory, other, NO_LIMITS);
    assert.equal(upload.received, 0);
    await upload.discard();
  }
  await using again = await Upload.start(directory, file, NO_LIMITS);
  assert.equal(again.received, 4);
  await again.write(encoder.encode("456789"));
  await assert.rejects(again.write(new Uint8Array(1)), refusedAs("changed"));
  assert.equal(await again.finish(), "a");
  assert.equal(await Deno.readTextFile(`${root}/a`), "0123456789");
});

Deno.test("Upload does not follow a link in the place of its part, nor write what is no file", async () => {
  await using rig = await shared();
  const { directory, outside, root } = rig;
  const file = { name: "a", size: 3, modified: 5 };
  {
    await using _upload = await Upload.start(directory, file, NO_LIMITS);
  }
  const [part] = [...Deno.readDirSync(root)].map(({ name }) => name);
  await Deno.remove(`${root}/${part}`);
  await Deno.symlink(`${outside}/secret`, `${root}/${part}`);
  await assert.rejects(Upload.start(directory, file, NO_LIMITS), refusedAs("not-allowed"));
  assert.equal(await Deno.readTextFile(`${outside}/secret`), "secret");
});

Deno.test("Upload.start() keeps to the quota, with what others will take", async () => {
  await using rig = await shared();
  const { directory, root } = rig;
  await Deno.mkdir(`${root}/sub`);
  await Deno.writeFile(`${root}/sub/there`, new Uint8Array(600));
  await Deno.symlink(`${rig.outside}/secret`, `${root}/link`);
  const file = { name: "a", size: 400, modified: 5 };
  const start = (quota: number, reserved = 0) => Upload.start(directory, file, { quota, reserved });
  await assert.rejects(start(999), refusedAs("quota"));
  await assert.rejects(start(1000, 1), refusedAs("quota"));
  await using upload = await start(1000);
  await upload.write(new Uint8Array(100));
  // What is there of it already counts once.
  await using _again = await start(1000);
});

Deno.test("removeStaleParts() removes what nobody has gone on with for long", async () => {
  await using rig = await shared();
  const { directory, root } = rig;
  const old = new Date(Date.now() - 8 * 24 * 3600_000);
  for (const name of [".skerry-old.part", ".skerry-new.part", ".other", "old.part"]) {
    await Deno.writeTextFile(`${root}/${name}`, "");
    if (name !== ".skerry-new.part") await Deno.utime(`${root}/${name}`, old, old);
  }
  await removeStaleParts(directory);
  const left = [...Deno.readDirSync(root)].map(({ name }) => name).sort();
  assert.deepEqual(left, [".other", ".skerry-new.part", "old.part"]);
});

Deno.test("isShown() hides what is hidden", () => {
  for (const name of [".", "..", ".a", "", "a/b", "a\nb", "\ufffd"]) {
    assert.equal(isShown(name), false);
  }
  for (const name of ["a", "a.b", "ü"]) assert.equal(isShown(name), true);
});
