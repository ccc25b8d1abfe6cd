/**
 * A viewer's end of a transport in a process of its own, so that the memory of the server's can be
 * looked at: takes frames, and sends the number of each back.
 *
 * @module
 */

import { WebTransportTransport } from "../../web/worker/webtransport_transport.ts";

const [url = "", hash = ""] = Deno.args;
const transport = await WebTransportTransport.connect({
  url,
  hashes: [Uint8Array.fromBase64(hash)],
});
transport.onflow = (flow) => {
  const numbers = transport.openFlow(new Uint8Array(1), { returnFor: flow });
  flow.onmessage = (message) => {
    if (numbers.state === "open") numbers.write(message.slice(0, 4), { replaceable: true });
  };
};
await transport.closed;
