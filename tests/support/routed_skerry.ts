/**
 * The product with its UDP port behind a path that a test can block or move, and its HTTP port behind
 * another one.
 *
 * @module
 */
import { SkerryProcess, type StartOptions } from "./skerry_process.ts";
import { TcpRelay } from "./tcp_relay.ts";
import { UdpRelay } from "./udp_relay.ts";

export class RoutedSkerry implements AsyncDisposable {
  private constructor(
    readonly skerry: SkerryProcess,
    readonly udp: UdpRelay,
    readonly tcp: TcpRelay,
    readonly resources: AsyncDisposableStack,
  ) {}

  static async start(options: StartOptions = {}): Promise<RoutedSkerry> {
    await using resources = new AsyncDisposableStack();
    const udp = resources.use(UdpRelay.open());
    const args = ["--webtransport-advertise", `127.0.0.1:${udp.port}`, ...options.args ?? []];
    const skerry = resources.use(await SkerryProcess.start({ ...options, args }));
    const port = Number(new URL(skerry.url).port);
    udp.target = port;
    const tcp = resources.use(TcpRelay.open(port));
    return new RoutedSkerry(skerry, udp, tcp, resources.move());
  }

  /** What a page is to open. */
  get url(): string {
    const url = new URL(this.skerry.url);
    url.port = `${this.tcp.port}`;
    return url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}
