/**
 * The worker half of the painter study.
 *
 * @module
 */
import { CANVAS_PAINTERS, frameSource, type Paint } from "./painter.ts";

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

function makePaint({ name, canvas }: Order): Paint {
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
