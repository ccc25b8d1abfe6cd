import type { FlowDelivery } from "../../src/protocol/flow.ts";
import { type ConnectedPair, testTransportContract } from "../support/transport_contract.ts";
import { TestServer } from "../support/webtransport.ts";

async function connect(delivery: FlowDelivery): Promise<ConnectedPair> {
  const host = await TestServer.start();
  const { server, client } = await host.connect();
  return {
    near: server,
    far: client,
    delivery,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

testTransportContract("WebTransportTransport", () => connect("ordered"));
testTransportContract("WebTransportTransport, independent", () => connect("independent"));
