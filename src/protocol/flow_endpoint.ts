/**
 * One end of a connection that carries flows, without the connection: octets go in and come out, the
 * clock and the timers are given. Server, browser and simulations run the same.
 *
 * This is what all wire formats have in common, and they differ in how messages become octets. What
 * it adds is all of the sender's own: it bounds what is outstanding (see {@link PathEstimator}), so
 * that queues stay here, where messages can still be given up and the urgent ones go first, and not
 * in the kernel or the network.
 *
 * A violation of the protocol, or of the limits, closes this connection with a
 * {@link ProtocolError} as its reason; nothing is thrown at whoever feeds the octets in.
 *
 * @module
 */

import type { Schedule } from "./deadline_timer.ts";
import {
  CloseCode,
  FlowClosedError,
  LimitExceededError,
  ProtocolError,
  TransportClosedError,
} from "./errors.ts";
import type {
  OpenFlowOptions,
  PathStatistics,
  ReceiveFlow,
  SendFlow,
  Transport,
  TransportClose,
  TransportKind,
} from "./flow.ts";
import { DEFAULT_LIMITS, type EndpointLimits } from "./limits.ts";
import type { OutgoingMessage } from "./outgoing_message.ts";
import type { MakePathModel, PathModel } from "./path_model.ts";
import { PingBoard } from "./ping_board.ts";
import { RtwebsocketReceiveFlow } from "./receive_flow.ts";
import { ReceiveSide } from "./receive_side.ts";
import type { ControlMessage, RtwebsocketMessage } from "./rtwebsocket_message.ts";
import type { RtwebsocketSendFlow } from "./send_flow.ts";
import { type MakeSendFlow, SendSide } from "./send_side.ts";

/** How long the socket may take to close before the transport counts as ended anyway, in ms. */
const CLOSE_TIMEOUT_MS = 1000;

export interface FlowEndpointOptions {
  /** Monotonic ms. */
  now(): number;
  /** Calls back after some ms, unless what it returns is called first. */
  schedule: Schedule;
  /** Closes what is underneath, which then calls {@link FlowEndpoint.ended}. */
  close(code: number, reason: string): void;
  /** Whether nothing may be sent before {@link FlowEndpoint.connected} is called. */
  connecting?: boolean;
  limits?: Partial<EndpointLimits>;
  /** Makes what decides how much may be sent; default: a {@link PathEstimator}. */
  makePath?: MakePathModel | undefined;
}

/** What a wire format brings along. */
export interface FlowWire {
  readonly kind: TransportKind;
  /** Makes the send flows; default: the plain ones. */
  readonly makeSendFlow?: MakeSendFlow;
  /** Whether the numbers of closed flows are given to new ones; default: yes. */
  readonly reuseFlowNumbers?: boolean;
  /** Whether the receiver acknowledges the end of each message at once; default: no. */
  readonly promptEnds?: boolean;
}

export abstract class FlowEndpoint implements Transport {
  readonly kind: TransportKind;
  onflow: ((flow: ReceiveFlow) => void) | undefined;
  onroom: (() => void) | undefined;
  onmoved: (() => void) | undefined;
  protected readonly limits: EndpointLimits;
  protected readonly sender: SendSide;
  protected readonly receiver: ReceiveSide;
  readonly #options: FlowEndpointOptions;
  readonly #pings = new PingBoard();
  readonly #closed = Promise.withResolvers<TransportClose>();
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  /** Control messages that wait for the connection. */
  #early: ControlMessage[] = [];
  #bytesSent = 0;
  #bytesReceived = 0;
  /** How many {@link FlowEndpoint.guard} are being run, one within the other. */
  #depth = 0;
  #roomDue = false;
  #close: TransportClose | undefined;
  #cancelCloseTimer: (() => void) | undefined;

