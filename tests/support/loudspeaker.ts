/**
 * A sound card for browsers under test: a sound server of its own, so that they play as they do for
 * people. Without any, Firefox never starts to play.
 *
 * @module
 */
import { PulseServer } from "../../src/audio/pulse_server.ts";
import { SoundHost } from "../../src/session/sound_host.ts";

export class Loudspeaker implements AsyncDisposable {
  /** What a browser needs to find it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #resources: AsyncDisposableStack;

  private constructor(resources: AsyncDisposableStack, environment: Record<string, string>) {
    this.#resources = resources;
    this.environment = environment;
  }

  static async start(): Promise<Loudspeaker> {
    await using resources = new AsyncDisposableStack();
    const host = resources.use(SoundHost.create());
    const server = resources.use(await PulseServer.start(host));
    return new Loudspeaker(resources.move(), { ...server.environment });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
