/**
 * The worker half of the painter study.
 *
 * @module
 */
import { CANVAS_PAINTERS, DECODED_PAINTERS, frameSource, type Paint } from "./painter.ts";

interface Order {
  readonly name: string;
  readonly canvas?: OffscreenCanvas;
  readonly echoUrl?: string;
}

// deno-lint-ignore no-explicit-any -- the worker's own global and its generator are untyped here
const scope = globalThis as any;

function videoPainter(): Paint {
  if (!scope.VideoTrackGenerator) {
    scope.postMessage({ error: "There is no VideoTrackGenerator here." });
    return () => {};
  }
  const generator = new scope.VideoTrackGenerator();
  const writer: WritableStreamDefaultWriter<VideoFrame> = generator.writable.getWriter();
  const next = frameSource();
  scope.postMessage({ track: generator.track }, [generator.track]);
  return (lit) => writer.write(next(lit));
}

function handOver(): Paint {
  const next = frameSource();
  return (lit) => {
    const frame = next(lit);
    scope.postMessage(frame, [frame]);
  };
}

/** Draws at the worker's next animation frame instead of at once. */
function onAnimationFrame(canvas: OffscreenCanvas): Paint {
  const paint = CANVAS_PAINTERS["2d-frame"]?.(canvas);
  return (lit) => void scope.requestAnimationFrame(() => paint?.(lit));
}

/** The median and the 90th percentile, for a note. */
function spread(list: readonly number[]): string {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (p: number) => sorted[Math.floor((sorted.length - 1) * p)]?.toFixed(1);
  return `${at(0.5)} / ${at(0.9)}`;
}

/**
 * Decodes the next access unit of a flipping stream at each call and draws what comes out.
 *
 * @param name painter, "!", then options of x264enc and of the decoder, as "sliced-threads=true;soft"
 */
function decodePainter(canvas: OffscreenCanvas, name: string): Paint {
  const [painter = "", settings = ""] = name.split("!");
  const [encoder = "", decoder = ""] = settings.split(";");
  const draw = DECODED_PAINTERS[painter]?.(canvas);
  const times: number[] = [], draws: number[] = [];
  let asked = 0;
  const output = async (frame: VideoFrame) => {
    const decoded = performance.now();
    times.push(decoded - asked);
    try {
      await draw?.(frame);
    } catch (error) {
      await fetch("note", { method: "POST", body: `${name}: ${error} (${frame.format})` });
    }
    frame.close();
    draws.push(performance.now() - decoded);
    if (times.length % 10 === 0) {
      const body = `${name}: decode ${spread(times)}, draw ${spread(draws)} ms`;
      await fetch("note", { method: "POST", body });
    }
  };
  const videoDecoder = new VideoDecoder({
    output,
    error: (error) => void fetch("note", { method: "POST", body: `${name}: ${error}` }),
  });
  videoDecoder.configure({
    codec: "avc1.42C01F",
    optimizeForLatency: true,
    ...(decoder === "soft" ? { hardwareAcceleration: "prefer-software" } : {}),
  });
  const units = fetch(`stream?options=${encodeURIComponent(encoder)}`)
    .then((response) => response.arrayBuffer());
  let at = 0;
  return async () => {
    const buffer = await units;
    asked = performance.now();
    const length = new DataView(buffer).getUint32(at);
    videoDecoder.decode(
      new EncodedVideoChunk({
        type: at === 0 ? "key" : "delta",
        timestamp: asked * 1000,
        data: new Uint8Array(buffer, at + 4, length),
      }),
    );
    at += 4 + length;
  };
}

function makePaint({ name, canvas }: Order): Paint {
  if (canvas && name.startsWith("decode-")) return decodePainter(canvas, name.slice(7));
  if (!canvas) return name === "video" ? videoPainter() : handOver();
  if (name === "2d-frame-raf") return onAnimationFrame(canvas);
  const make = CANVAS_PAINTERS[name];
  if (!make) throw new Error(`There is no painter "${name}".`);
  return make(canvas);
}

let paint: Paint = () => {};
let socket: WebSocket | undefined;
let lit = false;
const flip = () => void paint(lit = !lit);

scope.onmessage = ({ data }: MessageEvent<Order | "flip">) => {
  if (data === "flip") {
    if (socket) socket.send("flip");
    else flip();
    return;
  }
  paint = makePaint(data);
  if (data.echoUrl) {
    socket = new WebSocket(data.echoUrl);
    socket.onmessage = flip;
  }
  void paint(lit);
};
