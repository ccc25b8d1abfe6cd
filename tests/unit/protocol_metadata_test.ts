import assert from "node:assert/strict";
import type { ReceiveFlow } from "../../src/protocol/flow.ts";
import { acceptMetadata, encodeMetadata, FlowRefusal } from "../../src/protocol/metadata.ts";

/** A flow with these metadata, and what it was refused with. */
function incoming(metadata: Uint8Array) {
  const refusals: [number, string][] = [];
  const flow: ReceiveFlow = {
    metadata,
    returnFor: undefined,
    onmessage: undefined,
    onclose: undefined,
    reject: (code = 0, reason = "") => refusals.push([code, reason]),
  };
  return { flow, refusals };
}

Deno.test("acceptMetadata() returns what an expected flow says", () => {
  const metadata = { kind: "video", version: 1, format: "avc1.42c01f" };
  const { flow, refusals } = incoming(encodeMetadata(metadata));
  assert.deepEqual(acceptMetadata(flow, { video: 1, cursor: 1 }), metadata);
  assert.deepEqual(refusals, []);
});

Deno.test("acceptMetadata() refuses flows that cannot be used, and says why", () => {
  const cases: [Uint8Array, number, RegExp][] = [
    [encodeMetadata({ kind: "holograms", version: 1 }), FlowRefusal.UnknownKind, /"holograms"/],
    [encodeMetadata({ kind: "input", version: 1 }), FlowRefusal.UnknownKind, /"input"/],
    [encodeMetadata({ kind: "constructor", version: 1 }), FlowRefusal.UnknownKind, /constr/],
    [encodeMetadata({ kind: "video", version: 2 }), FlowRefusal.UnsupportedVersion, /not 2/],
    [new Uint8Array([0xff]), FlowRefusal.BadMetadata, /JSON/],
    [new TextEncoder().encode('{"kind":"video"}'), FlowRefusal.BadMetadata, /version/],
    [new Uint8Array(1025).fill(0x20), FlowRefusal.BadMetadata, /1024/],
  ];
  for (const [metadata, code, reason] of cases) {
    const { flow, refusals } = incoming(metadata);
    assert.equal(acceptMetadata(flow, { video: 1 }), undefined);
    assert.equal(refusals.length, 1);
    assert.equal(refusals[0]![0], code);
    assert.match(refusals[0]![1], reason);
  }
});
