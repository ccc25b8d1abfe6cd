/**
 * Keeps sound from running ahead of a picture that is late, by letting it wait. The picture never waits
 * for the sound.
 *
 * @module
 */

/** Sound may be ahead by so much before it waits; people notice 45 (ITU-R BT.1359-1). In ms. */
const TOLERANCE = 15;
/** The most that it waits; a picture later than that is not watched for its sound. */
const MOST = 300;
/** The share of the difference that is made up at each look. */
const GAIN = 0.25;

export class LipSync {
  #extra = 0;

  /** How much longer than the network asks for sound is to wait, in ms. */
  get extra(): number {
    return this.#extra;
  }

  /**
   * Takes a look, a few times a second.
   *
   * @param sound How old sound is when it is heard, in ms.
   * @param picture How old the picture is when it is seen; undefined while nothing moves.
   */
  update(sound: number, picture: number | undefined): number {
    const ahead = picture === undefined ? 0 : picture - sound;
    if (ahead > TOLERANCE) this.#extra += (ahead - TOLERANCE) * GAIN;
    else if (picture === undefined || ahead < 0) {
      // What is waited for in vain is given back, slowly.
      this.#extra -= (picture === undefined ? TOLERANCE : -ahead) * GAIN;
    }
    return this.#extra = Math.min(Math.max(this.#extra, 0), MOST);
  }
}
