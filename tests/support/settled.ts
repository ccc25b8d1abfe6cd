/**
 * A page on which nothing moves any more.
 *
 * @module
 */
import type { Page } from "puppeteer-core";

/** Waits for animations, during which colours and places are not what they will be. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // What is inside of a shadow, not every browser lists with the document's.
    const animations = (root: Document | ShadowRoot): Animation[] =>
      [...root.querySelectorAll("*")].flatMap((element) => [
        ...element.getAnimations(),
        ...element.shadowRoot ? animations(element.shadowRoot) : [],
      ]);
    await frame();
    // What goes by itself after a while has not begun to.
    const soon = animations(document).filter(({ effect }) =>
      Number(effect?.getTiming().delay ?? 0) < 1000
    );
    await Promise.allSettled(soon.map(({ finished }) => finished));
    await frame();
  });
}
