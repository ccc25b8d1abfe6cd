/**
 * What carries messages to a viewer over a {@link Link}: reliable, in fragments, and held to the limit of
 * outstanding octets that the rate controller gives; and what comes back as acks.
 *
 * @module
 */

import type { RateController } from "../../src/rate/rate_controller.ts";
import { SentLedger } from "../../src/rate/sent_ledger.ts";
import { type Bytes, bytes, type Milliseconds, milliseconds } from "../../src/rate/units.ts";
import type { EventClock } from "./link_simulation_clock.ts";
import type { Link } from "./link_simulation_link.ts";
import { TcpSender } from "./link_simulation_tcp.ts";

/**
 * What the messages travel over, and how the receiver acknowledges.
 *
 * - `websocket`: TCP, so the octets come in order and as fast as its congestion window lets them; acks after
 *   each multiple of the ack window, or 200 ms later (RTWebSocket). Nobody but TCP learns of losses.
 * - `datagram`: each packet by itself, acknowledged at once and cumulatively; acks get lost as packets do.
 */
export type AckMode = "websocket" | "datagram";

/** Of RTWebSocket. */
export const ACK_WINDOW = 2800;
const ACK_DELAY_MS = 200;
const FRAGMENT = 1400;
const HEADER = 6;
/** What WebSocket, TCP and IP, or QUIC, UDP and IP add to a fragment. */
const OVERHEAD = 46;
const ACK_OCTETS = 56;
/** Room with nothing to send for so long makes what follows application-limited, in ms. */
const PAUSE_MS = 25;

interface Message {
  left: number;
  undelivered: number;
  readonly arrived: () => void;
}

interface Packet {
  readonly sequence: number;
  readonly octets: number;
  /** Undefined for bulk. */
  readonly message: Message | undefined;
  readonly payload: number;
}

/** What decides how much is sent, and when. */
export type Control =
  & Pick<
    RateController,
    | "acked"
    | "roundTrip"
    | "frameTaken"
    | "outstandingLimit"
    | "setAckWindow"
    | "wantedAckWindow"
    | "bulkLimit"
    | "hasRoom"
    | "roomAt"
    | "encoderBitrate"
    | "decide"
    | "paddingAt"
    | "padding"
  >
  & {
    /** Octets were sent. @returns The ack window to announce, if it is to change. */
    sent?(octets: Bytes, now: Milliseconds): Bytes | undefined;
  };

export interface PathOptions {
  readonly clock: EventClock;
  readonly forward: Link;
  readonly back: Link;
  readonly acks: AckMode;
  readonly controller: Control;
  /** Called when there may be room. */
  readonly onroom: () => void;
  /** Called with each packet's wait in the link's queue, in ms. */
  readonly onwait: (wait: number) => void;
  /** When the receiver looks at what comes now; default: at once. */
  readonly looksAt?: (now: number) => number;
}

export class SimulatedPath {
  readonly ledger: SentLedger;
  /** Octets of messages that have arrived. */
  delivered = 0;
  /** Octets of the bulk flow that have arrived. */
  bulkDelivered = 0;
  /** Bulk octets that are not acknowledged. */
  bulkOutstanding = 0;
  #bulkRuns = false;
  /** What was sent in order, with how much of it was bulk: for telling apart what acks are for. */
  readonly #kinds: { octets: number; bulk: boolean }[] = [];
  readonly #options: PathOptions;
  readonly #tcp: TcpSender | undefined;
  readonly #queue: Message[] = [];
  #sequence = 0;
  #idleSince: number | undefined = 0;
  #wantedWindow: number = ACK_WINDOW;
  // The receiver's side.
  #expected = 0;
  #ackWindow = ACK_WINDOW;
  /** Windows announced, by the first packet that they are for. */
  readonly #windows = new Map<number, number>();
  readonly #early = new Map<number, Packet>();
  #received = 0;
  #sinceMultiple = 0;
  #timer = 0;
  #timerRuns = false;
  // The sender's.
  #ackedTotal = 0;

  constructor(options: PathOptions) {
    this.#options = options;
    const { clock, forward, acks, onwait } = options;
    if (acks === "websocket") this.#tcp = new TcpSender(clock, forward, onwait);
    this.ledger = new SentLedger(
      options.acks === "websocket" ? { ackWindow: bytes(ACK_WINDOW) } : {},
    );
  }

  /** Octets that wait to be sent. */
  get queued(): number {
    return this.#queue.reduce((sum, { left }) => sum + left, 0);
  }

  /** @param arrived Called when all of it has arrived. */
  write(octets: number, arrived: () => void): void {
    const { now } = this.#options.clock;
    if (this.#idleSince !== undefined && now - this.#idleSince > PAUSE_MS) {
      this.ledger.applicationLimited();
    }
    this.#queue.push({ left: octets, undelivered: octets, arrived });
    this.transmit();
  }

