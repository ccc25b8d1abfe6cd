/** The duty of a container's first process: to take note of the end of processes that lost their parent. */
import { getLogger } from "@logtape/logtape";
import { reapProcess } from "../../ffi/mod.ts";
import { childrenThatEnded, type ProcessId } from "./process_tree.ts";

const log = getLogger(["skerry", "display"]);

/**
 * Milliseconds until a child that has ended counts as nobody's. Deno takes note of those that it has
 * started itself as soon as it is told of their end, and no other may do it in its place.
 */
const PATIENCE = 1000;

/**
 * Reaps orphans, if this process is the one that they are given to (pid_namespaces(7)): the programs of a
 * desktop leave many behind, and each holds a process number until somebody asks for its end.
 */
export class ZombieReaper implements Disposable {
  readonly #onchild = () => this.#schedule();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #seen: readonly ProcessId[] = [];

  private constructor() {
    Deno.addSignalListener("SIGCHLD", this.#onchild);
  }

  /** @returns undefined if this process is not the first of its namespace. */
  static startIfFirst(): ZombieReaper | undefined {
    return Deno.pid === 1 ? new ZombieReaper() : undefined;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, PATIENCE);
  }

  #look(): void {
    const ended = childrenThatEnded();
    const orphans = ended.filter((id) =>
      this.#seen.some(({ pid, start }) => pid === id.pid && start === id.start)
    );
    for (const { pid } of orphans) {
      if (reapProcess(pid)) log.debug("Took note of the end of process {pid}", { pid });
    }
    this.#seen = ended.filter((id) => !orphans.includes(id));
    if (this.#seen.length > 0) this.#schedule();
  }

  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGCHLD", this.#onchild);
    clearTimeout(this.#timer);
  }
}
