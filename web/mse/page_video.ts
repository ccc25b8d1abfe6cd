/**
 * The page's part of Media Source Extensions: the video element over the canvas, and what the worker asks.
 *
 * @module
 */

import { MediaScreen } from "./media_screen.ts";
import type { TimelineKind } from "./media_timeline.ts";
import type { FromScreen, ToScreen } from "./mse_messages.ts";

export class PageVideo implements Disposable {
  readonly #video: HTMLVideoElement;
  /** Where the canvas lies, the video does. */
  readonly #observer: MutationObserver;
  readonly #port: MessagePort;
  #screen: MediaScreen | undefined;
  #timeline: TimelineKind;
  /** Whether the screen in use has shown anything. */
  #shown = false;

  /**
   * @param port Whose other end the worker has.
   * @param canvas Over which the picture is shown. It still takes the pointer.
   */
  constructor(port: MessagePort, canvas: HTMLElement) {
    this.#port = port;
    this.#timeline = usualTimeline(navigator.userAgent);
    const video = this.#video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.disableRemotePlayback = true;
    video.setAttribute("aria-hidden", "true");
    canvas.after(video);
    const follow = () => {
      video.style.cssText = canvas.style.cssText;
      video.className = `cover ${canvas.className}`;
    };
    this.#observer = new MutationObserver(follow);
    this.#observer.observe(canvas, { attributeFilter: ["style", "class"] });
    follow();
    port.onmessage = ({ data }: MessageEvent<ToScreen>) => this.#onmessage(data);
  }

  [Symbol.dispose](): void {
    this.#port.close();
    this.#observer.disconnect();
    this.#screen?.[Symbol.dispose]();
    this.#screen = undefined;
    this.#video.remove();
  }

  #onmessage(message: ToScreen): void {
    switch (message.type) {
      case "unit":
        this.#screen ??= this.#open();
        this.#screen.show(message);
        break;
      case "restart":
        if (this.#screen !== undefined && !this.#shown) this.#timeline = other(this.#timeline);
        this.#screen?.[Symbol.dispose]();
        this.#screen = undefined;
        break;
      case "png":
        this.#png().then((png) => this.#tell({ type: "png", png }));
        break;
    }
  }

  #open(): MediaScreen {
    this.#shown = false;
    return new MediaScreen({
      video: this.#video,
      timeline: this.#timeline,
      tell: (message) => {
        if (message.type === "shown") this.#shown = true;
        this.#tell(message);
      },
    });
  }

  #tell(message: FromScreen): void {
    this.#port.postMessage(message);
  }

  async #png(): Promise<Blob> {
    const { videoHeight, videoWidth } = this.#video;
    const canvas = new OffscreenCanvas(Math.max(videoWidth, 1), Math.max(videoHeight, 1));
    canvas.getContext("2d", { alpha: false })?.drawImage(this.#video, 0, 0);
    return await canvas.convertToBlob({ type: "image/png" });
  }
}

/** What was seen to work; if nothing is shown that way, the other one is tried. */
function usualTimeline(userAgent: string): TimelineKind {
  return /\bFirefox\//.test(userAgent) ? "stalling" : "running";
}

function other(kind: TimelineKind): TimelineKind {
  return kind === "running" ? "stalling" : "running";
}
