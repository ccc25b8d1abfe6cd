/**
 * The Skerry that is fuzzed: a process of its own with a desktop, one honest viewer, and a look at both
 * from outside.
 *
 * @module
 */
import type { SessionAnswer } from "../../src/http/app.ts";
import { WebSocketTransport } from "../../src/transport/websocket.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TestViewer } from "../support/test_viewer.ts";
import { within } from "./campaign.ts";

/** Milliseconds for the honest viewer to be answered. */
const PATIENCE = 30_000;

/** What strangers must not change. */
export interface Effects {
  /** Viewers, connections and sign-ins so far, and the sign-ins that there are. */
  readonly figures: readonly (readonly [string, string])[];
  readonly files: readonly string[];
}

export class FuzzTarget implements AsyncDisposable {
  readonly skerry: SkerryProcess;
  readonly hostname: string;
  readonly port: number;
  readonly #files: string;
  #viewer: TestViewer | undefined;
  /** How the honest viewer's connection ended. */
  #ended: string | undefined;

  private constructor(skerry: SkerryProcess, files: string) {
    this.skerry = skerry;
    this.#files = files;
    const { hostname, port } = new URL(skerry.url);
    this.hostname = hostname;
    this.port = Number(port);
  }

  static async start(): Promise<FuzzTarget> {
    const files = await Deno.makeTempDir({ prefix: "skerry-fuzz-" });
    const skerry = await SkerryProcess.start({
      args: [
        // Whatever is logged as an error is a finding.
        ...["--log-level", "error", "--files", files, "--audio", "off", "--size", "320x200"],
        // A viewer may have the screen made huge: that is no fault, and takes its time.
        ...["--resize", "off", "--fps", "10", "--", "sleep", "86400"],
      ],
    });
    const target = new FuzzTarget(skerry, files);
    const socket = new WebSocket(
      `ws://${target.hostname}:${target.port}/${await target.webSocketPath()}`,
    );
    // Flows may be opened as soon as the socket is.
    const transport = new WebSocketTransport(socket);
    target.#viewer = new TestViewer(transport);
    transport.closed.then(({ code, error, reason }) =>
      target.#ended = `${code} ${reason} ${error?.message ?? ""}`
    );
    await target.#viewer.hasFrames(1, PATIENCE);
    return target;
  }

  get bearer(): Record<string, string> {
    return { authorization: `Bearer ${this.skerry.token}` };
  }

  async session(): Promise<SessionAnswer> {
    const response = await fetch(new URL("api/session", this.skerry.url), {
      method: "POST",
      headers: this.bearer,
    });
    if (!response.ok) throw new Error(`The session was refused: ${await response.text()}`);
    return await response.json();
  }

  async webSocketPath(): Promise<string> {
    return (await this.session()).websocket!.path;
  }

  /** What strangers must not change. */
  async effects(): Promise<Effects> {
    const response = await fetch(new URL("metrics", this.skerry.url), { headers: this.bearer });
    const text = await response.text();
    const figures = [
      ...text.matchAll(/^(skerry_(?:viewers_total|connections_total\S*|sign_ins)) (\S+)$/gm),
    ].map(([, name = "", value = ""]) => [name, value] as const);
    return { figures, files: [...Deno.readDirSync(this.#files)].map(({ name }) => name).sort() };
  }

  /** Resident memory in octets, without what files are mapped to. */
  async memory(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.skerry.pid}/status`);
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** What has become of the honest viewer; undefined if it is well. */
  async harm(): Promise<string | undefined> {
    if (this.#ended !== undefined) {
      return `the honest viewer's connection has ended: ${this.#ended}`;
    }
    const answered = await within(PATIENCE, this.#viewer!.transport.ping());
    return answered === undefined ? "the honest viewer is not answered any more" : undefined;
  }

  /** What is wrong with it; nothing if it is well. */
  async troubles(): Promise<string[]> {
    const troubles: string[] = [];
    const harm = await this.harm();
    if (harm !== undefined) troubles.push(harm);
    const healthy = await within(
      PATIENCE,
      fetch(new URL("healthz", this.skerry.url)).then(async (response) => {
        await response.body?.cancel();
        return response.ok;
      }, () => false),
    );
    if (healthy !== true) troubles.push("healthz does not say that all is well");
    for (const line of new Set(this.skerry.stderr.split("\n"))) {
      if (line !== "") troubles.push(`logged: ${line.slice(0, 300)}`);
    }
    return troubles;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#viewer?.[Symbol.asyncDispose]();
    await this.skerry[Symbol.asyncDispose]();
    await Deno.remove(this.#files, { recursive: true });
  }
}
