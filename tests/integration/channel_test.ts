import assert from "node:assert/strict";
import { ReplayedChannel } from "../../src/protocol/channel.ts";
import { QueueFullError } from "../../src/protocol/errors.ts";
import type { ReceiveFlow, Transport } from "../../src/protocol/flow.ts";
import { decodeMetadata } from "../../src/protocol/metadata.ts";
import { WebSocketTransport } from "../../src/transport/websocket.ts";
import { until } from "../support/until.ts";
import { TestServer } from "../support/webtransport.ts";

interface Pair extends AsyncDisposable {
  readonly server: Transport;
  readonly client: Transport;
}

async function webtransport(): Promise<Pair> {
  const host = await TestServer.start();
  const pair = await host.connect();
  return {
    ...pair,
    async [Symbol.asyncDispose]() {
      await pair.client[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

async function websocket(): Promise<Pair> {
  const accepted = Promise.withResolvers<WebSocketTransport>();
  const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    accepted.resolve(new WebSocketTransport(socket));
    return response;
  });
  const client = await WebSocketTransport.connect(`ws://127.0.0.1:${http.addr.port}/`);
  const server = await accepted.promise;
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await http.shutdown();
    },
  };
}

/** Has a channel take the messages of its kind from a transport. */
function listen(transport: Transport, channel: ReplayedChannel): void {
  transport.onflow = (flow: ReceiveFlow) => {
    assert.equal(decodeMetadata(flow.metadata).kind, channel.kind);
    flow.onmessage = (octets) => channel.receive(octets);
  };
}

Deno.test("ReplayedChannel goes on by the other transport in the middle of much", async () => {
  await using first = await webtransport();
  await using second = await websocket();
  const near = new ReplayedChannel("files");
  const far = new ReplayedChannel("files");
  const counts: number[] = [];
  far.onmessage = (octets) => {
    const number = new DataView(octets.buffer, octets.byteOffset).getUint32(0);
    counts.push(number);
    far.send(octets.slice(0, 4));
  };
  const answers: number[] = [];
  near.onmessage = (octets) =>
    void answers.push(new DataView(octets.buffer, octets.byteOffset).getUint32(0));
  const count = 400;
  let sent = 0;
  const produce = () => {
    try {
      for (; sent < count; sent++) {
        const message = new Uint8Array(20_000);
        new DataView(message.buffer).setUint32(0, sent);
        near.send(message);
      }
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
    }
  };
  near.ondrain = produce;
  for (const { server, client } of [first, second]) {
    listen(server, near);
    listen(client, far);
  }
  near.attach(first.server);
  far.attach(first.client);
  produce();
  await until("a quarter has come", () => counts.length > count / 4);
  near.attach(second.server);
  await until("half has come", () => counts.length > count / 2);
  far.attach(second.client);
  first.client.close();
  await until("all has come", () => answers.length >= count, 30_000);
  const all = Array.from({ length: count }, (_, index) => index);
  assert.deepEqual(counts, all);
  assert.deepEqual(answers, all);
});
