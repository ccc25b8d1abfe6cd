/**
 * A slow network on this machine: two network namespaces, a server's and a client's, joined by a link
 * of a given rate, delay, jitter, loss and queue that can be changed while it runs. In user space, for
 * kernels without netem. Linux, root and /dev/net/tun.
 *
 * The namespaces have no names and belong to the emulator's process, which ends with this one, however
 * that ends: nothing is ever left behind.
 *
 * The two sides have addresses of 127/8. To browsers, a page from there is as trustworthy as one of
 * this machine, by HTTP too; so WebTransport and WebCodecs are there, with no flag and no relay that
 * would add a queue of its own.
 *
 * @module
 */
import type { EmulatorOrder, EmulatorReady, EmulatorReport } from "./link_emulator.ts";
import type { WaySettings } from "./link_way.ts";

export type { EmulatorReport as LinkReport } from "./link_emulator.ts";

/** What the link is like; what is left out is as in {@link FREE_LINK}. */
export interface LinkSettings {
  /** From the server to the client, in Mbit/s; 0: no limit. */
  readonly down: number;
  /** From the client to the server, in Mbit/s; 0: no limit. */
  readonly up: number;
  /** One way, each way, in ms. */
  readonly delay: number;
  /** The most that is added to the delay, in ms. */
  readonly jitter: number;
  /** Share of packets lost by chance, each way, 0 to 1. */
  readonly loss: number;
  /** What would wait longer than this is dropped; in ms. */
  readonly queue: number;
  /** Whether UDP passes. */
  readonly udp: boolean;
  /** Whether nothing passes: "drop" loses all that is sent meanwhile, "hold" keeps what fits the queue. */
  readonly outage: "drop" | "hold" | undefined;
}

/** No limits. */
export const FREE_LINK: LinkSettings = {
  down: 0,
  up: 0,
  delay: 0,
  jitter: 0,
  loss: 0,
  queue: 200,
  udp: true,
  outage: undefined,
};

export type LinkSide = "server" | "client";

/** A link that cannot be made here. */
export class LinkUnavailableError extends Error {
  override name = "LinkUnavailableError";
}

/** 1 Mbit/s in octets a ms. */
const MEGABIT = 125;
/** Far from 127.0.0.1, which each side has for itself. */
const ADDRESSES: Record<LinkSide, string> = { server: "127.77.0.1", client: "127.77.0.2" };
/** Of linux/capability.h. */
const CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 };

/** Where this program was before it entered a side, and how it gets there: a path of a namespace. */
let home: string | undefined;

/**
 * A command that is to run where this program was started, whatever side it has entered since. X servers
 * have to: which display numbers are free they know from the sockets of their namespace only, and one
 * of another would take over the files of the first.
 */
export function atHome(command: readonly string[]): readonly string[] {
  return home === undefined ? command : ["nsenter", `--net=${home}`, ...command];
}

export class Link implements AsyncDisposable {
  /** Whether packets are handed over before anything else runs. */
  readonly realtime: boolean;
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #answers: AsyncIterator<string>;
  readonly #namespaces: Record<LinkSide, string>;
  #settings = FREE_LINK;
  /** The end of the last question. */
  #asked: Promise<unknown> = Promise.resolve();

  private constructor(
    child: Deno.ChildProcess,
    answers: AsyncIterator<string>,
    ready: EmulatorReady,
  ) {
    this.#child = child;
    this.#orders = child.stdin.getWriter();
    this.#answers = answers;
    this.realtime = ready.realtime;
    const path = (fd: number) => `/proc/${child.pid}/fd/${fd}`;
    const { server, client } = ready.namespaces;
    this.#namespaces = { server: path(server), client: path(client) };
  }

