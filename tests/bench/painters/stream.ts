/**
 * An H.264 stream of the study's picture, flipping at every frame, encoded as a remote desktop does.
 *
 * @module
 */

const WIDTH = 1280, HEIGHT = 720;

/** One I420 picture with the magenta frame of the rig and its block lit or not. */
function picture(lit: boolean): Uint8Array {
  const luma = WIDTH * HEIGHT, chroma = luma / 4;
  const data = new Uint8Array(luma + 2 * chroma);
  for (let y = 0; y < HEIGHT; y++) {
    // Something for the encoder to have said already: a page of lines.
    for (let x = 0; x < WIDTH; x++) data[y * WIDTH + x] = (y % 16 < 8 && x % 6 < 3) ? 60 : 80;
  }
  data.fill(128, luma);
  const fill = (x: number, y: number, size: number, yuv: readonly [number, number, number]) => {
    for (let row = y; row < y + size; row++) {
      data.fill(yuv[0], row * WIDTH + x, row * WIDTH + x + size);
    }
    for (let row = y / 2; row < (y + size) / 2; row++) {
      const at = luma + row * (WIDTH / 2) + x / 2;
      data.fill(yuv[1], at, at + size / 2);
      data.fill(yuv[2], at + chroma, at + chroma + size / 2);
    }
  };
  fill(160, 200, 140, [78, 214, 230]);
  fill(180, 220, 100, [lit ? 235 : 16, 128, 128]);
  return data;
}

/** Splits an Annex B stream with access unit delimiters into its access units. */
function split(stream: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let i = 0; i + 5 < stream.length; i++) {
    const delimiter = stream[i] === 0 && stream[i + 1] === 0 && stream[i + 2] === 0 &&
      stream[i + 3] === 1 && ((stream[i + 4] ?? 0) & 31) === 9;
    if (delimiter) starts.push(i);
  }
  return starts.map((start, i) => stream.subarray(start, starts[i + 1]));
}

/**
 * Encodes `frames` pictures, dark and lit in turn, and puts a 32-bit big-endian length before each
 * access unit.
 *
 * @param options of x264enc beside `tune=zerolatency speed-preset=ultrafast`
 */
export async function encodeStream(frames: number, options: string): Promise<Uint8Array> {
  const description = `fdsrc fd=0 ! rawvideoparse width=${WIDTH} height=${HEIGHT} format=i420 ` +
    `framerate=60/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=100000 aud=true ` +
    `bitrate=20000 ${options} ! video/x-h264,stream-format=byte-stream,` +
    `profile=constrained-baseline ! fdsink fd=1`;
  const child = new Deno.Command("gst-launch-1.0", {
    args: ["-q", ...description.split(" ")],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = new Response(child.stdout).bytes();
  const writer = child.stdin.getWriter();
  const dark = picture(false), light = picture(true);
  for (let i = 0; i < frames; i++) await writer.write(i % 2 === 0 ? dark : light);
  await writer.close();
  const units = split(await output);
  await child.status;
  const total = units.reduce((sum, unit) => sum + 4 + unit.length, 0);
  const framed = new Uint8Array(total), view = new DataView(framed.buffer);
  let at = 0;
  for (const unit of units) {
    view.setUint32(at, unit.length);
    framed.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return framed;
}
