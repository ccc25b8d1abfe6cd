import assert from "node:assert/strict";
import { PixelFormatError } from "../../src/display/errors.ts";
import { checkPixelFormat } from "../../src/display/pixel_format.ts";
import type { XDisplay, XScreen } from "../../src/display/x11_client.ts";

function screenOf(depth: number, bits: number, masks = [0xff0000, 0xff00, 0xff], order = 0) {
  const screen = {
    root: 1,
    root_depth: depth,
    root_visual: 33,
    pixel_width: 640,
    pixel_height: 400,
    depths: {
      [depth]: {
        33: { class: 4, red_mask: masks[0]!, green_mask: masks[1]!, blue_mask: masks[2]! },
      },
    },
  } satisfies XScreen;
  const setup = {
    screen: [screen],
    format: { [depth]: { bits_per_pixel: bits, scanline_pad: 32 } },
    image_byte_order: order,
    min_keycode: 8,
    max_keycode: 255,
    vendor: "",
    release: 0,
  } satisfies XDisplay;
  return [setup, screen] as const;
}

Deno.test("checkPixelFormat() accepts little-endian BGRx alone", () => {
  checkPixelFormat(...screenOf(24, 32), ":7");
  checkPixelFormat(...screenOf(32, 32), ":7");
  const bad = [
    screenOf(16, 16, [0xf800, 0x7e0, 0x1f]),
    screenOf(24, 24),
    screenOf(30, 32, [0x3ff00000, 0xffc00, 0x3ff]),
    screenOf(24, 32, [0xff, 0xff00, 0xff0000]),
    screenOf(24, 32, undefined, 1),
  ];
  for (const [setup, screen] of bad) {
    assert.throws(() => checkPixelFormat(setup, screen, ":7"), PixelFormatError);
  }
});
