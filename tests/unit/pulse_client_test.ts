import assert from "node:assert/strict";
import { PulseClient, PulseClientError } from "../../src/audio/pulse_client.ts";
import { TagReader, TagWriter } from "../../src/audio/pulse_tagstruct.ts";

const HEADER = 20;
const REPLY = 2;

/** A server at a socket of its own that answers so many commands, and then hangs up. */
class BriefServer implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "skerry-test-" });
  readonly #listener: Deno.UnixListener;
  readonly #serving: Promise<void>;
  readonly socket = `${this.#folder}/pulse`;

  /** @param linger Milliseconds before it hangs up. */
  constructor(answers: number, linger = 0) {
    this.#listener = Deno.listen({ transport: "unix", path: this.socket });
    this.#serving = this.#serve(answers, linger);
  }

  async #serve(answers: number, linger: number): Promise<void> {
    for await (const connection of this.#listener) {
      const packet = new Uint8Array(4096);
      for (let i = 0; i < answers; i++) {
        if (await connection.read(packet) === null) break;
        const command = new TagReader(packet.subarray(HEADER));
        command.u32();
        const reply = new TagWriter().u32(REPLY).u32(command.u32()).finish();
        const answer = new Uint8Array(HEADER + reply.length);
        const view = new DataView(answer.buffer);
        view.setUint32(0, reply.length);
        view.setUint32(4, 0xffff_ffff);
        answer.set(reply, HEADER);
        await connection.write(answer);
      }
      await new Promise((resolve) => setTimeout(resolve, linger));
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("PulseClient.connect() rejects, and nothing else does, when the server hangs up at once", async () => {
  await using server = new BriefServer(0);
  for (let i = 0; i < 50; i++) {
    await assert.rejects(() => PulseClient.connect(server.socket, new Uint8Array(256)));
  }
});

Deno.test("PulseClient rejects what it is asked when the connection ends while that is written", async () => {
  await using server = new BriefServer(3, 100);
  await using client = await PulseClient.connect(server.socket, new Uint8Array(256));
  // More than the socket holds.
  const asked = Array.from({ length: 10_000 }, () => client.defaultSink());
  for (const { status } of await Promise.allSettled(asked)) assert.equal(status, "rejected");
  await assert.rejects(() => client.suspendSink(0, true), PulseClientError);
});
