/**
 * What a server holds of the system while it shows a screen, to see whether resizing leaves any behind.
 *
 * @module
 */
import type { RemoteDesktop } from "./remote_desktop.ts";

export interface HeldResources {
  /** RANDR modes of the X server. */
  readonly modes: number;
  /** Segments of shared memory that the process is attached to. */
  readonly segments: number;
  /** Open files, sockets included. */
  readonly files: number;
  readonly threads: number;
  /** Resident memory, in MB. */
  readonly memory: number;
}

/** @param pid Of the server, whose display is the remote one. */
export async function heldResources(pid: number, remote: RemoteDesktop): Promise<HeldResources> {
  const { connection } = remote;
  const randr = await connection.extension("randr", "RANDR");
  const { modeinfos } = await connection.request<{ modeinfos: unknown[] }>((_client, done) =>
    randr.GetScreenResourcesCurrent(connection.root, done)
  );
  const maps = await Deno.readTextFile(`/proc/${pid}/maps`);
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const number = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1]);
  return {
    modes: modeinfos.length,
    segments: [...maps.matchAll(/\/SYSV/g)].length,
    files: [...Deno.readDirSync(`/proc/${pid}/fd`)].length,
    threads: number("Threads"),
    memory: Math.round(number("VmRSS") / 1024),
  };
}
