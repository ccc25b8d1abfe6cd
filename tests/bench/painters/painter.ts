/**
 * Ways to bring a decoded picture onto the screen, all with the same picture: a magenta frame with a
 * block that is black or white, in 1280x720.
 *
 * @module
 */

export const WIDTH = 1280, HEIGHT = 720;
/** The test window of rig_scene.ts: its frame, and the block in it. */
const WINDOW = { x: 160, y: 200, size: 140 };
const BLOCK = { x: 180, y: 220, size: 100 };

/** Draws the picture at once, with the block lit or not. */
export type Paint = (lit: boolean) => void | Promise<void>;

type Canvas = HTMLCanvasElement | OffscreenCanvas;
type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Builds an I420 picture as a decoder gives it. */
function makeFrame(lit: boolean): VideoFrame {
  const luma = WIDTH * HEIGHT, chroma = luma / 4;
  const data = new Uint8Array(luma + 2 * chroma);
  data.fill(80, 0, luma).fill(128, luma);
  const fill = (x: number, y: number, size: number, yuv: [number, number, number]) => {
    for (let row = y; row < y + size; row++) {
      data.fill(yuv[0], row * WIDTH + x, row * WIDTH + x + size);
    }
    for (let row = y / 2; row < (y + size) / 2; row++) {
      const at = luma + row * (WIDTH / 2) + x / 2;
      data.fill(yuv[1], at, at + size / 2);
      data.fill(yuv[2], at + chroma, at + chroma + size / 2);
    }
  };
  fill(WINDOW.x, WINDOW.y, WINDOW.size, [78, 214, 230]);
  fill(BLOCK.x, BLOCK.y, BLOCK.size, [lit ? 235 : 16, 128, 128]);
  return new VideoFrame(data, {
    format: "I420",
    codedWidth: WIDTH,
    codedHeight: HEIGHT,
    timestamp: lit ? 1 : 0,
    colorSpace: { matrix: "bt709", primaries: "bt709", transfer: "bt709", fullRange: false },
  });
}

/** Gives a fresh frame each time, as a decoder does; the caller closes it. */
export function frameSource(): (lit: boolean) => VideoFrame {
  const dark = makeFrame(false), light = makeFrame(true);
  let timestamp = 2;
  return (lit) => new VideoFrame(lit ? light : dark, { timestamp: timestamp++ });
}

function context2d(canvas: Canvas, desynchronized: boolean): Context2D {
  const context = canvas.getContext("2d", { alpha: false, desynchronized }) as Context2D | null;
  if (!context) throw new Error("There is no 2d context here.");
  return context;
}

function fillPainter(context: Context2D): Paint {
  context.fillStyle = "#404040";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#f0f";
  context.fillRect(WINDOW.x, WINDOW.y, WINDOW.size, WINDOW.size);
  return (lit) => {
    context.fillStyle = lit ? "#fff" : "#000";
    context.fillRect(BLOCK.x, BLOCK.y, BLOCK.size, BLOCK.size);
  };
}

/** Draws a frame: all of it, or only what was damaged. */
export function drawFrame(context: Context2D, frame: VideoFrame, damagedOnly: boolean): void {
  if (damagedOnly) {
    const { x, y, size } = BLOCK;
    context.drawImage(frame, x, y, size, size, x, y, size, size);
  } else {
    context.drawImage(frame, 0, 0);
  }
}

function framePainter(context: Context2D, damagedOnly: boolean): Paint {
  const next = frameSource();
  using first = disposable(next(false));
  drawFrame(context, first.frame, false);
  return (lit) => {
    using fresh = disposable(next(lit));
    drawFrame(context, fresh.frame, damagedOnly);
  };
}

