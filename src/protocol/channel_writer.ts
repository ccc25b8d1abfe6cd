/**
 * Writes to a channel at its pace: words that cannot wait long, and pieces that are made when there is
 * room for them.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import { ProtocolError, QueueFullError } from "./errors.ts";

/** Words that wait because the other end does not read. */
const MOST_WAITING = 1024;

export class ChannelWriter {
  readonly #channel: Channel;
  #words: Uint8Array[] = [];
  #pieces: { octets: Uint8Array; sent: () => void }[] = [];

  /** @param channel Whose `ondrain` is taken. */
  constructor(channel: Channel) {
    this.#channel = channel;
    channel.ondrain = () => this.#pump();
  }

  /**
   * Says something as soon as there is room.
   *
   * @throws {ProtocolError} if too much waits: the other end asks for more than it reads.
   */
  say(octets: Uint8Array): void {
    if (this.#words.length >= MOST_WAITING) {
      throw new ProtocolError("The other side asks for more than it reads");
    }
    this.#words.push(octets);
    this.#pump();
  }

  /** Sends a piece after all that is to be said. @returns Resolves when there is room for the next. */
  write(octets: Uint8Array): Promise<void> {
    return new Promise((sent) => {
      this.#pieces.push({ octets, sent });
      this.#pump();
    });
  }

  /** Gives up what waits; nobody is left waiting for it. */
  clear(): void {
    this.#words = [];
    for (const { sent } of this.#pieces.splice(0)) sent();
  }

  #pump(): void {
    try {
      for (let word = this.#words[0]; word !== undefined; word = this.#words[0]) {
        this.#channel.send(word);
        this.#words.shift();
      }
      for (let piece = this.#pieces[0]; piece !== undefined; piece = this.#pieces[0]) {
        this.#channel.send(piece.octets);
        this.#pieces.shift();
        piece.sent();
      }
    } catch (error) {
      // ondrain comes here again.
      if (!(error instanceof QueueFullError)) throw error;
    }
  }
}
