/**
 * The calls of Linux's C library that an emulated link is made of: network namespaces, TUN devices and
 * an exact sleep. Only for the thread that calls them: namespaces belong to threads.
 *
 * Sources: unshare(2), setns(2), ppoll(2), netdevice(7), sched_setscheduler(2), and the kernel's
 * Documentation/networking/tuntap.rst.
 *
 * @module
 */

const libc = Deno.dlopen("libc.so.6", {
  // int open (const char *path, int flags, ...)
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // int close (int fd)
  close: { parameters: ["i32"], result: "i32" },
  // ssize_t read (int fd, void *buf, size_t count)
  read: { parameters: ["i32", "usize", "usize"], result: "isize" },
  // ssize_t write (int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "usize", "usize"], result: "isize" },
  // int ioctl (int fd, unsigned long request, ...)
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  // int socket (int domain, int type, int protocol)
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int unshare (int flags)
  unshare: { parameters: ["i32"], result: "i32" },
  // int setns (int fd, int nstype)
  setns: { parameters: ["i32", "i32"], result: "i32" },
  // int ppoll (struct pollfd *fds, nfds_t nfds, const struct timespec *timeout, const sigset_t *mask)
  ppoll: { parameters: ["buffer", "u64", "buffer", "pointer"], result: "i32" },
  // int sched_setscheduler (pid_t pid, int policy, const struct sched_param *param)
  sched_setscheduler: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  // int *__errno_location (void): the calling thread's
  __errno_location: { parameters: [], result: "pointer" },
}).symbols;

const CLONE_NEWNET = 0x4000_0000;
const O_RDWR = 2, O_NONBLOCK = 0o4000, O_CLOEXEC = 0o2_000_000;
const AF_INET = 2, SOCK_DGRAM = 2;
const TUNSETIFF = 0x4004_54can, IFF_TUN = 0x0001, IFF_NO_PI = 0x1000;
const SIOCSIFFLAGS = 0x8914n, SIOCSIFADDR = 0x8916n, SIOCSIFNETMASK = 0x891cn;
const SIOCSIFMTU = 0x8922n, SIOCSIFTXQLEN = 0x8943n;
const IFF_UP = 0x1, IFF_RUNNING = 0x40;
const SCHED_FIFO = 1;

/** The kernel refused a call. */
export class SystemCallError extends Error {
  override name = "SystemCallError";
}

function check(result: number | bigint, what: string): number {
  if (Number(result) >= 0) return Number(result);
  const errno = new Deno.UnsafePointerView(libc.__errno_location()!).getInt32();
  throw new SystemCallError(`${what} failed with errno ${errno}.`);
}

/** @returns a file descriptor. @throws {SystemCallError} */
export function openFile(path: string, nonblocking = false): number {
  const name = new TextEncoder().encode(`${path}\0`.padEnd(128, "\0"));
  const flags = O_CLOEXEC | (nonblocking ? O_RDWR | O_NONBLOCK : 0);
  return check(libc.open(name, flags), `Opening "${path}"`);
}

export function closeFile(fd: number): void {
  libc.close(fd);
}

/** @returns octets read; 0 at the end; negative if there is nothing now. */
export function readInto(fd: number, address: bigint, length: number): number {
  return Number(libc.read(fd, address, BigInt(length)));
}

/** @returns octets written; negative if it was refused. */
export function writeFrom(fd: number, address: bigint, length: number): number {
  return Number(libc.write(fd, address, BigInt(length)));
}

/** Where the octets of an array lie; it has to be larger than 64 of them, or they move. */
export function addressOf(octets: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(octets));
}

/** Moves this thread into a namespace of its own. @returns a descriptor of it. @throws {SystemCallError} */
export function newNetwork(): number {
  check(libc.unshare(CLONE_NEWNET), "Making a network namespace (it needs CAP_SYS_ADMIN)");
  return openFile("/proc/thread-self/ns/net");
}

/** Moves this thread into a namespace. @throws {SystemCallError} */
export function enterNetwork(fd: number): void {
  check(libc.setns(fd, CLONE_NEWNET), "Entering a network namespace");
}