type Area = { x: number; y: number; width: number; height: number };
const DAMAGE: Area = { x: BLOCK.x, y: BLOCK.y, width: BLOCK.size, height: BLOCK.size };
/** The block and a 640x360 picture beside it. */
const WIDE: Area = { x: BLOCK.x, y: 180, width: 880, height: 360 };
const WHOLE: Area = { x: 0, y: 0, width: WIDTH, height: HEIGHT };

/** Copies an area out as RGBA and puts it: the canvas has no colour code to run. */
function copyPainter(context: Context2D, area: Area): Paint {
  const next = frameSource();
  using first = disposable(next(false));
  drawFrame(context, first.frame, false);
  const image = new ImageData(area.width, area.height);
  return async (lit) => {
    using fresh = disposable(next(lit));
    const options = { rect: area, format: "RGBA" as const };
    await fresh.frame.copyTo(image.data, options as VideoFrameCopyToOptions);
    context.putImageData(image, area.x, area.y);
  };
}

/** Draws a frame whose visible rectangle is the area, which shares the whole frame's memory. */
function cropPainter(context: Context2D, area: Area): Paint {
  const next = frameSource();
  using first = disposable(next(false));
  drawFrame(context, first.frame, false);
  return (lit) => {
    using fresh = disposable(next(lit));
    using part = disposable(new VideoFrame(fresh.frame, { visibleRect: area }));
    context.drawImage(part.frame, area.x, area.y);
  };
}

/** Makes a bitmap of the area and draws that. */
function cutPainter(context: Context2D, area: Area): Paint {
  const next = frameSource();
  using first = disposable(next(false));
  drawFrame(context, first.frame, false);
  const { x, y, width, height } = area;
  return async (lit) => {
    using fresh = disposable(next(lit));
    const bitmap = await createImageBitmap(fresh.frame, x, y, width, height);
    context.drawImage(bitmap, x, y);
    bitmap.close();
  };
}

function disposable(frame: VideoFrame): { frame: VideoFrame } & Disposable {
  return { frame, [Symbol.dispose]: () => frame.close() };
}

function bitmapPainter(canvas: Canvas): Paint {
  const context = canvas.getContext("bitmaprenderer") as ImageBitmapRenderingContext | null;
  if (!context) throw new Error("There is no bitmaprenderer context here.");
  const next = frameSource();
  return async (lit) => {
    using fresh = disposable(next(lit));
    context.transferFromImageBitmap(await createImageBitmap(fresh.frame));
  };
}

const VERTEX = `attribute vec2 at; varying vec2 uv;
void main() { uv = vec2(at.x, 1.0 - at.y); gl_Position = vec4(at * 2.0 - 1.0, 0.0, 1.0); }`;
const FRAGMENT = `precision mediump float; varying vec2 uv; uniform sampler2D picture;
void main() { gl_FragColor = texture2D(picture, uv); }`;

