/**
 * What input methods and on-screen keyboards do to a field, where no driver of the browser has one: the
 * events come from a script, in the order in which Firefox has them. {@link playTextEvents} runs in the
 * page.
 *
 * @module
 */

export type TextStep =
  /** An input method shows this, by a key; the first one begins a composition. */
  | { readonly type: "compose"; readonly text: string }
  /** It is done: this stays. Nothing stays of one that is given up. */
  | { readonly type: "commit"; readonly text: string }
  /** An on-screen keyboard puts text in the place of so many characters before the caret. */
  | {
    readonly type: "edit";
    readonly inputType: "insertText" | "insertReplacementText" | "deleteContentBackward";
    readonly erase?: number;
    readonly text?: string;
  };

/** Plays steps on what has the keyboard. */
export async function playTextEvents(steps: readonly TextStep[]): Promise<void> {
  const field = document.activeElement as HTMLTextAreaElement;
  const page = globalThis as { composition?: { start: number; text: string } | undefined };
  /** @returns Whether the page leaves it to the browser. */
  const send = async (event: Event) => {
    const untouched = field.dispatchEvent(event);
    // As after each event of the browser's own, microtasks run, and more.
    await new Promise((resolve) => setTimeout(resolve));
    return untouched;
  };
  const common = { bubbles: true, composed: true };
  const key = (type: string, key: string, isComposing: boolean) =>
    send(new KeyboardEvent(type, { ...common, cancelable: true, key, keyCode: 229, isComposing }));
  const composition = (type: string, data: string) =>
    send(new CompositionEvent(type, { ...common, data }));
  const input = (type: string, inputType: string, data: string | null, isComposing: boolean) =>
    send(
      new InputEvent(type, {
        ...common,
        cancelable: type === "beforeinput" && !isComposing,
        inputType,
        data,
        isComposing,
      }),
    );
  const put = (start: number, end: number, text: string) =>
    field.setRangeText(text, start, end, "end");
  /** What is common to a composition's steps and its end. */
  const show = async (text: string) => {
    const now = page.composition!;
    if (text !== now.text) await composition("compositionupdate", text);
    await input("beforeinput", "insertCompositionText", text, true);
    put(now.start, now.start + now.text.length, text);
    now.text = text;
  };
  for (const step of steps) {
    if (step.type === "edit") {
      const { erase = 0, inputType, text = null } = step;
      if (!await input("beforeinput", inputType, text, false)) continue;
      const end = field.selectionEnd;
      put(end - erase, end, text ?? "");
      await input("input", inputType, text, false);
      continue;
    }
    const begins = page.composition === undefined;
    await key("keydown", "Process", !begins);
    if (page.composition === undefined) {
      page.composition = { start: field.selectionStart, text: "" };
      await composition("compositionstart", "");
    }
    await show(step.text);
    if (step.type === "compose") {
      await input("input", "insertCompositionText", step.text, true);
      await key("keyup", "a", true);
    } else {
      page.composition = undefined;
      await composition("compositionend", step.text);
      // In Chromium this comes before the composition ends.
      await input("input", "insertCompositionText", step.text, false);
      await key("keyup", "Enter", false);
    }
  }
}
