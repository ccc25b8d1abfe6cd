/**
 * Finds out which encoders work here, by encoding with each.
 *
 * @module
 */

import {
  describePackage,
  gstreamer,
  MissingElementError,
  packageOfElement,
  VideoConverter,
} from "../../ffi/mod.ts";
import type { Chroma } from "./bitstream.ts";
import type { Codec } from "./decoder_config.ts";
import { encoderCatalogue, type EncoderDescription } from "./encoder_catalogue.ts";
import { rankEncoders, type RankingOptions } from "./encoder_ranking.ts";
import { VideoEncoder } from "./video_encoder.ts";

/** What a probe found of one encoder. */
export type ProbeReport =
  & { readonly encoder: EncoderDescription }
  & (
    | {
      readonly works: true;
      /** Milliseconds from opening it to its first frame. */
      readonly openMs: number;
      /** Milliseconds for one later frame. */
      readonly encodeMs: number;
    }
    | {
      readonly works: false;
      /** Why not, for a log. */
      readonly reason: string;
      /** The Debian package to install, if the element is missing. */
      readonly package: string | undefined;
    }
  );

/** What to probe for. */
export interface ProbeOptions {
  /** `auto`, or one codec. */
  readonly codec?: Codec | "auto";
  /** `auto`, or one encoder's name. */
  readonly encoder?: string;
  /** How often colour is sampled: 4:2:0 alone by default, 4:4:4 first, or with `auto` 4:4:4 last. */
  readonly chroma?: Chroma | "auto";
  /** What is known of this machine, to prefer what is best here; without it, the catalogue's order holds. */
  readonly ranking?: RankingOptions;
  /** Size of the probe's picture in pixels; 640x480 by default. */
  readonly width?: number;
  readonly height?: number;
  /** Stop at the first that works. */
  readonly first?: boolean;
  readonly signal?: AbortSignal;
}

/** No encoder of the wanted kind works. */
export class NoEncoderError extends Error {
  override name = "NoEncoderError";

  constructor(
    /** What was found, in order. */
    readonly reports: readonly ProbeReport[],
  ) {
    // An encoder that has two rows, one for each chroma, lacks the same for both.
    const reasons = [
      ...new Set(
        reports.map((report) =>
          `${report.encoder.name}: ${report.works ? "works" : report.reason}`
        ),
      ),
    ];
    super(
      reasons.length === 1
        ? `The video encoder cannot be used. ${reasons[0]}. Take another, or leave the choice to ` +
          "--encoder auto"
        : `No video encoder works here${advice(reports)}. ${reasons.join("; ")}`,
    );
  }
}

/** The package of the best encoder that needs no special hardware, since its lack can be helped. */
function advice(reports: readonly ProbeReport[]): string {
  const missing = reports.find((report) =>
    !report.works && report.package !== undefined && !report.encoder.hardware
  );
  if (missing === undefined) return "";
  const { name } = missing.encoder;
  return `: install ${describePackage(packageOfElement(name))} for ${name}`;
}

/**
 * Encodes two pictures with each encoder of the wanted kind, in the catalogue's order.
 *
 * @throws {RangeError} If no encoder is of that name or codec.
 * @throws {LibraryNotFoundError} If GStreamer is not installed.
 */
export async function probeEncoders(options: ProbeOptions = {}): Promise<ProbeReport[]> {
  const { signal, first = false } = options;
  const reports: ProbeReport[] = [];
  for (const encoder of candidates(options)) {
    signal?.throwIfAborted();
    const report = await probe(encoder, options);
    reports.push(report);
    if (report.works && first) break;
  }
  return reports;
}

/**
 * The rows of the catalogue that are wanted, in the order in which they are preferred.
 *
 * @throws {RangeError} If there is none of that name or codec.
 */
export function candidates(options: ProbeOptions): EncoderDescription[] {
  const { codec = "auto", encoder = "auto", chroma = "420", ranking } = options;
  const rows = encoderCatalogue.filter((row) =>
    (codec === "auto" || row.codec === codec) && (encoder === "auto" || row.name === encoder)
  );
  if (rows.length === 0) {
    const names = encoderCatalogue.filter((row) => row.chroma === "420")
      .map((row) => `${row.name} (${row.codec})`).join(", ");
    throw new RangeError(
      `There is no encoder "${encoder}" for the codec "${codec}": choose auto, or one of ${names}`,
    );
  }
  const [some, full] = (["420", "444"] as const).map((chroma) => {
    const those = rows.filter((row) => row.chroma === chroma);
    return ranking ? rankEncoders(those, ranking) : those;
  }) as [EncoderDescription[], EncoderDescription[]];
  return chroma === "420" ? some : chroma === "444" ? [...full, ...some] : [...some, ...full];
}

async function probe(encoder: EncoderDescription, options: ProbeOptions): Promise<ProbeReport> {
  const names = packageOfElement(encoder.name);
  if (!gstreamer().hasElement(encoder.name)) {
    return {
      encoder,
      works: false,
      reason: `not installed, or its hardware is missing (${describePackage(names)})`,
      package: names?.apt,
    };
  }
  const { width = 640, height = 480, signal } = options;
  const source = new Uint8Array(width * height * 4).fill(0x40);
  using converter = new VideoConverter({
    width,
    height,
    stride: width * 4,
    source,
    format: encoder.format,
  });
  converter.convert([{ x: 0, y: 0, width, height }]);
  try {
    const start = performance.now();
    await using opened = await VideoEncoder.open({
      encoder,
      converter,
      fps: 60,
      bitrateKbit: 8000,
      signal,
    });
    const chunk = await opened.encode({ timestampUs: 0, keyframe: true });
    const openMs = performance.now() - start;
    if (chunk.config === undefined) throw new Error("its first frame is no keyframe");
    const { codedWidth, codedHeight } = chunk.config;
    if (codedWidth !== converter.frame.width || codedHeight !== converter.frame.height) {
      throw new Error(`it made ${codedWidth}x${codedHeight} of ${width}x${height} pixels`);
    }
    const again = performance.now();
    await opened.encode({ timestampUs: 16_667, keyframe: false });
    return { encoder, works: true, openMs, encodeMs: performance.now() - again };
  } catch (error) {
    if (signal?.aborted) throw error;
    const missing = error instanceof MissingElementError ? error.package?.apt : undefined;
    const reason = error instanceof Error ? error.message : String(error);
    return { encoder, works: false, reason, package: missing };
  }
}
