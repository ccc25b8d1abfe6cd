import assert from "node:assert/strict";
import { PathProof } from "../../web/worker/path_proof.ts";

Deno.test("PathProof.add() wants answers in a row", () => {
  const proof = new PathProof(3);
  const answers = [10, 10, undefined, 10, 10, 10];
  assert.deepEqual(
    answers.map((own) => proof.add(own, 10)),
    [false, false, false, false, false, true],
  );
  assert.equal(proof.rtt, 10);
});

Deno.test("PathProof.add() refuses a path that is much slower, and says how often", () => {
  const proof = new PathProof(2);
  for (let count = 1; count <= 6; count++) {
    assert.equal(proof.add(200, 40), false);
    assert.equal(proof.failures, count >> 1);
  }
});

Deno.test("PathProof.add() forgives single answers that are late, on a busy machine", () => {
  const proof = new PathProof(5);
  const proven = [12, 400, 11, 300, 13].map((own, index) => proof.add(own, index % 2 ? 10 : 90));
  assert.equal(proven.at(-1), true);
});

Deno.test("PathProof.add() takes a path that answers when the active one does not", () => {
  const proof = new PathProof(2);
  proof.add(900, undefined);
  assert.equal(proof.add(900, undefined), true);
});
