/**
 * Decodes access units as they come and draws each frame at once.
 *
 * @module
 */

import { decodeVideoMessage, type VideoHeader } from "../../src/protocol/video_message.ts";
import { ChangedArea } from "./changed_area.ts";
import { DecoderSupervisor, type DecoderTrouble } from "./decoder_supervisor.ts";
import type { Painter } from "./painter.ts";
import type { DecodedFrame, DecoderFactory } from "./picture_decoder.ts";
import type { StatisticsCollector } from "./statistics.ts";
import type { Size } from "../input/pointer_mapping.ts";
import { setTimer, wallClock } from "../wall_clock.ts";

/**
 * While the decoder catches up with a backlog, frames are drawn at most this often; in ms. Drawing
 * takes time from decoding, and a newer frame is on its way.
 */
const CATCH_UP_INTERVAL = 12;

export interface VideoPlayerOptions<Frame extends DecodedFrame> {
  readonly painter: Painter<Frame>;
  readonly createDecoder: DecoderFactory<Frame>;
  readonly statistics: StatisticsCollector;
  requestKeyframe(reason: string): void;
  trouble(trouble: DecoderTrouble | undefined): void;
  /** The picture on the canvas has this size now, in pixels. */
  resized(size: Size): void;
  /** The first frame of a stream is on the canvas. */
  started(): void;
  /**
   * A picture is on the canvas.
   *
   * @returns When the latest input was made that this picture is the first to follow.
   */
  answered(header: VideoHeader): number | undefined;
}

interface Waiting {
  readonly header: VideoHeader;
  readonly arrived: number;
}

interface Decoded<Frame> {
  readonly frame: Frame;
  readonly waiting: Waiting | undefined;
  readonly decoded: number;
}

export class VideoPlayer<Frame extends DecodedFrame> implements Disposable {
  readonly #options: VideoPlayerOptions<Frame>;
  readonly #supervisor: DecoderSupervisor<Frame>;
  /** What is in the decoder, by timestamp, oldest first. */
  readonly #waiting = new Map<number, Waiting>();
  readonly #changed = new ChangedArea();
  /** The newest frame that came while another one was being drawn. */
  #next: Decoded<Frame> | undefined;
  #drawing = false;
  #timestamp = 0;
  #drawnAt = 0;
  #started = false;
  #size: Size = { width: 0, height: 0 };
  /** Whether to wait for the browser to take each drawing over, to time it. */
  precise = false;

  constructor(options: VideoPlayerOptions<Frame>) {
    this.#options = options;
    this.#supervisor = new DecoderSupervisor<Frame>({
      create: options.createDecoder,
      frame: (frame, pending) => this.#onFrame(frame, pending),
      requestKeyframe: options.requestKeyframe,
      trouble: options.trouble,
      now: () => performance.now(),
      schedule: setTimer,
    });
  }

  get supervisor(): DecoderSupervisor<Frame> {
    return this.#supervisor;
  }

  /**
   * @param octets A message of the video flow.
   * @throws {ProtocolError} if it is none.
   */
  play(octets: Uint8Array): void {
    const arrived = wallClock();
    const { accessUnit, ...header } = decodeVideoMessage(octets);
    this.#options.statistics.received(header, octets.length, arrived);
    // Decoders want timestamps that grow; the capture times do, but for a server that restarts.
    const timestamp = Math.max(this.#timestamp + 1, Math.floor(header.captureTime));
    this.#timestamp = timestamp;
    const { keyframe, config } = header;
    const unit = { keyframe, timestamp, data: accessUnit, ...(config && { config }) };
    if (this.#supervisor.decode(unit)) this.#waiting.set(timestamp, { header, arrived });
  }

  /** Another stream begins. The last picture stays until the first of the new ones. */
  restart(): void {
    this.#supervisor.restart();
    this.#forget();
    this.#timestamp = 0;
    this.#started = false;
  }

  [Symbol.dispose](): void {
    this.#supervisor[Symbol.dispose]();
    this.#forget();
  }

  #forget(): void {
    this.#waiting.clear();
    this.#changed.reset();
    this.#next?.frame.close();
    this.#next = undefined;
  }

  #onFrame(frame: Frame, pending: number): void {
    const decoded = wallClock();
    const waiting = this.#take(frame.timestamp);
    if (pending > 0 && decoded - this.#drawnAt < CATCH_UP_INTERVAL) return frame.close();
    this.#next?.frame.close();
    this.#next = { frame, waiting, decoded };
    if (!this.#drawing) this.#draw();
  }

  /** Draws the newest frame, and again for as long as newer ones come meanwhile. */
  #draw(): void {
    const next = this.#next;
    if (next === undefined) return;
    this.#next = undefined;
    let drawing: void | Promise<void>;
    try {
      drawing = this.#options.painter.draw(next.frame, this.#changed.take(wallClock()));
    } catch (error) {
      next.frame.close();
      throw error;
    }
    if (drawing === undefined) return this.#onDrawn(next);
    this.#drawing = true;
    drawing.finally(() => this.#drawing = false).then(() => this.#onDrawn(next));
  }

  #onDrawn({ frame, waiting, decoded }: Decoded<Frame>): void {
    frame.close();
    this.#drawnAt = wallClock();
    if (waiting !== undefined) this.#measure(waiting, decoded, this.#drawnAt);
    const { width, height } = this.#options.painter.size;
    if (width !== this.#size.width || height !== this.#size.height) {
      this.#size = { width, height };
      this.#options.resized(this.#size);
    }
    if (!this.#started) {
      this.#started = true;
      this.#options.started();
    }
    this.#draw();
  }

  /** Takes the unit out that became this frame, and what is older and gave none. */
  #take(timestamp: number): Waiting | undefined {
    const found = this.#waiting.get(timestamp);
    if (found === undefined) this.#changed.reset();
    for (const [key, { header }] of this.#waiting) {
      if (key > timestamp) break;
      this.#waiting.delete(key);
      this.#changed.add(header.changed);
    }
    return found;
  }

  #measure({ header, arrived }: Waiting, decoded: number, drawn: number): void {
    const inputAt = this.#options.answered(header);
    const { statistics } = this.#options;
    const count = (presented: number) =>
      statistics.presented(header, { arrived, decoded, presented }, inputAt);
    if (this.precise) this.#options.painter.handedOver(() => count(wallClock()));
    else count(drawn);
  }
}
