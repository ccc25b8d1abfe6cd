import { memoryTransportPair } from "../../src/transport/memory.ts";
import { testTransportContract } from "../support/transport_contract.ts";

testTransportContract("MemoryTransport", () => {
  const [near, far] = memoryTransportPair();
  return Promise.resolve({
    near,
    far,
    async [Symbol.asyncDispose]() {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    },
  });
});