  constructor(options: FlowEndpointOptions, wire: FlowWire) {
    this.#options = options;
    this.kind = wire.kind;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    const shared = {
      limits: this.limits,
      schedule: (ms: number, callback: () => void) => this.schedule(ms, callback),
      control: (message: ControlMessage) => this.#control(message),
    };
    this.sender = new SendSide({
      ...shared,
      now: options.now,
      makePath: options.makePath,
      data: (...fragment) => this.sendData(...fragment),
      roomChanged: () => this.#roomChanged(),
      ...wire,
    });
    this.receiver = new ReceiveSide({ ...shared, accept: (flow) => this.onflow?.(flow) });
    if (!options.connecting) this.connected();
  }

  /** Sends a control message, now; called only while the connection stands. */
  protected abstract sendControl(message: ControlMessage): void;

  /**
   * Sends the next octets of a message, up to `end`, now.
   *
   * @returns How many octets that took, with headers.
   */
  protected abstract sendData(
    flow: RtwebsocketSendFlow,
    message: OutgoingMessage,
    end: number,
  ): number;

  /** Sets a timer whose failure closes the transport. */
  protected schedule(milliseconds: number, callback: () => void): () => void {
    return this.#options.schedule(milliseconds, () => this.guard(callback));
  }

  now(): number {
    return this.#options.now();
  }

  get closed(): Promise<TransportClose> {
    return this.#closed.promise;
  }

  get path(): PathModel {
    return this.sender.path;
  }

  get statistics(): PathStatistics {
    const { path } = this.sender;
    return {
      rtt: path.rtt,
      minRtt: path.minRtt,
      deliveryRate: path.deliveryRate,
      outstandingBytes: path.outstanding,
      outstandingLimit: path.limit,
      yieldingBytes: this.sender.yieldingBytes,
      queueDelay: path.queueDelay,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    };
  }

  /**
   * @throws {TransportClosedError} once the transport has ended.
   * @throws {TooManyFlowsError} if as many are open as the limits allow.
   * @throws {FlowClosedError} if the flow to answer is not open.
   */
  openFlow(
    metadata: Uint8Array,
    { priority, delivery, returnFor }: OpenFlowOptions = {},
  ): SendFlow {
    this.#assertOpen();
    if (returnFor === undefined) {
      return this.sender.open(metadata, { priority, delivery, returnFlow: undefined });
    }
    if (!(returnFor instanceof RtwebsocketReceiveFlow) || !this.receiver.has(returnFor)) {
      throw new FlowClosedError("The flow to answer is not open on this transport");
    }
    return this.sender.open(metadata, { priority, delivery, returnFlow: returnFor.id });
  }

  /**
   * Sends a ping, behind all that was sent before.
   *
   * @returns The round-trip time in ms; undefined if the transport ended before the reply.
   * @throws {TransportClosedError} once the transport has ended.
   */
  ping(): Promise<number | undefined> {
    this.#assertOpen();
    const { octets, reply } = this.#pings.post(this.now());
    this.#control({ type: "ping", octets });
    return reply;
  }

