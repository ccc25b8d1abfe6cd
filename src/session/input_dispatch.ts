import type { InputInjector } from "../display/input.ts";
import { HERE, type InputMessage } from "../protocol/input_message.ts";

/** Hands a viewer's input event to the X server. */
export function dispatchInput(
  injector: InputInjector,
  message: Exclude<InputMessage, { type: "releaseAll" | "gamepad" | "gamepadGone" }>,
): void {
  switch (message.type) {
    case "key":
      return injector.key(message.keysym, message.down);
    case "pointer":
      return injector.pointer(message.x, message.y);
    case "motion":
      return injector.motion(message.dx, message.dy);
    case "button":
      moveTo(injector, message);
      return injector.button(message.button, message.down);
    case "wheel":
      moveTo(injector, message);
      return injector.wheel(message.dx, message.dy);
  }
}

/** The pointer goes to where something happens, unless that is where it is. */
function moveTo(
  injector: InputInjector,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  if (x !== HERE || y !== HERE) injector.pointer(x, y);
}
