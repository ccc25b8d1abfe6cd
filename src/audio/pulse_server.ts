/** A PulseAudio of our own: one sink that plays to nobody, and a socket for this session's programs. */
import { getLogger } from "@logtape/logtape";
import { SoundServerNotFoundError, SoundServerStartError } from "./errors.ts";
import type { HostedProcess, ProcessHost } from "./process_host.ts";

const log = getLogger(["skerry", "audio"]);

const PROGRAM = "pulseaudio";
/** How long it gets until it takes connections, in milliseconds: slow on NFS and loaded hosts. */
const START_LIMIT_MS = 15_000;
const POLL_MS = 20;

/**
 * Mixing for a desktop that is heard far away: no device to be polite to, Opus's own rate. Sound is too
 * little to need shared memory, of which containers have little.
 */
const DAEMON_CONFIGURATION = `
daemonize = no
fail = no
high-priority = no
realtime-scheduling = no
exit-idle-time = -1
use-pid-file = no
flat-volumes = no
default-sample-rate = 48000
enable-shm = no
default-sample-channels = 2
`;

/** A running sound server. */
export class PulseServer implements AsyncDisposable {
  readonly #process: HostedProcess;

  private constructor(host: ProcessHost, process: HostedProcess) {
    this.#process = process;
    this.environment = pulseEnvironment(host);
    this.ended = process.ended;
  }

  /** Where programs find it, and the key to it. */
  readonly environment: PulseEnvironment;
  /** Resolves with its exit code. */
  readonly ended: Promise<number>;

  /**
   * Starts it, on the same socket and with the same cookie each time, so that programs which outlive a
   * crash of the server find the next one.
   *
   * @throws {SoundServerNotFoundError} if PulseAudio is not installed.
   * @throws {SoundServerStartError} if it does not start.
   */
  static async start(host: ProcessHost, signal?: AbortSignal): Promise<PulseServer> {
    signal?.throwIfAborted();
    const path = host.find(PROGRAM);
    if (path === undefined) throw new SoundServerNotFoundError([PROGRAM]);
    const { directory } = host;
    await Deno.writeTextFile(`${directory}/daemon.conf`, DAEMON_CONFIGURATION, { mode: 0o600 });
    await Deno.writeTextFile(`${directory}/sound.pa`, startScript(directory), { mode: 0o600 });
    // What a killed server leaves behind looks like a server.
    await Deno.remove(socketPath(directory)).catch(() => {});
    const process = host.start(path, ["-n", "-F", `${directory}/sound.pa`], {
      PULSE_CONFIG: `${directory}/daemon.conf`,
      PULSE_RUNTIME_PATH: directory,
      PULSE_STATE_PATH: directory,
      // It would announce itself on the user's bus, where another may be at home.
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/dev/null",
    });
    try {
      await listening(process, socketPath(directory), signal);
    } catch (error) {
      await process.stop();
      throw error;
    }
    log.debug("A sound server listens at {path}", { path: socketPath(directory) });
    return new PulseServer(host, process);
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}

/** Variables of PulseAudio's client library (pulseaudio(1), "ENVIRONMENT VARIABLES"). */
export type PulseEnvironment = Readonly<Record<"PULSE_SERVER" | "PULSE_COOKIE", string>>;

/** What programs need to find a server that was or will be started by this host. */
export function pulseEnvironment({ directory }: ProcessHost): PulseEnvironment {
  return {
    PULSE_SERVER: `unix:${socketPath(directory)}`,
    PULSE_COOKIE: cookiePath(directory),
  };
}

function socketPath(directory: string): string {
  return `${directory}/pulse`;
}

function cookiePath(directory: string): string {
  return `${directory}/pulse-cookie`;
}

/**
 * Without rewinds the sink renders at most 50 ms ahead; with them it is 2 s, and whoever starts to
 * listen hears nothing for as long. PulseAudio before 15 does not know the argument. The spare sink
 * comes up whenever there is none.
 */
function startScript(directory: string): string {
  const description = "sink_properties=device.description=Skerry";
  const spec = "format=s16le rate=48000 channels=2";
  return [
    ".fail",
    `load-module module-native-protocol-unix socket="${socketPath(directory)}" ` +
    `auth-cookie="${cookiePath(directory)}" auth-cookie-enabled=1`,
    ".nofail",
    `load-module module-null-sink sink_name=skerry ${spec} norewinds=1 ${description}`,
    "load-module module-always-sink sink_name=skerry_spare",
    "",
  ].join("\n");
}

/** Waits until somebody answers at the socket. */
async function listening(
  process: HostedProcess,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let code: number | undefined;
  process.ended.then((ended) => code = ended);
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    signal?.throwIfAborted();
    try {
      (await Deno.connect({ transport: "unix", path })).close();
      return;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
    }
    if (code !== undefined) {
      throw new SoundServerStartError(`ended with code ${code} at once`, process.lastLines);
    }
    if (performance.now() > deadline) {
      throw new SoundServerStartError(
        `takes no connections within ${START_LIMIT_MS} ms`,
        process.lastLines,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
