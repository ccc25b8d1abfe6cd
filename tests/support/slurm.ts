/**
 * A Slurm of one node on this machine, as Debian's packages have it.
 *
 * @module
 */
import { RigProcess } from "./rig_process.ts";
import { until } from "./until.ts";

/** Whether it can be had: its daemons are root's. */
export function canRunSlurm(): boolean {
  return Deno.uid() === 0;
}

export class Slurm implements AsyncDisposable {
  /** For `sbatch` and its like. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #resources: AsyncDisposableStack;

  private constructor(readonly folder: string, resources: AsyncDisposableStack) {
    this.environment = { SLURM_CONF: `${folder}/slurm.conf` };
    this.#resources = resources;
  }

  /** Starts Munge, the controller and the node's daemon, and waits until the node takes jobs. */
  static async start(): Promise<Slurm> {
    await using resources = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "skerry-slurm-" });
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    await Deno.chmod(folder, 0o755);
    for (const name of ["munge", "munge-private", "state", "spool"]) {
      await Deno.mkdir(`${folder}/${name}`);
    }
    await Deno.chmod(`${folder}/munge-private`, 0o700);
    const key = crypto.getRandomValues(new Uint8Array(1024));
    await Deno.writeFile(`${folder}/munge-private/key`, key, { mode: 0o400 });
    await Deno.writeTextFile(`${folder}/slurm.conf`, configuration(folder));
    const secret = ["key-file=key", "pid-file=pid", "log-file=log", "seed-file=seed"].map((
      option,
    ) => `--${option.replace("=", `=${folder}/munge-private/`)}`);
    const slurm = new Slurm(folder, resources);
    const daemons = [
      ["munged", "--foreground", `--socket=${folder}/munge/socket`, ...secret],
      ["slurmctld", "-D"],
      ["slurmd", "-D"],
    ];
    for (const command of daemons) {
      resources.use(RigProcess.start(command, { env: slurm.environment }));
      if (command[0] === "munged") {
        await until("munged listens", () => exists(`${folder}/munge/socket`));
      }
    }
    await until("the node takes jobs", async () => {
      try {
        return /\bidle\b/.test(await slurm.run(["sinfo", "--noheader"]));
      } catch {
        return false; // The controller is not there yet.
      }
    });
    return new Slurm(folder, resources.move());
  }

  /** Runs one of Slurm's commands. @throws an Error with what it said. */
  async run(
    [program, ...args]: readonly string[],
    options: { cwd?: string; env?: Record<string, string> } = {},
  ): Promise<string> {
    const { success, stderr, stdout } = await new Deno.Command(program!, {
      ...options,
      args,
      env: { ...this.environment, ...options.env },
      stdin: "null",
    }).output();
    if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

function configuration(folder: string): string {
  const host = Deno.hostname();
  const [controller, node] = [freePort(), freePort()];
  return `
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge/socket
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${navigator.hardwareConcurrency} State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES State=UP
`;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