  /** Closes at once; what was not sent yet is abandoned. */
  close(code: number = CloseCode.Normal, reason = ""): void {
    this.#shut({ clean: true, code, reason });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }

  /** The connection stands: sends what has waited for it. */
  connected(): void {
    if (this.#state !== "connecting") return;
    this.#state = "open";
    for (const message of this.#early) this.sendControl(message);
    this.#early = [];
    this.sender.start();
    this.#roomChanged();
  }

  /** {@inheritDoc Transport.lossSeen} */
  lossSeen(): void {}

  /** Whether the connection stands and is not being closed. */
  protected get open(): boolean {
    return this.#state === "open";
  }

  /** Octets that were sent, in all. */
  protected get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Accounts for octets that were sent. */
  protected countSent(octets: number): void {
    this.#bytesSent += octets;
  }

  /** Accounts for octets that have come. */
  protected countReceived(octets: number): void {
    this.#bytesReceived += octets;
  }

  /** Closes the transport because of an error of the peer's or of ours. */
  fail(error: Error): void {
    const code = error instanceof ProtocolError ? error.closeCode : CloseCode.InternalError;
    this.#shut({ clean: false, code, reason: error.message, error });
  }

  /** What is underneath has ended; safe to call more than once. */
  ended(close: TransportClose): void {
    if (this.#state === "closed") return;
    const settled = this.#state === "closing";
    this.#state = "closed";
    this.#close ??= close;
    this.#cancelCloseTimer?.();
    if (!settled) this.settle();
    this.#closed.resolve(this.#close);
  }

  /**
   * Takes one message of the peer's.
   *
   * @param octets Its size on the wire.
   * @throws {ProtocolError} if it should not have come, or breaks a limit.
   */
  protected take(message: RtwebsocketMessage, octets: number): void {
    switch (message.type) {
      case "data":
        return this.receiver.takeData(message.flow, message.fragment, message.last, octets);
      case "ack":
        return this.sender.takeAck(message.flow, message.octets, message.buffer);
      case "open":
        return this.receiver.takeOpen(message.flow, message.metadata, {
          id: message.returnFlow,
          flow: this.sender.get(message.returnFlow ?? -1),
        });
      case "close":
        return this.receiver.takeClose(message.flow);
      case "closeAck":
        return this.sender.takeCloseAck(message.flow);
      case "abandon":
        return this.receiver.takeAbandon(message.flow);
      case "exception":
        return this.sender.takeException(message.flow, message.code, message.reason);
      case "ackWindow":
        return this.receiver.setAckWindow(message.octets);
      case "ping":
        if (message.octets.length > this.limits.maxPingOctets) {
          throw new LimitExceededError(
            `A ping of ${message.octets.length} octets is over the limit of ` +
              this.limits.maxPingOctets,
          );
        }
        return this.#control({ type: "pingReply", octets: message.octets });
      case "pingReply": {
        const now = this.now();
        const rtt = this.#pings.take(message.octets, now);
        if (rtt !== undefined) this.sender.path.roundTrip(rtt, now);
        return;
      }
    }
  }

  #control(message: ControlMessage): void {
    if (this.#state === "open") this.sendControl(message);
    else if (this.#state === "connecting") this.#early.push(message);
  }

  /** Has `onroom` called: right after what is being handled, or else soon, but once for all. */
  #roomChanged(): void {
    if (this.#roomDue) return;
    this.#roomDue = true;
    if (this.#depth === 0) queueMicrotask(() => this.guard(() => {}));
  }

  /** Runs what the peer, a timer or room has caused; whatever it throws closes the transport. */
  protected guard(run: () => void): void {
    this.#depth++;
    try {
      run();
      if (this.#depth === 1 && this.#roomDue) {
        this.#roomDue = false;
        if (this.#state === "open") {
          this.sender.transmit();
          this.onroom?.();
        }
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#depth--;
    }
    // What was given up within onroom: next time, so that others get their turn.
    if (this.#depth === 0 && this.#roomDue && this.#state === "open") {
      queueMicrotask(() => this.guard(() => {}));
    }
  }

  #assertOpen(): void {
    if (this.#state === "open" || this.#state === "connecting") return;
    throw new TransportClosedError(`The transport is ${this.#state}: connect again`);
  }

  #shut(close: TransportClose): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#close = close;
    this.#state = "closing";
    // A network that is gone never answers the closing handshake.
    this.#cancelCloseTimer = this.#options.schedule(CLOSE_TIMEOUT_MS, () => this.ended(close));
    this.settle();
    this.#options.close(close.code, close.reason);
  }

  /** Ends every flow, ping and timer. */
  protected settle(): void {
    this.#early = [];
    this.#pings.stop();
    this.sender.end();
    try {
      this.receiver.end();
    } catch (error) {
      // It has ended already: all that is left is to say what went wrong.
      if (this.#close !== undefined && error instanceof Error) {
        this.#close = { error, ...this.#close };
      }
    }
  }
}
