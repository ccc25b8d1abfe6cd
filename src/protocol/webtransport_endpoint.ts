/**
 * One end of a WebTransport session, without the session: see {@link FlowEndpoint} for what it does, and
 * webtransport_message.ts for what it says.
 *
 * @module
 */

import { Copies } from "./copies.ts";
import { CumulativeAcks } from "./cumulative_acks.ts";
import { LimitExceededError, ProtocolError } from "./errors.ts";
import { FlowEndpoint, type FlowEndpointOptions } from "./flow_endpoint.ts";
import { FrameReader } from "./frame_reader.ts";
import { FrameWriter } from "./frame_writer.ts";
import { IncomingMessage } from "./incoming_message.ts";
import { IncomingMessages } from "./incoming_messages.ts";
import { IndependentSendFlow } from "./independent_send_flow.ts";
import { LatestReceivers } from "./latest_receiver.ts";
import { LosableSendFlow } from "./losable_send_flow.ts";
import { OrderedSendFlow } from "./ordered_send_flow.ts";
import type { OutgoingMessage } from "./outgoing_message.ts";
import { type ControlMessage, encodeData } from "./rtwebsocket_message.ts";
import type { RtwebsocketSendFlow, SendFlowHost, SendFlowOptions } from "./send_flow.ts";
import type { WebtransportCarrier } from "./webtransport_carrier.ts";
import {
  type AcksMessage,
  type CopyFrame,
  type DatagramMessage,
  decodeDatagram,
  decodeWebtransportMessage,
  encodeWebtransportMessage,
  TIME_MODULUS,
  WEBTRANSPORT_VERSION,
  type WebtransportControl,
  type WebtransportMessage,
} from "./webtransport_message.ts";

/** The largest message of the reliable stream: fragments are smaller by far. */
const MAX_FRAME_OCTETS = 64 * 1024;
/** What a datagram holds beside a message: its type and up to three integers. */
const MAX_LATEST_HEADER_OCTETS = 24;
const MIB = 1024 * 1024;
/** A stream of the peer's: fed by whoever reads it. */
export interface IncomingStream {
  /** Takes the next octets; they belong to the endpoint from now on. */
  receive(octets: Uint8Array): void;
}

export interface WebtransportEndpointOptions extends Omit<FlowEndpointOptions, "close"> {
  readonly carrier: WebtransportCarrier;
  /** Whether this side's address may change, as that of a client behind a NAT may. */
  readonly roams?: boolean;
}

export class WebtransportEndpoint extends FlowEndpoint {
  readonly #carrier: WebtransportCarrier;
  readonly #frames = new FrameReader(MAX_FRAME_OCTETS);
  readonly #incoming: IncomingMessages;
  readonly #acks: CumulativeAcks;
  readonly #copies: Copies;
  /** What each flow has been acknowledged so far, in octets. */
  readonly #acknowledged = new WeakMap<RtwebsocketSendFlow, number>();
  /** The replaceable messages of each of the peer's flows. */
  readonly #latest = new LatestReceivers((id, message) => this.receiver.get(id)?.deliver(message));
  readonly #out: FrameWriter;
  #versionKnown = false;

