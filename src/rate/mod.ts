/**
 * Rate control: how much to send to each viewer, and when. Pure: no I/O, no clock of its own.
 *
 * @module
 */

export type { AckEvent, InFlight } from "./ack_event.ts";
export { type FrameRequest, RateController, type RateDecision } from "./rate_controller.ts";
export type { RateControllerOptions } from "./rate_controller.ts";
export { RatePath, type RatePathOptions } from "./rate_path.ts";
export { SentLedger } from "./sent_ledger.ts";
export * from "./units.ts";