  /** Sends what there is room for. */
  transmit(): void {
    const { clock, controller } = this.#options;
    const now = milliseconds(clock.now);
    const limit = controller.outstandingLimit(now, this.ledger.inFlight);
    for (let message = this.#queue[0]; message !== undefined; message = this.#queue[0]) {
      const payload = Math.min(message.left, FRAGMENT);
      const octets = payload + HEADER;
      if (this.ledger.inFlight.outstanding + octets > limit) break;
      this.#sendNext(message, payload);
      message.left -= payload;
      if (message.left === 0) this.#queue.shift();
    }
    if (this.#bulkRuns) this.#transmitBulk();
    const idle = this.#queue.length === 0 && this.ledger.inFlight.outstanding <= limit / 2;
    this.#idleSince = idle ? this.#idleSince ?? clock.now : undefined;
  }

  /** Has a bulk flow, which always has more, take what is left. */
  setBulk(runs: boolean): void {
    this.#bulkRuns = runs;
    this.transmit();
  }

  #transmitBulk(): void {
    const { clock, controller } = this.#options;
    const limit = controller.bulkLimit(milliseconds(clock.now), this.ledger.inFlight);
    while (
      this.#queue.length === 0 && this.ledger.inFlight.outstanding + FRAGMENT + HEADER <= limit
    ) {
      this.#sendNext(undefined, FRAGMENT);
    }
  }

  #sendNext(message: Message | undefined, payload: number): void {
    const octets = payload + HEADER;
    const { clock, acks, controller } = this.#options;
    const now = milliseconds(clock.now);
    const timed = this.ledger.sent(bytes(octets), now);
    this.#kinds.push({ octets, bulk: message === undefined });
    if (message === undefined) this.bulkOutstanding += octets;
    this.#send({ sequence: this.#sequence++, octets, message, payload });
    let window = controller.sent?.(bytes(octets), now);
    if (controller.sent === undefined && timed && acks === "websocket") {
      window = controller.wantedAckWindow(now, this.ledger.inFlight);
      if (window === this.#wantedWindow) window = undefined;
    }
    if (window === undefined) return;
    this.#wantedWindow = window;
    this.ledger.setAckWindow(window);
    controller.setAckWindow(window);
    // It takes effect with what follows.
    this.#windows.set(this.#sequence, window);
  }

  #send(packet: Packet): void {
    const octets = packet.octets + OVERHEAD;
    const { clock, looksAt } = this.#options;
    const arrive = () => {
      const at = looksAt?.(clock.now) ?? clock.now;
      if (at > clock.now) clock.at(at, () => this.#arrive(packet));
      else this.#arrive(packet);
    };
    if (this.#tcp !== undefined) return this.#tcp.send({ octets, arrive });
    const wait = this.#options.forward.send(octets, arrive, () => {
      this.ledger.lost(bytes(packet.octets));
      this.#send(packet);
    });
    if (wait !== undefined) this.#options.onwait(wait);
  }

  #arrive(packet: Packet): void {
    if (this.#options.acks === "datagram") {
      this.#take(packet);
      return this.#ack();
    }
    this.#early.set(packet.sequence, packet);
    for (;;) {
      const next = this.#early.get(this.#expected);
      if (next === undefined) return;
      this.#early.delete(this.#expected++);
      const window = this.#windows.get(next.sequence);
      if (window !== undefined) {
        this.#ackWindow = window;
        this.#sinceMultiple = 0;
        this.#windows.delete(next.sequence);
      }
      this.#take(next);
      this.#sinceMultiple += next.octets;
      const due = this.#sinceMultiple >= this.#ackWindow;
      this.#sinceMultiple %= this.#ackWindow;
      if (due) this.#ack();
      else this.#ackLater();
    }
  }

  #take({ octets, message, payload }: Packet): void {
    this.#received += octets;
    if (message === undefined) {
      this.bulkDelivered += payload;
      return;
    }
    this.delivered += payload;
    message.undelivered -= payload;
    if (message.undelivered === 0) message.arrived();
  }

  #ackLater(): void {
    if (this.#timerRuns) return;
    this.#timerRuns = true;
    const timer = this.#timer;
    const { clock } = this.#options;
    clock.at(clock.now + ACK_DELAY_MS, () => {
      if (timer === this.#timer) this.#ack();
    });
  }

  #ack(): void {
    this.#timer++;
    this.#timerRuns = false;
    const total = this.#received;
    const { back, acks } = this.#options;
    const arrive = () => this.#takeAck(total);
    // TCP sends it again.
    back.send(ACK_OCTETS, arrive, acks === "websocket" ? arrive : undefined);
  }

  #takeAck(total: number): void {
    if (total <= this.#ackedTotal) return;
    const { clock, controller, onroom } = this.#options;
    const now = milliseconds(clock.now);
    let left = total - this.#ackedTotal;
    const event = this.ledger.acked(bytes(left), now);
    for (let kind = this.#kinds[0]; kind !== undefined && left > 0; kind = this.#kinds[0]) {
      const part = Math.min(kind.octets, left);
      left -= part;
      kind.octets -= part;
      if (kind.bulk) this.bulkOutstanding -= part;
      if (kind.octets === 0) this.#kinds.shift();
    }
    this.#ackedTotal = total;
    controller.acked(event, this.ledger.inFlight);
    this.transmit();
    onroom();
  }
}
