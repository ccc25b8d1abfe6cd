/**
 * Other users of this machine, by numbers that nobody has, who run this project's programs.
 *
 * @module
 */
import { canUnshare } from "./namespaces.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Gives a user what root's home keeps from him, in a view of the file system of his own. */
const ENTER = `
base=$1 uid=$2
shift 2
while [ "$1" != -- ]; do
  mount --bind "$1" "$base/$2" || exit 125
  shift 2
done
shift
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs "$@"
`;

/** Whether there can be any: it takes root. */
export function canBeOthers(): boolean {
  return Deno.uid() === 0 && canUnshare();
}

/** A folder for users' homes, and for what they run. */
export class OtherUsers implements AsyncDisposable {
  readonly #binds: readonly [string, string][];
  #next: number;

  private constructor(readonly folder: string, binds: readonly [string, string][]) {
    this.#binds = binds;
    // Numbers that distributions give to nobody. Two runs of the tests at a time are not to meet.
    this.#next = 70_000 + Deno.pid % 1000 * 5;
  }

  static async create(): Promise<OtherUsers> {
    const folder = await Deno.makeTempDir({
      // Not in what is searched for files of the sessions.
      dir: "/var/tmp",
      prefix: "skerry-test-users-",
    });
    await Deno.chmod(folder, 0o755);
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] })
      .output();
    const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
    const program = Deno.execPath().replace(/\/[^/]+$/, "");
    const binds: [string, string][] = [[program, "program"], [denoDir, "cache"], [ROOT, "project"]];
    for (const [, name] of binds) await Deno.mkdir(`${folder}/${name}`);
    // Only root may make it (Xtrans).
    await Deno.mkdir("/tmp/.X11-unix", { mode: 0o1777 }).then(
      () => Deno.chmod("/tmp/.X11-unix", 0o1777),
      () => {},
    );
    return new OtherUsers(folder, binds);
  }

  /** A user with a home that others can look into, as on many a login node. */
  async add(): Promise<OtherUser> {
    const uid = this.#next++;
    const home = `${this.folder}/${uid}`;
    const runtime = `${home}/run`;
    for (const path of [home, runtime]) {
      await Deno.mkdir(path);
      await Deno.chown(path, uid, uid);
    }
    await Deno.chmod(runtime, 0o700);
    return { uid, home, runtime, enter: (command) => this.#enter(uid, command) };
  }

  #enter(uid: number, command: readonly string[]): string[] {
    const binds = this.#binds.flat();
    const inside = command.map((part) =>
      part === Deno.execPath() ? `${this.folder}/program/deno` : this.#seen(part)
    );
    return [
      ...["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "other-user"],
      ...[this.folder, `${uid}`, ...binds, "--"],
      ...[
        "env",
        `HOME=${this.folder}/${uid}`,
        `DENO_DIR=${this.folder}/cache`,
        "DENO_NO_UPDATE_CHECK=1",
      ],
      ...inside,
    ];
  }

  #seen(path: string): string {
    return path.startsWith(ROOT) ? `${this.folder}/project/${path.slice(ROOT.length)}` : path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

export interface OtherUser {
  readonly uid: number;
  readonly home: string;
  /** For XDG_RUNTIME_DIR. */
  readonly runtime: string;
  /** What runs a command as this user; paths of Deno and of the project become those that he sees. */
  enter(command: readonly string[]): string[];
}
