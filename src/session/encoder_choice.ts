import { getLogger } from "@logtape/logtape";

const log = getLogger(["skerry", "session"]);

/**
 * Which of the working encoders to use: the best, until it has failed too often.
 *
 * An encoder that fails once may have met a passing fault (a GPU reset), and is opened again; one
 * that fails twice within {@link EncoderChoice.RELAPSE_MS} gives way to the next in the list.
 */
export class EncoderChoice<E extends { readonly name: string }> {
  static readonly RELAPSE_MS = 30_000;
  readonly #encoders: readonly E[];
  #index = 0;
  #failedAt = -Infinity;

  /** @throws {TypeError} if there is no encoder to choose from. */
  constructor(encoders: readonly E[]) {
    if (encoders.length === 0) throw new TypeError("There is no encoder to choose from");
    this.#encoders = encoders;
  }

  get current(): E {
    return this.#encoders[this.#index]!;
  }

  /**
   * The current encoder has failed at `now`, in milliseconds.
   *
   * @returns whether all have failed too often: it is the first one's turn again.
   */
  failed(now: number): boolean {
    const relapse = now - this.#failedAt < EncoderChoice.RELAPSE_MS;
    this.#failedAt = now;
    if (!relapse) return false;
    this.#next();
    return this.#index === 0;
  }

  /**
   * Opens the current encoder, or the first after it that can be opened.
   *
   * @throws what opening the last one threw, when none can be opened.
   */
  async open<T>(open: (encoder: E) => Promise<T>): Promise<T> {
    for (let tried = 1;; tried++) {
      try {
        return await open(this.current);
      } catch (error) {
        if (tried >= this.#encoders.length) throw error;
        log.warn("Encoder {name} cannot be opened: {error}", { name: this.current.name, error });
        this.#next();
      }
    }
  }

  #next(): void {
    this.#index = (this.#index + 1) % this.#encoders.length;
  }
}
