/**
 * Rate control: how much to send to each viewer, and when. Pure: no I/O, no clock of its own.
 *
 * @module
 */

export type { AckEvent, InFlight } from "./ack_event.ts";
export { RateController } from "./rate_controller.ts";
export type { FrameRequest, RateControllerOptions, RateDecision } from "./rate_decision.ts";
export { RatePath, type RatePathOptions, ratePaths } from "./rate_path.ts";
export { SentLedger } from "./sent_ledger.ts";
export * from "./units.ts";
