import type { InputInjector } from "../display/input.ts";
import type { InputMessage } from "../protocol/input_message.ts";

/** Hands a viewer's input event to the X server. */
export function dispatchInput(
  injector: InputInjector,
  message: Exclude<InputMessage, { type: "releaseAll" }>,
): void {
  switch (message.type) {
    case "key":
      return injector.key(message.keysym, message.down);
    case "pointer":
      return injector.pointer(message.x, message.y);
    case "button":
      injector.pointer(message.x, message.y);
      return injector.button(message.button, message.down);
    case "wheel":
      injector.pointer(message.x, message.y);
      return injector.wheel(message.dx, message.dy);
  }
}
