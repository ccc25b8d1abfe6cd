/**
 * The TCP connections of this process, by /proc (proc(5)): Deno's server shows none before its first
 * request.
 *
 * @module
 */

/** A connection that was accepted. */
export interface TcpConnection {
  /** The peer's address and port, as {@link peerKey} writes them. */
  readonly peer: string;
  /** Names the socket, also among the descriptors. */
  readonly inode: string;
}

/** The states "ESTABLISHED" and "CLOSE_WAIT" in /proc/net/tcp. */
const OPEN = ["01", "08"];

/** @returns The connections of this machine whose own port is this one. */
export function connectionsOf(port: number): TcpConnection[] {
  const own = port.toString(16).toUpperCase().padStart(4, "0");
  return ["tcp", "tcp6"].flatMap((table) => {
    let text = "";
    try {
      text = Deno.readTextFileSync(`/proc/self/net/${table}`);
    } catch {
      // A kernel without IPv6.
    }
    return parseTable(text, own);
  });
}

/** @param own The port in four hexadecimal digits. */
export function parseTable(text: string, own: string): TcpConnection[] {
  const connections: TcpConnection[] = [];
  for (const line of text.split("\n").slice(1)) {
    const [, local = "", remote = "", state = "", , , , , , inode = "0"] = line.trim().split(/\s+/);
    if (!local.endsWith(`:${own}`) || !OPEN.includes(state) || inode === "0") continue;
    const [address = "", port = ""] = remote.split(":");
    connections.push({ peer: peerKey(addressOf(address), parseInt(port, 16)), inode });
  }
  return connections;
}

/** Addresses that stand for the same host are written alike. */
export function peerKey(address: string, port: number): string {
  const [plain = ""] = address.split("%");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  const written = mapped ??
    (plain.includes(":") ? URL.parse(`http://[${plain}]`)?.hostname : plain);
  return `${written ?? plain} ${port}`;
}

/** Words of 32 bits, each in this machine's order of octets, which is the little end first. */
function addressOf(digits: string): string {
  const octets = (digits.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((octet) => parseInt(octet, 16))
  );
  if (octets.length === 4) return octets.join(".");
  const isMapped = octets.slice(0, 10).every((octet) => octet === 0) && octets[10] === 0xff &&
    octets[11] === 0xff;
  if (isMapped) return octets.slice(12).join(".");
  const groups = Array.from(
    { length: 8 },
    (_, index) => (octets[2 * index]! << 8 | octets[2 * index + 1]!).toString(16),
  );
  return groups.join(":");
}

/** @returns The descriptors of sockets, by their inodes. */
export function socketDescriptors(): Map<string, number> {
  const descriptors = new Map<string, number>();
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/self/fd/${name}`))?.[1];
      if (inode !== undefined) descriptors.set(inode, Number(name));
    } catch {
      // Closed meanwhile.
    }
  }
  return descriptors;
}
