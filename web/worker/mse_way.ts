/**
 * Decoding by the browser's video element: any page has it, and for pictures that are too large for
 * WebAssembly it is quicker. The element is the page's; what is here sends it access units and is told what
 * it shows.
 *
 * @module
 */

import type { DecoderConfig, PictureRectangle } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";
import type { FromScreen, ToScreen } from "../mse/mse_messages.ts";
import type { Painter } from "./painter.ts";
import type { AccessUnit, DecodedFrame, DecoderEvents, PictureDecoder } from "./picture_decoder.ts";
import type { PictureWay } from "./picture_way.ts";

/**
 * @param supported What the page's video can show, by the protocol's names.
 * @param connect Takes the other end of a port to the page.
 * @returns Undefined if that is nothing.
 */
export function openMse(
  supported: readonly string[],
  connect: (port: MessagePort | undefined) => void,
): PictureWay | undefined {
  if (supported.length === 0) return undefined;
  const { port1, port2 } = new MessageChannel();
  connect(port2);
  const screen = new Screen(port1);
  const way: PictureWay<ShownFrame> = {
    name: "mse",
    decoders: Promise.resolve([...supported, "jpeg"]),
    createDecoder: (events) => new MseDecoder(screen, events),
    painter: screen,
    drawing: "",
    close: () => {
      port1.close();
      connect(undefined);
    },
  };
  return way;
}

/** A frame that is seen already. */
interface ShownFrame extends DecodedFrame, Size {}

/** The page's video, seen from here. */
class Screen implements Painter<ShownFrame> {
  readonly #port: MessagePort;
  #pngs: ((png: Blob) => void)[] = [];
  size: Size = { width: 0, height: 0 };
  decoder: MseDecoder | undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromScreen>) => {
      if (data.type === "png") this.#pngs.shift()?.(data.png);
      else this.decoder?.onmessage(data);
    };
  }

  tell(message: ToScreen, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  draw({ height, width }: ShownFrame, _changed: readonly PictureRectangle[]): void {
    this.size = { width, height };
  }

  handedOver(callback: () => void): void {
    callback();
  }

  png(): Promise<Blob> {
    const { promise, resolve } = Promise.withResolvers<Blob>();
    this.#pngs.push(resolve);
    this.tell({ type: "png" });
    return promise;
  }
}

class MseDecoder implements PictureDecoder {
  readonly #screen: Screen;
  readonly #events: DecoderEvents<ShownFrame>;
  /** What was sent and not shown yet. */
  #pending: number[] = [];
  /** What the next unit begins with. */
  #config: DecoderConfig | undefined;
  closed = false;

  constructor(screen: Screen, events: DecoderEvents<ShownFrame>) {
    this.#screen = screen;
    this.#events = events;
    screen.decoder = this;
    screen.tell({ type: "restart" });
  }

  configure(config: DecoderConfig): void {
    this.#config = config;
  }

  decode({ data, keyframe, timestamp }: AccessUnit): void {
    this.#pending.push(timestamp);
    const accessUnit = data.slice();
    this.#screen.tell({
      type: "unit",
      timestamp,
      keyframe,
      config: this.#config,
      accessUnit,
    }, [accessUnit.buffer]);
    this.#config = undefined;
  }

  onmessage(message: Exclude<FromScreen, { type: "png" }>): void {
    switch (message.type) {
      case "shown":
        while (this.#pending.length > 0 && this.#pending[0]! <= message.timestamp) {
          const { height, width } = message;
          this.#events.frame({ timestamp: this.#pending.shift()!, width, height, close: () => {} });
        }
        break;
      case "wants-keyframe":
        this.#events.wantsKeyframe?.(message.reason);
        break;
      case "error": {
        this.close();
        const error = new Error(message.message);
        error.name = message.name;
        this.#events.error(error);
        break;
      }
    }
  }

  close(): void {
    this.closed = true;
    this.#pending = [];
    if (this.#screen.decoder === this) this.#screen.decoder = undefined;
  }
}
