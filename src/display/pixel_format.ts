/** The one pixel format that the capture and the encoder's converter work with. */
import { PixelFormatError } from "./errors.ts";
import type { XDisplay, XScreen } from "./x11_client.ts";

/** Octets of a pixel. */
export const PIXEL_SIZE = 4;

/**
 * Checks that the screen's pixels are 32 bits, little-endian, blue first: BGRx in memory.
 *
 * @throws {PixelFormatError} They are not.
 */
export function checkPixelFormat(setup: XDisplay, screen: XScreen, display: string): void {
  const depth = screen.root_depth;
  const bits = setup.format[depth]?.bits_per_pixel;
  const visual = screen.depths[depth]?.[screen.root_visual];
  const masks = visual && [visual.red_mask, visual.green_mask, visual.blue_mask];
  const fits = (depth === 24 || depth === 32) && bits === 32 && setup.image_byte_order === 0 &&
    masks !== undefined && masks[0] === 0xff0000 && masks[1] === 0xff00 && masks[2] === 0xff;
  if (fits) return;
  const order = setup.image_byte_order === 0 ? "little" : "big";
  throw new PixelFormatError(
    `The screen of "${display}" has depth ${depth}, ${bits ?? "unknown"} bits a pixel, ` +
      `${order}-endian, colour masks ${
        masks?.map((m) => m.toString(16)).join("/") ?? "unknown"
      }; ` +
      `Skerry needs depth 24 with 32 bits, little-endian, ff0000/ff00/ff. ` +
      `Start the X server with depth 24, or use --display new`,
  );
}
