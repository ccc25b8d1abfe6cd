/**
 * Picks the encoders that a session may use.
 *
 * @module
 */

import { encoderCatalogue, type EncoderDescription } from "./encoder_catalogue.ts";
import { NoEncoderError, probeEncoders, type ProbeOptions } from "./encoder_probe.ts";

/**
 * Gives the preferred encoder that works here, and behind it those to fall back on, in the
 * catalogue's order. Only the first was tried: trying all would make every start slower for the
 * rare case in which it fails later.
 *
 * @throws {NoEncoderError} If none works.
 * @throws {RangeError} If no encoder is of that name or codec.
 * @throws {LibraryNotFoundError} If GStreamer is not installed.
 */
export async function selectEncoders(
  options: Omit<ProbeOptions, "first">,
): Promise<[EncoderDescription, ...EncoderDescription[]]> {
  const { codec = "auto", encoder = "auto" } = options;
  const reports = await probeEncoders({ ...options, first: true });
  const found = reports.at(-1);
  if (found === undefined || !found.works) throw new NoEncoderError(reports);
  const rest = encoderCatalogue.slice(encoderCatalogue.indexOf(found.encoder) + 1);
  return [
    found.encoder,
    ...rest.filter((row) => encoder === "auto" && (codec === "auto" || row.codec === codec)),
  ];
}
