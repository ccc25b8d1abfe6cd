/**
 * A root folder with nothing in it but busybox, a user's home, and the kernel's `/proc` and `/dev`: what
 * runs there brings everything else along.
 *
 * @module
 */

/** What the only user of the root has, as the kernel sees it. */
const UID = 1000;

const MOUNT_AND_ENTER = `
mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" || exit 125
root=$1
shift
exec chroot --userspec=${UID}:${UID} "$root" "$@"
`;

export interface EnterOptions {
  /** More variables than PATH and HOME; undefined takes one of those away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What to do to the root before it is entered, as root: `$1` is its folder. */
  readonly prepare?: string;
}

export class BusyboxRoot implements AsyncDisposable {
  /** The user's home in the root. */
  static readonly HOME = "/home/user";

  private constructor(readonly folder: string, readonly temporary = true) {}

  /** A root that is there already, another distribution's, say; it is not removed. */
  static at(folder: string): BusyboxRoot {
    Deno.mkdirSync(`${folder}${BusyboxRoot.HOME}`, { recursive: true });
    Deno.chownSync(`${folder}${BusyboxRoot.HOME}`, UID, UID);
    return new BusyboxRoot(folder, false);
  }

  /** @throws {Deno.errors.NotFound} if busybox is not installed. */
  static async make(): Promise<BusyboxRoot> {
    const root = new BusyboxRoot(await Deno.makeTempDir({ prefix: "skerry-root-" }));
    try {
      await Deno.chmod(root.folder, 0o755);
      for (const name of ["bin", "proc", "dev", "tmp", "home", "home/user"]) {
        await Deno.mkdir(`${root.folder}/${name}`);
      }
      await Deno.chmod(`${root.folder}/tmp`, 0o1777);
      await Deno.chown(`${root.folder}/home/user`, UID, UID);
      await root.put("/bin/busybox", "/bin/busybox");
      const { success } = await new Deno.Command("chroot", {
        args: [root.folder, "/bin/busybox", "--install", "-s", "/bin"],
        clearEnv: true,
      }).output();
      if (!success) throw new Error("busybox does not install its commands; is it the static one?");
      return root;
    } catch (error) {
      await root[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Copies a program into the root. */
  async put(source: string, target: string): Promise<void> {
    await Deno.copyFile(source, `${this.folder}${target}`);
    await Deno.chmod(`${this.folder}${target}`, 0o755);
  }

  /** The path from outside of something in the user's home. */
  home(path = ""): string {
    return `${this.folder}${BusyboxRoot.HOME}/${path}`;
  }

  /** The program and its first arguments that run a command in the root, as the user. */
  enter(command: readonly string[], { env = {}, prepare = "" }: EnterOptions = {}): string[] {
    const variables = { PATH: "/bin", HOME: BusyboxRoot.HOME, ...env };
    const set = Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`]
    );
    return [
      ...["unshare", "--mount", "--propagation", "private", "sh", "-c"],
      prepare + MOUNT_AND_ENTER,
      ...["busybox-root", this.folder, "env", "-i", ...set],
      ...command,
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.temporary) await Deno.remove(this.folder, { recursive: true });
  }
}
