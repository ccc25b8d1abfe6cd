/** Where the pointer is, for those who do not move it themselves. */
import type { DisplayConnection, Extension } from "./connection.ts";
import { DisplayClosedError, ExtensionMissingError } from "./errors.ts";

/** The server is asked at most this often, in milliseconds: as often as a screen shows something new. */
const MOST_OFTEN = 16;
/** Programs that put the pointer somewhere make no motion of a device: so it is asked now and then. */
const NOW_AND_THEN = 250;
/** The same, for servers that tell of no motion at all. */
const WITHOUT_EVENTS = 33;

interface QueryPointerReply {
  rootX: number;
  rootY: number;
}

/**
 * Tells where the pointer is, while somebody wants to know. Whatever moves it counts: XTEST, a mouse at
 * the screen, a program.
 */
export class PointerWatcher implements Disposable {
  readonly #connection: DisplayConnection;
  /** XInput 2, where the server has it. */
  readonly #input: Extension | undefined;
  readonly #onpointer: (x: number, y: number) => void;
  readonly #stop: () => void;
  #watching = false;
  #position: { readonly x: number; readonly y: number } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #askedAt = -Infinity;
  #asking = false;
  /** Whether something has moved the pointer since the server was asked last. */
  #moved = false;

  private constructor(
    connection: DisplayConnection,
    input: Extension | undefined,
    onpointer: (x: number, y: number) => void,
  ) {
    this.#connection = connection;
    this.#input = input;
    this.#onpointer = onpointer;
    this.#stop = connection.on("XIRawMotion", () => {
      this.#moved = true;
      this.#soon(MOST_OFTEN);
    });
  }

  /** Watches nothing yet. */
  static async open(
    connection: DisplayConnection,
    { onpointer }: { onpointer: (x: number, y: number) => void },
  ): Promise<PointerWatcher> {
    const input = await connection.extension("xinput", "XInputExtension").catch((error) => {
      if (error instanceof ExtensionMissingError) return undefined;
      throw error;
    });
    return new PointerWatcher(connection, input?.xi2 ? input : undefined, onpointer);
  }

  /** Where the pointer was seen last; undefined while nothing is watched. */
  get position(): { readonly x: number; readonly y: number } | undefined {
    return this.#position;
  }

  /** Whether it tells where the pointer is: at once, and whenever it is elsewhere. */
  get watching(): boolean {
    return this.#watching;
  }

  set watching(watching: boolean) {
    if (watching === this.#watching) return;
    this.#watching = watching;
    if (!this.#connection.open) return;
    this.#select();
    if (watching) {
      this.#ask();
    } else {
      this.#position = undefined;
      this.#rest();
    }
  }

  #select(): void {
    const input = this.#input;
    if (input === undefined) return;
    // Raw events come whoever has grabbed the pointer (XI 2.1), and of every window.
    input.XISelectEvents(this.#connection.root, {
      deviceId: input.AllMasterDevices,
      mask: this.#watching ? input.EventMask.RawMotion : 0,
    });
    this.#connection.flush();
  }

  /** Asks when so many milliseconds have passed since it did last, or sooner if that was planned. */
  #soon(interval: number): void {
    const due = this.#askedAt + interval;
    if (!this.#watching || this.#asking || this.#due <= due) return;
    this.#rest();
    const wait = due - performance.now();
    if (wait <= 0) return void this.#ask();
    this.#due = due;
    this.#timer = setTimeout(() => this.#ask(), wait);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Infinity;
  }

  async #ask(): Promise<void> {
    this.#rest();
    if (this.#asking) return;
    this.#asking = true;
    this.#moved = false;
    this.#askedAt = performance.now();
    try {
      const reply = this.#connection.request<QueryPointerReply>((client, done) =>
        client.QueryPointer(this.#connection.root, done)
      );
      this.#connection.flush();
      const { rootX, rootY } = await reply;
      this.#asking = false;
      if (!this.#watching) return;
      const elsewhere = rootX !== this.#position?.x || rootY !== this.#position.y;
      this.#position = { x: rootX, y: rootY };
      if (elsewhere) this.#onpointer(rootX, rootY);
      if (this.#moved) this.#soon(MOST_OFTEN);
      this.#soon(this.#input === undefined ? WITHOUT_EVENTS : NOW_AND_THEN);
    } catch (error) {
      this.#asking = false;
      if (!(error instanceof DisplayClosedError)) throw error;
    }
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.watching = false;
    this.#rest();
    this.#stop();
  }
}