  constructor(options: WebtransportEndpointOptions) {
    const { carrier } = options;
    super({
      ...options,
      close: (code, reason) => {
        this.#tell({ type: "bye", code, reason });
        this.#out.flush();
        carrier.close(code, reason);
      },
    }, {
      kind: "webtransport",
      reuseFlowNumbers: false,
      promptEnds: true,
      makeSendFlow: (host, flow) => this.#makeSendFlow(host, flow, carrier),
    });
    this.#carrier = carrier;
    this.#incoming = new IncomingMessages({
      limits: this.limits,
      flow: (id) => this.receiver.get(id),
      account: (flow, octets) => this.receiver.account(flow, octets),
      completed: (flow) => {
        this.receiver.acknowledge(flow);
        // Before the message is handed on, which takes its time: acks time the path.
        this.#acks.flush();
      },
      overtaken: () => this.lossSeen(),
      closed: (id) => {
        this.receiver.takeClose(id);
        this.#forget(id);
      },
    });
    this.#acks = new CumulativeAcks({
      now: options.now,
      schedule: (ms, callback) => this.schedule(ms, callback),
      soon: (callback) => queueMicrotask(() => this.guard(callback)),
      send: (message, losable) => losable ? this.#sendDatagram(message) : this.#tell(message),
      speaksUp: options.roams === true,
    });
    this.#copies = new Copies({
      now: options.now,
      schedule: (ms, callback) => this.schedule(ms, callback),
      path: () => this.sender.path,
    });
    this.#out = new FrameWriter((octets) => this.#deliver(octets));
    this.#out.raw(new Uint8Array([WEBTRANSPORT_VERSION]));
  }

  /**
   * Takes the next octets of the reliable stream. Never throws: what is wrong closes the transport.
   *
   * @param octets They belong to the endpoint from now on.
   */
  receive(octets: Uint8Array): void {
    if (!this.open || octets.length === 0) return;
    this.countReceived(octets.length);
    this.guard(() => {
      if (!this.#versionKnown) {
        if (octets[0] !== WEBTRANSPORT_VERSION) {
          throw new ProtocolError(
            `Version ${WEBTRANSPORT_VERSION} is spoken here, not ${octets[0]}: reload the page`,
          );
        }
        this.#versionKnown = true;
        octets = octets.subarray(1);
      }
      this.#frames.feed(octets, (frame) => {
        if (this.open) this.#takeFrame(decodeWebtransportMessage(frame), frame.length);
      });
    });
  }

  /** Takes a datagram; see {@link WebtransportEndpoint.receive}. */
  receiveDatagram(octets: Uint8Array): void {
    if (!this.open) return;
    this.countReceived(octets.length);
    this.guard(() => {
      const message = decodeDatagram(octets);
      if (message.type === "acks") return this.#takeAcks(message);
      // It may come before its flow was opened, or after it was closed.
      const flow = this.receiver.get(message.flow);
      if (flow === undefined) return;
      if (message.type === "losable") return flow.deliver(message.octets);
      if (message.type === "copy") return this.#takeCopy(message);
      this.#latest.of(message.flow).datagram(message);
      this.#ackLatest(message.flow);
    });
  }

  /**
   * The peer has opened a stream.
   *
   * @param cancel Wants no more of it.
   */
  receiveStream(cancel: () => void): IncomingStream {
    const message = new IncomingMessage(cancel);
    return {
      receive: (octets) => {
        if (!this.open) return;
        this.countReceived(octets.length);
        this.guard(() => {
          const header = this.#incoming.take(message, octets);
          if (header !== undefined) this.#acks.echo(header.time);
        });
      },
    };
  }

  override lossSeen(): void {
    this.#acks.lossSeen();
    this.#copies.lossSeen();
  }

  #makeSendFlow(
    host: SendFlowHost,
    flow: SendFlowOptions,
    carrier: WebtransportCarrier,
  ): RtwebsocketSendFlow {
    const { id } = flow;
    const maxDatagramOctets = () =>
      carrier.maxDatagramOctets - carrier.datagramPrefix.length - MAX_LATEST_HEADER_OCTETS;
    switch (flow.delivery) {
      case "independent":
        return new IndependentSendFlow(host, flow, {
          carrier,
          copy: (message, octets, send) =>
            this.#copies.offer(() => () => {
              if (message.delivered) return;
              this.countSent(octets);
              send();
            }),
          giveUp: (sequence, octets) => {
            if (this.open) this.#tell({ type: "giveUp", flow: id, sequence, octets });
          },
        });
      case "losable":
        return new LosableSendFlow(host, flow, {
          maxDatagramOctets,
          datagram: (octets) => this.#sendDatagram({ type: "losable", flow: id, octets }),
        });
      default:
        return new OrderedSendFlow(host, flow, {
          now: () => host.now(),
          schedule: (ms, callback) => this.schedule(ms, callback),
          rtt: () => this.sender.path.rtt,
          maxDatagramOctets,
          copy: (message) =>
            this.#copies.offer(() => {
              // What was sent may be written over by whoever made it.
              const octets = message.octets.slice();
              return () => this.#sendDatagram({ type: "copy", flow: id, ...message, octets });
            }),
          datagram: (message) => this.#sendDatagram({ type: "latest", flow: id, ...message }),
          reliable: (message) => this.#tell({ type: "latest", flow: id, ...message }),
        });
    }
  }

  protected override sendControl(message: ControlMessage): void {
    if (message.type === "ack") {
      return this.#acks.acknowledge(message.flow, message.octets, message.buffer);
    }
    if (message.type === "close") {
      const flow = this.sender.get(message.flow);
      if (flow instanceof IndependentSendFlow) {
        return this.#tell({ type: "closeIndependent", flow: flow.id, count: flow.count });
      }
    }
    this.#tell(message);
  }

  protected override sendData(
    flow: RtwebsocketSendFlow,
    message: OutgoingMessage,
    end: number,
  ): number {
    const octets = this.#sendOctets(flow, message, end);
    this.#copies.sent(octets);
    return octets;
  }

  #sendOctets(flow: RtwebsocketSendFlow, message: OutgoingMessage, end: number): number {
    if (flow instanceof IndependentSendFlow) {
      const octets = flow.send(message, end);
      this.countSent(octets);
      return octets;
    }
    const octets = encodeData(flow.id, message.octets, message.offset, end);
    this.#write(octets);
    if (end === message.octets.length && flow instanceof OrderedSendFlow) flow.messageSent(message);
    return octets.length;
  }

  protected override settle(): void {
    this.#acks.stop();
    this.#copies.stop();
    super.settle();
    this.#incoming.end();
  }

  #takeFrame(message: WebtransportMessage, octets: number): void {
    switch (message.type) {
      case "acks":
        return this.#takeAcks(message);
      case "giveUp":
        return this.#incoming.giveUp(message.flow, message.sequence, message.octets);
      case "closeIndependent":
        return this.#incoming.closeAfter(message.flow, message.count);
      case "bye":
        this.ended({ clean: true, code: message.code, reason: message.reason });
        return this.#carrier.close(message.code, message.reason);
      case "open":
        this.#incoming.opening(message.flow);
        this.take(message, octets);
        return this.#incoming.opened(message.flow);
      case "close":
        this.take(message, octets);
        return this.#forget(message.flow);
      case "copy":
      case "losable":
        throw new ProtocolError(`Messages of type ${message.type} are sent as datagrams only`);
      case "latest":
        if (this.receiver.get(message.flow) === undefined) {
          throw new ProtocolError(`Flow ${message.flow} is not open`);
        }
        this.#latest.of(message.flow).reliable(message);
        return this.#ackLatest(message.flow);
      case "data": {
        // What waits for the rest of its message must not keep all that came with it.
        const { fragment, last } = message;
        const sparse = !last && fragment.length * 2 < fragment.buffer.byteLength;
        const repeated = this.receiver.get(message.flow)?.repeats === true;
        this.take(sparse ? { ...message, fragment: fragment.slice() } : message, octets);
        if (last) this.#completed(message.flow, repeated);
        return;
      }
      default:
        this.take(message, octets);
    }
  }

  #takeAcks({ acks, echo, losses }: AcksMessage): void {
    const now = this.now();
    this.#copies.report(losses);
    if (echo !== undefined) {
      const age = (Math.floor(now * 1000) - echo.time) % TIME_MODULUS;
      const rtt = ((age + TIME_MODULUS) % TIME_MODULUS - echo.held) / 1000;
      if (rtt >= 0) this.sender.path.roundTrip(rtt, now);
    }
    for (const { flow: id, total, buffer, latest } of acks) {
      const flow = this.sender.get(id);
      // Of one that is closed already: datagrams come late.
      if (flow === undefined) continue;
      if (latest > 0 && flow instanceof OrderedSendFlow) flow.latestAcknowledged(latest);
      const before = this.#acknowledged.get(flow);
      if (before !== undefined && total <= before) continue;
      this.#acknowledged.set(flow, total);
      // The answer to the opening was overtaken, but not by much.
      if (total > 0 && flow.openedAt !== undefined) {
        this.sender.path.roundTrip(now - flow.openedAt, now);
      }
      this.sender.takeAck(id, total - (before ?? 0), buffer);
    }
  }

  /** A copy counts if it is its message's turn. */
  #takeCopy({ before, flow, index, octets }: CopyFrame): void {
    const latest = this.#latest.of(flow);
    if (!latest.isNext(before, index)) return;
    this.receiver.get(flow)?.deliverAhead(octets);
    latest.other();
  }

  /**
   * A message of the reliable stream is whole.
   *
   * @param repeated It had been handed on before.
   */
  #completed(id: number, repeated: boolean): void {
    if (!repeated) this.#latest.of(id).other();
    // At once, unlike over a WebSocket: what small messages leave outstanding would look like a path
    // that is busy.
    const flow = this.receiver.get(id);
    if (flow !== undefined && this.open) this.receiver.acknowledge(flow);
  }

  #ackLatest(id: number): void {
    const { index } = this.#latest.of(id);
    if (index > 0) this.#acks.latest(id, index);
  }

  /** The peer has closed a flow. */
  #forget(id: number): void {
    this.#acks.forget(id);
    this.#latest.forget(id);
  }

  /** Sends a message as a datagram if it fits into one, and else, but for a copy, on the reliable stream. */
  #sendDatagram(message: DatagramMessage): void {
    const octets = encodeWebtransportMessage(message);
    const { datagramPrefix, maxDatagramOctets } = this.#carrier;
    const size = datagramPrefix.length + octets.length;
    if (size > maxDatagramOctets) {
      if (message.type !== "copy") this.#write(octets);
      return;
    }
    const datagram = new Uint8Array(size);
    datagram.set(datagramPrefix);
    datagram.set(octets, datagramPrefix.length);
    this.countSent(octets.length);
    this.#carrier.sendDatagram(datagram);
  }

  #tell(message: WebtransportControl): void {
    this.#write(encodeWebtransportMessage(message));
  }

  /** Writes a message to the reliable stream. */
  #write(octets: Uint8Array<ArrayBuffer>): void {
    this.countSent(this.#out.message(octets));
  }

  #deliver(octets: Uint8Array<ArrayBuffer>): void {
    this.#carrier.write(octets);
    const { unsentOctets } = this.#carrier;
    if (unsentOctets > MIB + 2 * this.limits.maxOutstandingOctets) {
      this.fail(new LimitExceededError(`The peer leaves ${unsentOctets} octets unread`));
    }
  }
}
