/**
 * A gamepad of the page's own making, since no driver of browsers can plug one in. The functions run in the
 * page.
 *
 * @module
 */

export interface FakeGamepad {
  /** How far buttons of the standard gamepad are pressed, by their numbers; the others are not. */
  readonly buttons?: Readonly<Record<number, number>>;
  readonly axes?: readonly number[];
  readonly connected?: boolean;
}

/** Plugs it in, with nothing pressed, before the page looks; the page is yet to be told by an event. */
export function plugFakeGamepad(): void {
  const pad = {
    index: 0,
    id: "A pad of the test",
    connected: true,
    mapping: "standard",
    buttons: Array.from({ length: 17 }, () => ({ pressed: false, touched: false, value: 0 })),
    axes: [0, 0, 0, 0],
  };
  Object.assign(globalThis, { pad });
  navigator.getGamepads = () => [pad as unknown as Gamepad, null, null, null];
}

/** Holds it so from now on. */
export function setFakeGamepad(
  { axes = [0, 0, 0, 0], buttons = {}, connected = true }: FakeGamepad,
): void {
  const { pad } = globalThis as unknown as { pad: object };
  Object.assign(pad, {
    connected,
    axes,
    buttons: Array.from({ length: 17 }, (_, number) => {
      const value = buttons[number] ?? 0;
      return { pressed: value > 0, touched: value > 0, value };
    }),
  });
}
