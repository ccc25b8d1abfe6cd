/**
 * A WebTransport server of ours with a client of Deno's.
 *
 * @module
 */

import { Tickets } from "../../src/http/tickets.ts";
import { type Certificate, makeCertificate } from "../../src/tls/mod.ts";
import type { WebTransportTransport as ServerTransport } from "../../src/transport/webtransport.ts";
import {
  WEBTRANSPORT_PATH,
  WebTransportServer,
  type WebTransportServerOptions,
  type WebTransportSession,
} from "../../src/transport/webtransport_server.ts";
import { WebTransportTransport as ClientTransport } from "../../web/worker/webtransport_transport.ts";

/** A certificate as pages pin it. */
export function testCertificate(): Promise<Certificate> {
  const notBefore = Date.now() - 3600_000;
  return makeCertificate({ notBefore, notAfter: notBefore + 13 * 24 * 3600_000 });
}

/** A server on a free port of loopback, whose tickets are for names. */
export class TestServer implements AsyncDisposable {
  readonly tickets = new Tickets<string>();
  readonly server: WebTransportServer<string>;
  readonly certificate: Certificate;
  readonly #waiting: ((session: WebTransportSession<string>) => void)[] = [];

  private constructor(
    certificate: Certificate,
    options: Partial<WebTransportServerOptions<string>>,
  ) {
    this.certificate = certificate;
    this.server = WebTransportServer.listen<string>({
      hostname: "127.0.0.1",
      port: 0,
      certificate,
      redeem: (ticket) => this.tickets.redeem(ticket),
      onsession: (session) => this.#waiting.shift()?.(session),
      ...options,
    });
  }

  static async start(
    options: Partial<WebTransportServerOptions<string>> = {},
  ): Promise<TestServer> {
    return new TestServer(await testCertificate(), options);
  }

  /** A URL with a new ticket. */
  url(ticket: string = this.tickets.issue("viewer")): string {
    const { hostname, port } = this.server.address;
    return `https://${hostname}:${port}${WEBTRANSPORT_PATH}?ticket=${ticket}`;
  }

  /** The next client that is let in. */
  session(): Promise<WebTransportSession<string>> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Connects a client of Deno's. */
  async connect(): Promise<{ server: ServerTransport; client: ClientTransport }> {
    const session = this.session();
    const client = await ClientTransport.connect({
      url: this.url(),
      hashes: [this.certificate.hash],
    });
    return { server: (await session).transport, client };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server[Symbol.asyncDispose]();
  }
}
