/**
 * A WebSocket's client, by hand, that reads nothing of what it is sent.
 *
 * @module
 */

/** Octets of each ping; with a header of eight and a type of one. */
const PING_OCTETS = 1000;
const PINGS_AT_A_TIME = 64;

export class RecklessClient implements AsyncDisposable {
  readonly #connection: Deno.TcpConn;
  readonly #flood = new AbortController();
  #flooding: Promise<unknown> | undefined;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** @param path Without the slash that it begins with. */
  static async connect(port: number, path = ""): Promise<RecklessClient> {
    const client = new RecklessClient(await Deno.connect({ hostname: "127.0.0.1", port }));
    await client.#write(new TextEncoder().encode(
      `GET /${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ));
    return client;
  }

  /**
   * Pings and pings.
   *
   * @returns What ended the connection; undefined if this client was disposed first.
   */
  flood(): Promise<unknown> {
    // RFC 6455 §5.2: final, binary, masked with zeros, 16 bits of length; RTWebSocket: a ping.
    const ping = new Uint8Array(8 + 1 + PING_OCTETS);
    ping.set([0x82, 0x80 | 126, (1 + PING_OCTETS) >> 8, (1 + PING_OCTETS) & 255]);
    ping[8] = 1;
    const many = new Uint8Array(ping.length * PINGS_AT_A_TIME);
    for (let index = 0; index < PINGS_AT_A_TIME; index++) many.set(ping, index * ping.length);
    const { signal } = this.#flood;
    const flood = async () => {
      while (!signal.aborted) await this.#write(many);
    };
    return this.#flooding = flood().catch((error) => signal.aborted ? undefined : error);
  }

  async #write(octets: Uint8Array): Promise<void> {
    for (let rest = octets; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /** Only the end of the connection ends a write for certain: the other end need not read either. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#flood.abort();
    this.#connection[Symbol.dispose]();
    await this.#flooding;
  }
}
