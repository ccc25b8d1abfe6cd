/**
 * What a page of the WebTransport tests runs: connects by the client's own transport, counts the
 * frames that come, and sends each one's number back.
 *
 * @module
 */

import { Priority } from "../../src/protocol/flow.ts";
import { WebTransportTransport } from "../../web/worker/webtransport_transport.ts";

const state = {
  frames: 0,
  octets: 0,
  /** The first thing that went wrong. */
  mistake: "",
  closed: "",
  rtt: undefined as number | undefined,
};

async function start(url: string, hash: readonly number[]): Promise<void> {
  const transport = await WebTransportTransport.connect({ url, hashes: [new Uint8Array(hash)] });
  let next = 0;
  transport.onflow = (flow) => {
    const numbers = transport.openFlow(new TextEncoder().encode("numbers"), {
      priority: Priority.FlashOverride,
      returnFor: flow,
    });
    flow.onmessage = (message) => {
      const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
      const sequence = view.getUint32(0);
      const length = view.getUint32(4);
      if (sequence !== next) state.mistake ||= `frame ${sequence} came instead of ${next}`;
      if (length !== message.length) state.mistake ||= `frame ${sequence} is of another length`;
      for (let index = 8; index < message.length; index += 997) {
        if (message[index] === ((sequence + index) & 255)) continue;
        state.mistake ||= `frame ${sequence} has been damaged at octet ${index}`;
      }
      next = sequence + 1;
      state.frames++;
      state.octets += message.length;
      state.rtt = transport.statistics.rtt;
      const answer = new Uint8Array(4);
      new DataView(answer.buffer).setUint32(0, sequence);
      if (numbers.state === "open") numbers.write(answer);
    };
  };
  transport.closed.then(({ clean, code, reason }) => {
    state.closed = `${clean ? "clean" : "lost"} ${code} ${reason}`;
  });
}

Object.assign(globalThis, { skerryTest: { start, state } });
