import assert from "node:assert/strict";
import { parseTable, peerKey } from "../../src/http/tcp_table.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";

Deno.test("parseTable() finds the connections of a port, of both families", () => {
  const table = HEAD +
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 11 1\n" +
    "   1: 0100007F:1F90 0200007F:D431 01 00000000:00000000 00:00000000 00000000  0 0 12 1\n" +
    "   2: 0100007F:1F91 0200007F:D432 01 00000000:00000000 00:00000000 00000000  0 0 13 1\n" +
    "   3: 0100007F:1F90 0200007F:D433 06 00000000:00000000 00:00000000 00000000  0 0 0 1\n" +
    "   4: B80D01200000000000000000010000FF:1F90 B80D0120000000000000000002000000:0050 08 " +
    "00000000:00000000 00:00000000 00000000  0 0 14 1\n" +
    "   5: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000300007F:0051 01 " +
    "00000000:00000000 00:00000000 00000000  0 0 15 1\n";
  assert.deepEqual(parseTable(table, "1F90"), [
    { peer: peerKey("127.0.0.2", 54321), inode: "12" },
    { peer: peerKey("2001:db8::2", 80), inode: "14" },
    { peer: peerKey("127.0.0.3", 81), inode: "15" },
  ]);
});

Deno.test("peerKey() writes one host in one way", () => {
  assert.equal(peerKey("::ffff:127.0.0.1", 1), peerKey("127.0.0.1", 1));
  assert.equal(peerKey("2001:DB8:0:0:0:0:0:2", 1), peerKey("2001:db8::2", 1));
  assert.equal(peerKey("fe80::1%eth0", 1), peerKey("fe80::1", 1));
  assert.notEqual(peerKey("127.0.0.1", 1), peerKey("127.0.0.1", 2));
});
