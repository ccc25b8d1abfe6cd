import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AuthorityEntry,
  FAMILY_LOCAL,
  FAMILY_WILD,
  findCookie,
  formatAuthority,
  MAGIC_COOKIE,
  newCookie,
  parseAuthority,
  writeAuthority,
} from "../../src/display/authority.ts";

const entry: fc.Arbitrary<AuthorityEntry> = fc.record({
  family: fc.integer({ min: 0, max: 65535 }),
  address: fc.stringMatching(/^[ -~]{0,20}$/),
  display: fc.stringMatching(/^\d{0,3}$/),
  name: fc.constant(MAGIC_COOKIE),
  data: fc.uint8Array({ maxLength: 40 }),
});

Deno.test("parseAuthority() reads what formatAuthority() writes", () => {
  fc.assert(fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
    const read = parseAuthority(formatAuthority(entries));
    assert.deepEqual(
      read.map((e) => ({ ...e, data: [...e.data] })),
      entries.map((e) => ({ ...e, data: [...e.data] })),
    );
  }));
});

Deno.test("parseAuthority() keeps the whole entries of a truncated file", () => {
  fc.assert(fc.property(fc.array(entry, { maxLength: 4 }), fc.nat(400), (entries, cut) => {
    const bytes = formatAuthority(entries);
    const read = parseAuthority(bytes.subarray(0, Math.min(cut, bytes.length)));
    assert.ok(read.length <= entries.length);
    read.forEach((e, i) => assert.equal(e.address, entries[i]!.address));
  }));
});

Deno.test("findCookie() prefers this host's entry and honours wildcards", () => {
  const make = (family: number, address: string, display: string, mark: number) => ({
    family,
    address,
    display,
    name: MAGIC_COOKIE,
    data: Uint8Array.of(mark),
  });
  const entries = [
    make(FAMILY_LOCAL, "elsewhere", "7", 1),
    make(FAMILY_LOCAL, "here", "7", 2),
    make(FAMILY_LOCAL, "here", "8", 3),
    { ...make(FAMILY_WILD, "", "9", 4), name: "XDM-AUTHORIZATION-1" },
  ];
  assert.equal(findCookie(entries, "7", "here")?.data[0], 2);
  assert.equal(findCookie(entries, "8", "here")?.data[0], 3);
  assert.equal(findCookie(entries, "7", "renamed")?.data[0], 1);
  assert.equal(findCookie(entries, "9", "here"), undefined);
  const wild = [make(FAMILY_WILD, "", "", 5)];
  assert.equal(findCookie(wild, "42", "anything")?.data[0], 5);
});

Deno.test("writeAuthority() makes a file that only its owner can read", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const cookie = newCookie();
    writeAuthority(`${directory}/authority`, cookie, 7, "here");
    const info = await Deno.stat(`${directory}/authority`);
    assert.equal(info.mode! & 0o777, 0o600);
    const entries = parseAuthority(await Deno.readFile(`${directory}/authority`));
    assert.deepEqual([...findCookie(entries, "7", "here")!.data], [...cookie]);
    assert.deepEqual([...findCookie(entries, "7", "renamed")!.data], [...cookie]);
    assert.equal(findCookie(entries, "8", "here"), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
