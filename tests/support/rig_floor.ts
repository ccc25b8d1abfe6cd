/**
 * The least that any remote desktop in a browser has to do between a click and its photon, on this machine
 * and by this link: a press goes to the server by a WebSocket and into the X server, the program there
 * answers, and a word says that it has. Nothing is captured, encoded or decoded; the page fills the
 * rectangle. It is a program of its own, `DISPLAY=:7 deno run -A tests/support/rig_floor.ts ADDRESS`, and
 * writes its URL.
 *
 * @module
 */
import { TestWindow } from "./rig_scene.ts";
import { luma, RigDisplay } from "./rig_x11.ts";

const { border, size, x, y } = TestWindow;

/** Runs in the page. */
function show(window: { x: number; y: number; size: number; border: number }): void {
  const canvas = document.querySelector("canvas")!;
  const context = canvas.getContext("2d", { alpha: false, desynchronized: true })!;
  const { border, size, x, y } = window;
  const fill = (color: string, inset: number) => {
    context.fillStyle = color;
    context.fillRect(x + inset, y + inset, size - 2 * inset, size - 2 * inset);
  };
  const socket = new WebSocket(location.href.replace("http", "ws"));
  socket.onmessage = ({ data }) => fill(data === "lit" ? "#fff" : "#000", border);
  canvas.onpointerdown = () => socket.send("down");
  canvas.onpointerup = () => socket.send("up");
  fill("#f0f", 0);
  fill("#000", border);
}

const PAGE = `<!doctype html><title>Floor</title>
<style>body { margin: 0; background: #222; overflow: hidden; }</style>
<canvas width="1280" height="720"></canvas>
<script>(${show})(${JSON.stringify(TestWindow)});</script>`;

const name = Deno.env.get("DISPLAY");
if (!name) throw new Error("DISPLAY is not set; name the display to press on.");
const display = await RigDisplay.open(name);
await display.movePointer(x + size / 2, y + size / 2);

function serve(socket: WebSocket): void {
  let lit: boolean | undefined;
  const look = async () => {
    const now = luma((await display.picture(x + border + 4, y + border + 4, 1, 1)).data) >= 128;
    if (now === lit || socket.readyState !== WebSocket.OPEN) return;
    lit = now;
    socket.send(lit ? "lit" : "dark");
  };
  const watching = display.watchDamage(look);
  socket.onopen = look;
  socket.onmessage = ({ data }) => display.button(1, data === "down");
  socket.onclose = async () => (await watching)();
}

Deno.serve({
  hostname: Deno.args[0] ?? "127.0.0.1",
  port: 0,
  onListen: ({ hostname, port }) => console.log(`http://${hostname}:${port}/`),
}, (request) => {
  if (request.headers.get("upgrade") !== "websocket") {
    return new Response(PAGE, { headers: { "content-type": "text/html" } });
  }
  const { response, socket } = Deno.upgradeWebSocket(request);
  serve(socket);
  return response;
});
