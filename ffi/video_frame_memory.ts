/**
 * A picture in memory that C may keep a pointer to.
 *
 * @module
 */

/** Pixel formats that encoders take, of 8 bits: 4:2:0 in three planes or in two, 4:4:4 in three. */
export type PixelFormat = "I420" | "NV12" | "Y444";

/** One plane within a picture's memory. */
export interface Plane {
  /** Octets from the start of the memory. */
  readonly offset: number;
  /** Octets from one row to the next. */
  readonly stride: number;
}

/**
 * How brightness and colour differences are made of red, green and blue: ITU-R BT.601 or BT.709 with
 * limited range, or BT.601 with full range, as JFIF has it.
 */
export type ColourMatrix = "bt601" | "bt709" | "jpeg";

/**
 * GStreamer's name of each matrix, with the primaries and the transfer function of BT.709, which screens
 * have. For BT.601 that has no name but its numbers: range, matrix, transfer, primaries
 * (`gst_video_colorimetry_from_string`).
 */
const COLORIMETRY: Readonly<Record<ColourMatrix, string>> = {
  bt601: "2:4:5:1",
  bt709: "bt709",
  jpeg: "1:4:5:1",
};

/** GStreamer caps of a picture for an encoder: chroma of 4:2:0 at the centre. */
export function pictureCaps(
  format: PixelFormat,
  width: number,
  height: number,
  matrix: ColourMatrix,
): string {
  return `video/x-raw,format=${format},width=${width},height=${height},` +
    `colorimetry=(string)${COLORIMETRY[matrix]}${format === "Y444" ? "" : ",chroma-site=jpeg"}`;
}

const even = (value: number) => value + (value & 1);
const four = (value: number) => (value + 3) & ~3;

/**
 * One persistent picture.
 *
 * Its planes lie as GStreamer lays them out by default (`fill_planes` of video-info.c), so that a buffer
 * that wraps the memory needs no description beside its caps. Chroma is sited at the centre of each 2x2
 * block ("jpeg"): a rectangle then converts to the same samples alone as within the whole picture.
 */
export class VideoFrameMemory {
  /** All planes. Its address does not change: it is larger than what V8 keeps on its own heap. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Y, U and V for I420 and Y444; Y and interleaved UV for NV12. */
  readonly planes: readonly Plane[];

  /**
   * @param format Pixel format.
   * @param width In pixels, even.
   * @param height In pixels, even.
   * @param matrix What its colours are made with.
   * @throws {RangeError} If a size is odd, not positive or above 32768.
   */
  constructor(
    readonly format: PixelFormat,
    readonly width: number,
    readonly height: number,
    readonly matrix: ColourMatrix = "bt601",
  ) {
    for (const size of [width, height]) {
      if (!Number.isInteger(size) || size < 2 || size > 32768 || size % 2 !== 0) {
        throw new RangeError(
          `Cannot make a picture of ${width}x${height}: sizes are even, from 2 to 32768 pixels`,
        );
      }
    }
    const luma = four(width);
    if (format === "Y444") {
      const plane = luma * height;
      this.planes = [0, plane, 2 * plane].map((offset) => ({ offset, stride: luma }));
      this.bytes = new Uint8Array(Math.max(3 * plane, 128));
    } else if (format === "I420") {
      const chroma = four(even(width) / 2);
      const u = luma * height;
      const v = u + chroma * (height / 2);
      this.planes = [
        { offset: 0, stride: luma },
        { offset: u, stride: chroma },
        { offset: v, stride: chroma },
      ];
      this.bytes = new Uint8Array(Math.max(v + chroma * (height / 2), 128));
    } else {
      this.planes = [{ offset: 0, stride: luma }, { offset: luma * height, stride: luma }];
      this.bytes = new Uint8Array(Math.max(luma * height * 3 / 2, 128));
    }
    // Black.
    this.bytes.fill(matrix === "jpeg" ? 0 : 16, 0, luma * height).fill(128, luma * height);
  }

  /** Octets of the picture. */
  get size(): number {
    const last = this.planes.at(-1) as Plane;
    return last.offset + last.stride * (this.format === "Y444" ? this.height : this.height / 2);
  }

  /** GStreamer caps of the picture, at a nominal number of frames a second. */
  caps(fps: number): string {
    const caps = pictureCaps(this.format, this.width, this.height, this.matrix);
    return `${caps},framerate=${fps}/1`;
  }
}
