/**
 * What an on-screen keyboard does to a text, told as keys: it gives the page no keys of its own, but
 * completes, corrects and deletes words in the field that it believes to type into.
 *
 * @module
 */

/** Found before what is typed, so that there is something to delete; keyboards take it for no word. */
const FILLER = "_".repeat(32);

/** More than any keyboard looks back; in UTF-16 units. */
const MOST = 1000;

/** Scripts whose input methods make text of other text, which must not be sent before it is done. */
const COMPOSED =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Bopomofo}/u;

/** Deletes so many characters and types others. */
export interface TextChange {
  readonly erase: number;
  readonly insert: string;
}

export class TypedText {
  #text = FILLER;

  /** What the field must hold; set it whenever this has changed by {@link restart}. */
  get text(): string {
    return this.#text;
  }

  /** What is typed next has nothing to do with what was typed before. */
  restart(): void {
    this.#text = FILLER;
  }

  /** Whether deleting would soon come to an end, or the field has become long. */
  get worn(): boolean {
    return this.#text.length < FILLER.length / 2 || this.#text.length > MOST;
  }

  /**
   * @param now What the field holds.
   * @returns The way there from what it held before, in characters as people count them on X: one for
   * each code point.
   */
  change(now: string): TextChange {
    const before = [...this.#text];
    const after = [...now];
    this.#text = now;
    let same = 0;
    while (same < before.length && before[same] === after[same]) same++;
    return { erase: before.length - same, insert: after.slice(same).join("") };
  }
}

/** Whether a text is still being made into another by an input method. */
export function isUnfinished(composed: string): boolean {
  return COMPOSED.test(composed);
}
