/**
 * The process behind an emulated link: two network namespaces with a TUN device each, and every packet
 * between them carried by hand. It ends when its standard input does, and with it all that there is of
 * the link. A process of its own that does nothing else: it is to be on time whatever a test does.
 *
 * Told by lines of JSON: `{"down": …, "up": …, "udp": …}` changes the link, `{}` only asks. Each is
 * answered by a line with what was carried since the last.
 *
 * @module
 */
import {
  addressOf,
  closeFile,
  enterNetwork,
  newNetwork,
  openFile,
  openTun,
  readInto,
  runFirst,
  setUp,
  Sleeper,
  writeFrom,
} from "./link_syscalls.ts";
import { LinkWay, type WaySettings, type WayStatistics } from "./link_way.ts";

/** What it is told. */
export interface EmulatorOrder {
  readonly down?: WaySettings;
  readonly up?: WaySettings;
  /** Whether UDP passes. */
  readonly udp?: boolean;
}

/** The first line that it writes. */
export interface EmulatorReady {
  /** Descriptors of its own that are the namespaces. */
  readonly namespaces: { readonly server: number; readonly client: number };
  /** Whether it runs before ordinary processes. */
  readonly realtime: boolean;
}

/** How late packets were handed over, beside what the link's delay says; in ms. */
export interface Lateness {
  readonly mean: number;
  readonly p99: number;
  readonly worst: number;
}

/** What it answers. */
export interface EmulatorReport {
  readonly down: WayStatistics;
  readonly up: WayStatistics;
  /** Datagrams kept back because UDP is blocked. */
  readonly blocked: number;
  readonly late: Lateness;
}

const SLOTS = 8192, SLOT_OCTETS = 2048;
const STDIN = 0;
const IPPROTO_UDP = 17;

/** Lateness is counted in steps of 0.05 ms, up to 50 ms. */
const STEP = 0.05, STEPS = 1000;

/** Counts how late packets are. */
class LatenessCounter {
  readonly #counts = new Uint32Array(STEPS);
  #count = 0;
  #sum = 0;
  #worst = 0;

  add(late: number): void {
    this.#counts[Math.min(STEPS - 1, Math.floor(late / STEP))]! += 1;
    this.#count++;
    this.#sum += late;
    this.#worst = Math.max(this.#worst, late);
  }