function webglPainter(canvas: Canvas, desynchronized: boolean): Paint {
  const options = { alpha: false, antialias: false, depth: false, desynchronized };
  const gl = canvas.getContext("webgl", options) as WebGLRenderingContext | null;
  if (!gl) throw new Error("There is no WebGL context here.");
  const program = gl.createProgram();
  for (
    const [type, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const
  ) {
    const shader = gl.createShader(type);
    if (!shader) throw new Error("The WebGL context was lost.");
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
  const at = gl.getAttribLocation(program, "at");
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  const next = frameSource();
  return (lit) => {
    using fresh = disposable(next(lit));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, fresh.frame);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.flush();
  };
}

/** How a canvas, here or in a worker, is painted. */
export const CANVAS_PAINTERS: Record<string, (canvas: Canvas) => Paint> = {
  "2d-fill": (canvas) => fillPainter(context2d(canvas, false)),
  "2d-desync-fill": (canvas) => fillPainter(context2d(canvas, true)),
  "2d-frame": (canvas) => framePainter(context2d(canvas, false), false),
  "2d-frame-rect": (canvas) => framePainter(context2d(canvas, false), true),
  "2d-desync-frame": (canvas) => framePainter(context2d(canvas, true), false),
  "2d-desync-frame-rect": (canvas) => framePainter(context2d(canvas, true), true),
  "2d-copy-rect": (canvas) => copyPainter(context2d(canvas, false), DAMAGE),
  "2d-copy-wide": (canvas) => copyPainter(context2d(canvas, false), WIDE),
  "2d-copy-whole": (canvas) => copyPainter(context2d(canvas, false), WHOLE),
  "2d-desync-copy-rect": (canvas) => copyPainter(context2d(canvas, true), DAMAGE),
  "2d-crop-rect": (canvas) => cropPainter(context2d(canvas, false), DAMAGE),
  "2d-crop-wide": (canvas) => cropPainter(context2d(canvas, false), WIDE),
  "2d-cut-rect": (canvas) => cutPainter(context2d(canvas, false), DAMAGE),
  "2d-cut-wide": (canvas) => cutPainter(context2d(canvas, false), WIDE),
  "bitmap-frame": bitmapPainter,
  "webgl-frame": (canvas) => webglPainter(canvas, false),
  "webgl-desync-frame": (canvas) => webglPainter(canvas, true),
};

/** How a frame that a decoder gave is painted. */
export const DECODED_PAINTERS: Record<
  string,
  (canvas: Canvas) => (frame: VideoFrame) => void | Promise<void>
> = {
  whole: (canvas) => {
    const context = context2d(canvas, false);
    return (frame) => drawFrame(context, frame, false);
  },
  // Decodes, and then shows something else: what the decoding alone costs.
  fill: (canvas) => {
    const paint = fillPainter(context2d(canvas, false));
    let lit = false;
    return () => paint(lit = !lit);
  },
  // The same with a frame that was not decoded: what a decoder's frame costs more than another.
  made: (canvas) => {
    const paint = framePainter(context2d(canvas, false), false);
    let lit = false;
    return () => paint(lit = !lit);
  },
  // A decoder's frame may be far away, in another process or a GPU: copied here before it is drawn.
  fresh: (canvas) => {
    const context = context2d(canvas, false);
    const data = new Uint8Array(WIDTH * HEIGHT * 3 / 2);
    return async (frame) => {
      const layout = await frame.copyTo(data);
      const { timestamp, format, codedWidth, codedHeight } = frame;
      if (format === null) return;
      using copy = disposable(
        new VideoFrame(data, { timestamp, format, codedWidth: WIDTH, codedHeight: HEIGHT, layout }),
      );
      if (codedWidth >= WIDTH && codedHeight >= HEIGHT) drawFrame(context, copy.frame, false);
    };
  },
  cut: (canvas) => {
    const context = context2d(canvas, false);
    let area = WHOLE;
    return async (frame) => {
      const { x, y, width, height } = area;
      area = DAMAGE;
      const bitmap = await createImageBitmap(frame, x, y, width, height);
      context.drawImage(bitmap, x, y);
      bitmap.close();
    };
  },
  crop: (canvas) => {
    const context = context2d(canvas, false);
    let first = true;
    return (frame) => {
      if (first) return void (first = false, drawFrame(context, frame, false));
      using part = disposable(new VideoFrame(frame, { visibleRect: DAMAGE }));
      context.drawImage(part.frame, DAMAGE.x, DAMAGE.y);
    };
  },
  copy: (canvas) => {
    const context = context2d(canvas, false);
    const images = [WHOLE, DAMAGE].map((area) => ({
      area,
      image: new ImageData(area.width, area.height),
    }));
    let next = 0;
    return async (frame) => {
      const chosen = images[next];
      next = 1;
      if (!chosen) return;
      const options = { rect: chosen.area, format: "RGBA" as const };
      await frame.copyTo(chosen.image.data, options as VideoFrameCopyToOptions);
      context.putImageData(chosen.image, chosen.area.x, chosen.area.y);
    };
  },
};
