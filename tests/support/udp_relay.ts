/**
 * A network path for datagrams that can be blocked, and whose address changes: a relay between a page
 * and the UDP port of its server, as a firewall and a NAT are.
 *
 * @module
 */

/** One client's way through: as seen by the server, a port of its own. */
interface Binding {
  readonly client: Deno.NetAddr;
  socket: Deno.DatagramConn;
}

export class UdpRelay implements AsyncDisposable {
  /** Where datagrams go: a port of 127.0.0.1. */
  target: number;
  /** Whether nothing passes, in either direction, and nobody is told. */
  blocked = false;
  /** How long each takes between here and the server, one way, in ms; the client is near. */
  delay = 0;
  /** How many datagrams have passed, and how many were kept from it. */
  passed = 0;
  dropped = 0;
  readonly #near: Deno.DatagramConn;
  readonly #bindings = new Map<number, Binding>();
  /** Those that face the server. */
  readonly #sockets = new Set<Deno.DatagramConn>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #working = new Set<Promise<void>>();

  private constructor(target: number) {
    this.target = target;
    this.#near = listen();
    this.#track(this.#receive());
  }

  /** @param target A port of 127.0.0.1; may be set later. */
  static open(target = 0): UdpRelay {
    return new UdpRelay(target);
  }

  /** Where pages are to send to. */
  get port(): number {
    return portOf(this.#near);
  }

  /** The ports that the server sees the clients at. */
  get clientPorts(): number[] {
    return [...this.#bindings.values()].map(({ socket }) => portOf(socket));
  }

  /** Gives every client another port, as a NAT does that has forgotten them. */
  rebind(): void {
    for (const binding of this.#bindings.values()) {
      const { socket } = binding;
      this.#bind(binding);
      // What it has sent is still on its way.
      if (this.delay > 0) this.#later(() => this.#close(socket));
      else this.#close(socket);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#near.close();
    for (const socket of this.#sockets) socket.close();
    await Promise.all(this.#working);
  }

  async #receive(): Promise<void> {
    for await (const [octets, from] of this.#near) {
      const client = from as Deno.NetAddr;
      let binding = this.#bindings.get(client.port);
      if (binding === undefined) {
        binding = { client, socket: this.#listen() };
        this.#bindings.set(client.port, binding);
        this.#track(this.#answer(binding));
      }
      await this.#pass(binding.socket, octets, {
        transport: "udp",
        hostname: "127.0.0.1",
        port: this.target,
      });
    }
  }

  #bind(binding: Binding): void {
    binding.socket = this.#listen();
    this.#track(this.#answer(binding));
  }

  /** Until the socket is closed. */
  async #answer(binding: Binding): Promise<void> {
    const { client, socket } = binding;
    for await (const [octets] of socket) {
      if (this.delay === 0) {
        await this.#pass(this.#near, octets, client);
        continue;
      }
      const copy = octets.slice();
      this.#later(() => {
        // By then the client may be known by another port, and this one by nobody.
        if (binding.socket === socket) this.#track(this.#pass(this.#near, copy, client));
        else this.dropped++;
      });
    }
  }

  async #pass(socket: Deno.DatagramConn, octets: Uint8Array, to: Deno.NetAddr): Promise<void> {
    if (this.blocked || to.port === 0) {
      this.dropped++;
      return;
    }
    this.passed++;
    if (this.delay === 0 || socket === this.#near) return await this.#send(socket, octets, to);
    const copy = octets.slice();
    this.#later(() => this.#track(this.#send(socket, copy, to)));
  }

  async #send(socket: Deno.DatagramConn, octets: Uint8Array, to: Deno.NetAddr): Promise<void> {
    try {
      await socket.send(octets, to);
    } catch {
      // Nobody is there, or the relay ends.
    }
  }

  #later(act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, this.delay);
    this.#timers.add(timer);
  }

  #listen(): Deno.DatagramConn {
    const socket = listen();
    this.#sockets.add(socket);
    return socket;
  }

  #close(socket: Deno.DatagramConn): void {
    this.#sockets.delete(socket);
    socket.close();
  }

  #track(work: Promise<void>): void {
    this.#working.add(work);
    work.catch(() => {}).finally(() => this.#working.delete(work));
  }
}

function listen(): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
}

function portOf(socket: Deno.DatagramConn): number {
  return (socket.addr as Deno.NetAddr).port;
}
