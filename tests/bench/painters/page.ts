/**
 * The page of the painter study: it shows the variant that the bench asks for, and flips its block at
 * each pointerdown; over a WebSocket's echo first, if asked.
 *
 * @module
 */
import { CANVAS_PAINTERS, drawFrame, frameSource, HEIGHT, type Paint, WIDTH } from "./painter.ts";

const params = new URLSearchParams(location.search);
const variant = params.get("variant") ?? "";
const echoUrl = params.has("echo") ? `ws://${location.host}/echo` : undefined;

function addCanvas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  document.body.append(canvas);
  return canvas;
}

/** The least that can change: one element's background. */
function domPainter(): Paint {
  const block = document.createElement("div");
  block.id = "block";
  document.body.append(block);
  return (lit) => {
    block.style.background = lit ? "#fff" : "#000";
  };
}

/** A `<video>` fed by hand, where the browser has a generator on the main thread. */
function videoPainter(): Paint {
  // deno-lint-ignore no-explicit-any -- Chromium's generator is in no standard library of types
  const Generator = (globalThis as any).MediaStreamTrackGenerator;
  if (!Generator) throw new Error("There is no MediaStreamTrackGenerator here.");
  const track = new Generator({ kind: "video" });
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  const writer: WritableStreamDefaultWriter<VideoFrame> = track.writable.getWriter();
  const next = frameSource();
  video.play().catch((error) => console.error(error));
  void writer.write(next(false));
  return (lit) => writer.write(next(lit));
}

/** The same from a worker's VideoTrackGenerator, the standard's way. */
async function workerVideoPainter(worker: Worker): Promise<void> {
  const track = await new Promise<MediaStreamTrack>((resolve, reject) => {
    worker.onmessage = ({ data }) =>
      data.track ? resolve(data.track) : reject(new Error(String(data.error)));
  });
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  document.body.append(video);
  video.play().catch((error) => console.error(error));
}

/** The worker decodes, the main thread draws. */
function handedOverPainter(worker: Worker, damagedOnly: boolean): void {
  const context = addCanvas().getContext("2d", { alpha: false });
  let whole = true;
  worker.onmessage = ({ data }: MessageEvent<VideoFrame>) => {
    if (context) drawFrame(context, data, damagedOnly && !whole);
    whole = false;
    data.close();
  };
}

/** Runs `paint` at each click, here on the main thread. */
function paintHere(paint: Paint): void {
  let lit = false;
  const socket = echoUrl ? new WebSocket(echoUrl) : undefined;
  const flip = () => void paint(lit = !lit);
  socket?.addEventListener("message", flip);
  addEventListener("pointerdown", () => socket ? socket.send("flip") : flip());
  void paint(lit);
}

/** Sends each click to a worker that paints. */
async function paintInWorker(name: string): Promise<void> {
  const worker = new Worker("worker.ts", { type: "module" });
  addEventListener("pointerdown", () => worker.postMessage("flip"));
  if (name in CANVAS_PAINTERS || name === "2d-frame-raf" || name.startsWith("decode-")) {
    const canvas = addCanvas().transferControlToOffscreen();
    worker.postMessage({ name, canvas, echoUrl }, [canvas]);
    return;
  }
  const ready = name === "video"
    ? workerVideoPainter(worker)
    : handedOverPainter(worker, name.endsWith("-rect"));
  worker.postMessage({ name, echoUrl });
  await ready;
}

/** Keeps animation frames coming, to see whether an awake frame source is faster or slower. */
function pump(): void {
  requestAnimationFrame(pump);
}

async function show(): Promise<void> {
  const [where, ...rest] = variant.split(":");
  const name = rest.join(":");
  if (where === "worker") await paintInWorker(name);
  else if (name === "dom") paintHere(domPainter());
  else if (name === "video") paintHere(videoPainter());
  else {
    const make = CANVAS_PAINTERS[name];
    if (!make) throw new Error(`There is no painter "${variant}".`);
    paintHere(make(addCanvas()));
  }
  if (params.has("pump")) pump();
}

async function report(path: string, body: string): Promise<Response> {
  return await fetch(path, { method: "POST", body });
}

try {
  const late = new Promise<never>((_, reject) => setTimeout(reject, 5000, new Error("too slow")));
  if (variant) await Promise.race([show(), late]);
  await report("ready", variant);
} catch (error) {
  await report("failed", `${variant}: ${error instanceof Error ? error.message : error}`);
}
// The answer comes when the bench wants another variant: an open request costs nothing meanwhile.
const next = await (await fetch("next")).text();
location.replace(`?${next}`);