  take(): Lateness {
    let left = this.#count * 0.99, step = 0;
    while (step < STEPS - 1 && (left -= this.#counts[step]!) > 0) step++;
    const lateness = {
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      p99: this.#count === 0 ? 0 : (step + 1) * STEP,
      worst: this.#worst,
    };
    this.#counts.fill(0);
    this.#count = this.#sum = this.#worst = 0;
    return lateness;
  }
}

const FREE: WaySettings = { rate: 0, delay: 0, jitter: 0, loss: 0, queue: 1000 };

/** One direction: from a device, through a {@link LinkWay}, to the other device. */
class Carrier {
  readonly way = new LinkWay(FREE, SLOTS);
  blocked = 0;
  readonly #slab = new Uint8Array((SLOTS + 1) * SLOT_OCTETS);
  readonly #address = addressOf(this.#slab);
  readonly #from: number;
  readonly #to: number;

  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
  }

  /** Takes what the near device has, at most so many packets at a time. */
  receive(udp: boolean): void {
    for (let i = 0; i < 64; i++) {
      const at = this.way.freeSlot * SLOT_OCTETS;
      const length = readInto(this.#from, this.#address + BigInt(at), SLOT_OCTETS);
      if (length <= 0) return;
      if (this.#slab[at]! >> 4 !== 4) continue; // no IPv6: its chatter is nobody's traffic
      if (!udp && this.#slab[at + 9] === IPPROTO_UDP) this.blocked++;
      else this.way.put(length, performance.now());
    }
  }

  deliver(late: LatenessCounter): void {
    for (;;) {
      const now = performance.now();
      const packet = this.way.take(now);
      if (packet === undefined) return;
      writeFrom(this.#to, this.#address + BigInt(packet.slot * SLOT_OCTETS), packet.octets);
      late.add(now - packet.due);
    }
  }
}

const SETTINGS = "/proc/sys/net/ipv4";

/**
 * Makes a namespace and its device.
 *
 * @param congestionControl TCP's, such as "cubic"
 */
function makeSide(address: string, congestionControl: string): { namespace: number; tun: number } {
  const namespace = newNetwork();
  const set = (name: string, value: string) => Deno.writeTextFileSync(`${SETTINGS}/${name}`, value);
  // Addresses of 127/8 are to pass from one side to the other: see link.ts.
  for (const name of ["all", "default"]) set(`conf/${name}/route_localnet`, "1");
  set("tcp_congestion_control", congestionControl);
  setUp("lo");
  const tun = openTun("link0");
  setUp("link0", { address, netmask: "255.255.255.0", mtu: 1500 });
  return { namespace, tun };
}

/** Other namespaces than the first may only choose of a list that the first one has: adds to it. */
function allow(congestionControl: string): Disposable {
  const path = `${SETTINGS}/tcp_allowed_congestion_control`;
  const before = Deno.readTextFileSync(path).trim();
  if (before.split(" ").includes(congestionControl)) return { [Symbol.dispose]() {} };
  Deno.writeTextFileSync(path, `${before} ${congestionControl}`);
  return { [Symbol.dispose]: () => Deno.writeTextFileSync(path, before) };
}

/** Makes both sides. */
function makeSides(serverAddress: string, clientAddress: string, congestionControl: string) {
  const home = openFile("/proc/thread-self/ns/net");
  using _allowed = allow(congestionControl);
  const server = makeSide(serverAddress, congestionControl);
  const client = makeSide(clientAddress, congestionControl);
  enterNetwork(home);
  closeFile(home);
  return { server, client };
}

function answer(line: EmulatorReady | EmulatorReport): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(line) + "\n"));
}

/** Reads the lines of standard input. */
class Orders {
  readonly #octets = new Uint8Array(65_536);
  readonly #address = addressOf(this.#octets);
  readonly #decoder = new TextDecoder();
  #text = "";

  /** Call when there is something to read. @returns undefined at the end. */
  read(): EmulatorOrder[] | undefined {
    const length = readInto(STDIN, this.#address, this.#octets.length);
    if (length <= 0) return undefined;
    this.#text += this.#decoder.decode(this.#octets.subarray(0, length), { stream: true });
    const lines = this.#text.split("\n");
    this.#text = lines.pop() ?? "";
    return lines.map((line) => JSON.parse(line) as EmulatorOrder);
  }
}

function main(serverAddress: string, clientAddress: string, congestionControl: string): void {
  const { server, client } = makeSides(serverAddress, clientAddress, congestionControl);
  const down = new Carrier(server.tun, client.tun);
  const up = new Carrier(client.tun, server.tun);
  const late = new LatenessCounter(), orders = new Orders();
  let udp = true;
  answer({
    namespaces: { server: server.namespace, client: client.namespace },
    realtime: runFirst(),
  });
  const sleeper = new Sleeper([STDIN, server.tun, client.tun]);
  for (;;) {
    sleeper.sleep(Math.min(down.way.next, up.way.next) - performance.now());
    down.deliver(late);
    up.deliver(late);
    if (sleeper.ready(1)) down.receive(udp);
    if (sleeper.ready(2)) up.receive(udp);
    if (!sleeper.ready(0)) continue;
    const told = orders.read();
    if (told === undefined) return;
    for (const order of told) {
      if (order.down) down.way.set(order.down, performance.now());
      if (order.up) up.way.set(order.up, performance.now());
      udp = order.udp ?? udp;
      answer({
        down: down.way.statistics(),
        up: up.way.statistics(),
        blocked: down.blocked + up.blocked,
        late: late.take(),
      });
      down.blocked = up.blocked = 0;
    }
  }
}

const [serverAddress = "", clientAddress = "", congestionControl = ""] = Deno.args;
main(serverAddress, clientAddress, congestionControl);
