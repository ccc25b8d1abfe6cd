/**
 * What a page says, each message right: what is broken begins here.
 *
 * @module
 */
import { CHANNEL_VERSIONS } from "../../src/protocol/channel.ts";
import {
  CONTROL_VERSION,
  encodeViewerMessage,
  type ViewerMessage,
} from "../../src/protocol/control_message.ts";
import {
  encodeInputMessage,
  INPUT_VERSION,
  type InputMessage,
} from "../../src/protocol/input_message.ts";
import { encodeMetadata } from "../../src/protocol/metadata.ts";
import { join, type Mutator } from "./mutator.ts";

const CONTROL: readonly ViewerMessage[] = [
  {
    type: "hello",
    protocol: CONTROL_VERSION,
    decoders: ["h264", "vp8"],
    devicePixelRatio: 1,
    width: 1280,
    height: 720,
  },
  { type: "request-keyframe", reason: "It is broken" },
  { type: "focus", focused: false },
  { type: "audio", enabled: true, redundant: false },
  { type: "settings", picture: { codec: "auto", chroma: "420" } },
  { type: "resize", width: 320, height: 200, asked: true },
  { type: "share", ask: { action: "list" } },
  { type: "share", ask: { action: "invite", role: "view" } },
  { type: "share", ask: { action: "revoke", link: "1" } },
  { type: "share", ask: { action: "role", viewer: "1", role: "view" } },
  { type: "share", ask: { action: "sign-out", viewer: "99" } },
  { type: "ping", id: 1, clientTime: 5 },
  { type: "log", level: "info", message: "Something" },
];

const INPUT: readonly InputMessage[] = [
  { type: "key", sequence: 1, keysym: 0xffe1, down: true },
  { type: "key", sequence: 2, keysym: 0xffe1, down: false },
  { type: "pointer", sequence: 3, x: 10, y: 10 },
  { type: "button", sequence: 4, button: 1, down: true, x: 10, y: 10 },
  { type: "wheel", sequence: 5, dx: 0, dy: 120, x: 10, y: 10 },
  { type: "releaseAll", sequence: 6 },
];

/** The flows that every fuzzed client opens, by their numbers. */
export const FLOWS = ["control", "input", ...Object.keys(CHANNEL_VERSIONS)] as const;

/** Metadata of a flow, as its opening has it. */
export function metadataOf(kind: string): Uint8Array {
  const versions: Record<string, number> = {
    control: CONTROL_VERSION,
    input: INPUT_VERSION,
    ...CHANNEL_VERSIONS,
  };
  return encodeMetadata(
    { kind, version: versions[kind] ?? 1 } as Parameters<typeof encodeMetadata>[0],
  );
}

/** A message of a flow that is right, but for those of channels. */
export function payload(mutator: Mutator, kind: string): Uint8Array {
  const right = kind === "control"
    ? encodeViewerMessage(mutator.pick(CONTROL))
    : kind === "input"
    ? encodeInputMessage({ ...mutator.pick(INPUT), sequence: 1 + mutator.below(1_000_000) })
    : join([mutator.below(12)], mutator.noise(24));
  return right;
}

/** A small number of the wire (RFC 7016 §2.1.2), now and then a large one. */
export function vlu(mutator: Mutator, below: number): number[] {
  if (mutator.chance(90)) return [mutator.below(Math.min(below, 128))];
  return [0x80 | mutator.below(128), mutator.below(128)];
}