/** A `struct ifreq`, 40 octets; longer, so that it stays where it is. */
function interfaceRequest(name: string): { octets: Uint8Array<ArrayBuffer>; view: DataView } {
  const octets = new Uint8Array(128);
  new TextEncoder().encodeInto(name, octets.subarray(0, 15));
  return { octets, view: new DataView(octets.buffer) };
}

/** Makes a TUN device in this thread's namespace. @returns its descriptor. @throws {SystemCallError} */
export function openTun(name: string): number {
  const fd = openFile("/dev/net/tun", true);
  const { octets, view } = interfaceRequest(name);
  view.setInt16(16, IFF_TUN | IFF_NO_PI, true);
  check(libc.ioctl(fd, TUNSETIFF, octets), `Making the TUN device "${name}"`);
  return fd;
}

/** Where a device is in the network. */
export interface InterfaceSettings {
  readonly address: string;
  readonly netmask: string;
  /** Octets of the largest packet. */
  readonly mtu: number;
}

/**
 * Sets a device of this thread's namespace up; without settings as the kernel has it, which for the
 * loopback device is 127.0.0.1.
 *
 * @throws {SystemCallError}
 */
export function setUp(name: string, settings?: InterfaceSettings): void {
  const socket = check(libc.socket(AF_INET, SOCK_DGRAM, 0), "Opening a socket");
  const ask = (request: bigint, what: string, fill: (view: DataView) => void) => {
    const { octets, view } = interfaceRequest(name);
    fill(view);
    check(libc.ioctl(socket, request, octets), `Setting the ${what} of "${name}"`);
  };
  const address = (text: string) => (view: DataView) => {
    view.setUint16(16, AF_INET, true);
    text.split(".").forEach((part, i) => view.setUint8(20 + i, Number(part)));
  };
  try {
    if (settings) {
      ask(SIOCSIFADDR, "address", address(settings.address));
      ask(SIOCSIFNETMASK, "netmask", address(settings.netmask));
      ask(SIOCSIFMTU, "MTU", (view) => view.setInt32(16, settings.mtu, true));
      ask(SIOCSIFTXQLEN, "queue", (view) => view.setInt32(16, 1000, true));
    }
    ask(SIOCSIFFLAGS, "flags", (view) => view.setInt16(16, IFF_UP | IFF_RUNNING, true));
  } finally {
    closeFile(socket);
  }
}

/** Lets this thread run before all ordinary ones. @returns whether the kernel allows it. */
export function runFirst(): boolean {
  const priority = new Uint8Array(128);
  priority[0] = 10;
  return libc.sched_setscheduler(0, SCHED_FIFO, priority) === 0;
}

/** Sleeps until one of a few descriptors can be read, or a time is over. */
export class Sleeper {
  readonly #fds: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #count: bigint;
  readonly #timeout = new BigInt64Array(16);

  constructor(fds: readonly number[]) {
    this.#fds = new Uint8Array(Math.max(128, fds.length * 8));
    this.#view = new DataView(this.#fds.buffer);
    this.#count = BigInt(fds.length);
    const POLLIN = 1;
    fds.forEach((fd, i) => {
      this.#view.setInt32(i * 8, fd, true);
      this.#view.setInt16(i * 8 + 4, POLLIN, true);
    });
  }

  /** @param ms may be Infinity */
  sleep(ms: number): void {
    const nanoseconds = Math.max(0, Math.min(ms, 1000)) * 1e6;
    this.#timeout[0] = nanoseconds >= 1e9 ? 1n : 0n;
    this.#timeout[1] = nanoseconds >= 1e9 ? 0n : BigInt(Math.floor(nanoseconds));
    libc.ppoll(this.#fds, this.#count, this.#timeout, null);
  }

  /** Whether the descriptor at a place of the list had something, or had ended. */
  ready(index: number): boolean {
    return this.#view.getInt16(index * 8 + 6, true) !== 0;
  }
}
