/**
 * Picks the encoders that a session may use.
 *
 * @module
 */

import { gstreamer } from "../../ffi/mod.ts";
import type { Chroma } from "./bitstream.ts";
import { encoderCatalogue } from "./encoder_catalogue.ts";
import type { EncoderDescription } from "./encoder_description.ts";
import { candidates, NoEncoderError, probeEncoders, type ProbeOptions } from "./encoder_probe.ts";

/**
 * Gives the preferred encoder that works here, and behind it those to fall back on, in the
 * catalogue's order. Only what needs hardware, and comes first, was tried; the others are merely installed:
 * trying them would make every start slower for the rare case in which one fails later.
 *
 * With `chroma` "420", the default, all sample colour for each square of four pixels. With "444" those that
 * sample it for each pixel come first, the others behind, since not every viewer decodes it. With "auto"
 * it is the other way round: a session whose viewers decode 4:4:4, and whose paths have room for it,
 * takes the first that has `chroma` "444". What a page must decode for an encoder is `decoderName()`.
 *
 * @throws {NoEncoderError} If none works.
 * @throws {RangeError} If no encoder is of that name or codec.
 * @throws {LibraryNotFoundError} If GStreamer is not installed.
 */
export async function selectEncoders(
  options: Omit<ProbeOptions, "first">,
): Promise<[EncoderDescription, ...EncoderDescription[]]> {
  const installed = candidates(options).filter(({ name }) => gstreamer().hasElement(name));
  const first = installed[0]?.hardware === false ? installed[0] : await firstThatWorks(options);
  return [first, ...installed.slice(installed.indexOf(first) + 1)];
}

/** @throws {NoEncoderError} If none works. */
async function firstThatWorks(options: ProbeOptions): Promise<EncoderDescription> {
  const reports = await probeEncoders({ ...options, first: true });
  const found = reports.at(-1);
  if (found === undefined || !found.works) throw new NoEncoderError(reports);
  return found.encoder;
}

/**
 * Gives what else is installed, for viewers that can decode nothing that was selected: other codecs, in the
 * catalogue's order, with colour for each square of four pixels.
 *
 * @param selected What {@link selectEncoders} gave.
 */
export function otherEncoders(selected: readonly EncoderDescription[]): EncoderDescription[] {
  const codecs = new Set(selected.map(({ codec }) => codec));
  return encoderCatalogue.filter(({ name, codec, chroma }) =>
    !codecs.has(codec) && chroma === "420" && gstreamer().hasElement(name)
  );
}

/**
 * @returns What a page must decode to show an encoder's pictures, as it says in its `hello`: "h264",
 * "vp9-444".
 */
export function decoderName({ codec, chroma }: { codec: string; chroma: Chroma }): string {
  return chroma === "444" ? `${codec}-444` : codec;
}