  /** Why no link can be made here; undefined if one can. */
  static unavailable(): string | undefined {
    if (Deno.build.os !== "linux") return "an emulated link needs Linux";
    try {
      const status = Deno.readTextFileSync("/proc/self/status");
      const held = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(status)?.[1] ?? "0"}`);
      for (const [name, bit] of Object.entries(CAPABILITIES)) {
        if (!(held >> BigInt(bit) & 1n)) return `an emulated link needs ${name}`;
      }
      if (!Deno.statSync("/dev/net/tun").isCharDevice) return "/dev/net/tun is no device";
    } catch {
      return "there is no /dev/net/tun";
    }
    return undefined;
  }

  /**
   * Makes the two namespaces and joins them.
   *
   * @param congestionControl TCP's on both sides; Linux's default is what most users have.
   * @throws {LinkUnavailableError} if this machine does not let us.
   */
  static async open(
    settings: Partial<LinkSettings> = {},
    congestionControl = "cubic",
  ): Promise<Link> {
    const reason = Link.unavailable();
    if (reason !== undefined) throw new LinkUnavailableError(`There is no link: ${reason}.`);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--allow-all",
        `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
        new URL("link_emulator.ts", import.meta.url).pathname,
        ADDRESSES.server,
        ADDRESSES.client,
        congestionControl,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const complaint = new Response(child.stderr).text();
    const answers = lines(child.stdout);
    const first = await answers.next();
    if (first.done) {
      await child.stdin.close().catch(() => {});
      await child.status;
      throw new LinkUnavailableError(`The link's emulator did not start:\n${await complaint}`);
    }
    const link = new Link(child, answers, JSON.parse(first.value) as EmulatorReady);
    await link.set(settings);
    return link;
  }

  get settings(): LinkSettings {
    return this.#settings;
  }

  /** Where a side is reached from the other. */
  address(side: LinkSide): string {
    return ADDRESSES[side];
  }

  /** Changes the link, from now on, and says what it has carried before. */
  async set(settings: Partial<LinkSettings>): Promise<EmulatorReport> {
    this.#settings = { ...this.#settings, ...settings };
    const { delay, down, jitter, loss, outage, queue, udp, up } = this.#settings;
    const way = (megabits: number): WaySettings => ({
      rate: megabits * MEGABIT,
      delay,
      jitter,
      loss,
      queue,
      outage,
    });
    return await this.#ask({ down: way(down), up: way(up), udp });
  }

  /** What the link has carried since the last time that this was asked, or the link changed. */
  async report(): Promise<EmulatorReport> {
    return await this.#ask({});
  }

  /** A command, its program and arguments, that is to run on a side. It keeps its process number. */
  command(side: LinkSide, command: readonly string[]): string[] {
    return ["nsenter", `--net=${this.#namespaces[side]}`, ...command];
  }

  /**
   * Moves this program to a side: sockets that it opens, and programs that it starts from now on, until
   * what this returns is disposed.
   */
  async enter(side: LinkSide): Promise<Disposable> {
    const { closeFile, enterNetwork, openFile } = await import("./link_syscalls.ts");
    const before = openFile("/proc/thread-self/ns/net");
    const namespace = openFile(this.#namespaces[side]);
    enterNetwork(namespace);
    closeFile(namespace);
    const outer = home;
    home ??= `/proc/${this.#child.pid}/ns/net`;
    return {
      [Symbol.dispose]() {
        home = outer;
        enterNetwork(before);
        closeFile(before);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#asked.catch(() => {});
    await this.#orders.close().catch(() => {});
    await this.#answers.return?.();
    await this.#child.status;
  }

  async #ask(order: EmulatorOrder): Promise<EmulatorReport> {
    const answer = this.#asked.then(async () => {
      await this.#orders.write(new TextEncoder().encode(JSON.stringify(order) + "\n"));
      const { done, value } = await this.#answers.next();
      if (done) throw new LinkUnavailableError("The link's emulator has ended.");
      return JSON.parse(value) as EmulatorReport;
    });
    this.#asked = answer.catch(() => {});
    return await answer;
  }
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    const whole = text.split("\n");
    text = whole.pop() ?? "";
    yield* whole;
  }
}
