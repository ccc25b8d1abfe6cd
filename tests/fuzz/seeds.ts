/**
 * What a page says, with values that no page has: each message can be read, and what is broken begins here.
 *
 * @module
 */
import { CHANNEL_VERSIONS } from "../../src/protocol/channel.ts";
import { CONTROL_VERSION, type ViewerMessage } from "../../src/protocol/control_message.ts";
import {
  encodeInputMessage,
  INPUT_VERSION,
  type InputMessage,
} from "../../src/protocol/input_message.ts";
import { encodeMetadata } from "../../src/protocol/metadata.ts";
import { join, type Mutator } from "./mutator.ts";

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

/** A message of a flow that can be read, but for those of channels. */
export function payload(mutator: Mutator, kind: string): Uint8Array<ArrayBuffer> {
  switch (kind) {
    case "control":
      return new TextEncoder().encode(JSON.stringify(control(mutator)));
    case "input":
      return encodeInputMessage(input(mutator));
    default: {
      const number = mutator.rising();
      return join(
        [number >>> 24, number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff],
        [mutator.below(12)],
        mutator.noise(24),
      );
    }
  }
}

/** A small number of the wire (RFC 7016 §2.1.2), now and then a large one. */
export function vlu(mutator: Mutator, below: number): number[] {
  if (mutator.chance(90)) return [mutator.below(Math.min(below, 128))];
  return [0x80 | mutator.below(128), mutator.below(128)];
}

function control(mutator: Mutator): ViewerMessage {
  const any = (least: number, most: number) => number(mutator, least, most);
  const yes = () => mutator.chance(50);
  const text = (text: string, most = 250) => mutator.text(text, 8).slice(0, most);
  switch (mutator.below(12)) {
    case 0:
      return {
        type: "hello",
        protocol: CONTROL_VERSION,
        // Each codec that is asked for has to be encoded: that is dear.
        decoders: mutator.chance(2)
          ? [mutator.pick(["vp8", "jpeg"]), text("vp9", 32)]
          : ["h264", text("h264-444", 32), text("vp8", 32)],
        devicePixelRatio: any(1, 10_000) / 100,
        width: any(0, 32768),
        height: any(0, 32768),
      };
    case 1:
      return { type: "request-keyframe", reason: text("It is broken") };
    case 2:
      return { type: "focus", focused: yes() };
    case 3:
      return { type: "audio", enabled: yes(), repeats: any(0, 2) };
    case 4:
      // Another encoder is dear.
      return {
        type: "settings",
        picture: mutator.chance(1)
          ? { codec: mutator.pick(["auto", "h264", "vp8"]), chroma: mutator.pick(["420", "444"]) }
          : { bitrate: any(100, 500_000), framesPerSecond: any(1, 240) },
      };
    case 5:
      return {
        type: "resize",
        width: any(1, 32768),
        height: any(1, 32768),
        dpi: any(48, 480),
        asked: yes(),
      };
    case 6:
      return { type: "monitor", show: any(0, 64) };
    case 7:
      return { type: "share", ask: share(mutator) };
    case 8:
      return { type: "activate", epoch: any(0, 2 ** 31), reason: text("It is silent") };
    case 9:
      return { type: "ping", id: any(0, 2 ** 31), clientTime: any(-(2 ** 31), 2 ** 31) };
    default:
      return {
        type: "log",
        level: mutator.pick(["debug", "info", "warning", "error"]),
        message: text("Something\r\nhas \x1b[31mhappened", 4000),
      };
  }
}

type Share = Extract<ViewerMessage, { type: "share" }>["ask"];

function share(mutator: Mutator): Share {
  const role = mutator.pick(["control", "view"] as const);
  const viewer = `${mutator.below(mutator.chance(50) ? 8 : 10_000)}`;
  return mutator.pick<Share>([
    { action: "list" },
    { action: "invite", role },
    { action: "revoke", link: `${mutator.below(64)}` },
    { action: "revoke", link: mutator.text("1").slice(0, 16) },
    { action: "role", viewer, role },
    { action: "role", viewer, role },
    { action: "sign-out", viewer },
    { action: "sign-out-others" },
  ]);
}

function input(mutator: Mutator): InputMessage {
  const any = (least: number, most: number) => number(mutator, least, most);
  const down = mutator.chance(50);
  // What is numbered lower than what was before is not looked at.
  const sequence = mutator.rising();
  const place = { x: any(0, 0xffff), y: any(0, 0xffff) };
  const wheel = { dx: any(-32768, 32767), dy: any(-32768, 32767) };
  switch (mutator.below(8)) {
    case 0:
    case 1: {
      // A keysym that no key has changes the keyboard, which is dear.
      const keysym = mutator.chance(5)
        ? any(1, 0x1fff_ffff)
        : mutator.chance(50)
        ? any(0x20, 0x7e)
        : any(0xff08, 0xffff);
      return { type: "key", sequence, keysym, down };
    }
    case 2:
      return { type: "pointer", sequence, ...place };
    case 3:
      return { type: "button", sequence, button: any(1, 9), down, ...place };
    case 4:
      return { type: "wheel", sequence, ...wheel, ...place };
    case 5:
      return { type: "motion", sequence, ...wheel };
    case 6:
      return mutator.chance(30) ? { type: "gamepadGone", sequence, pad: any(0, 3) } : {
        type: "gamepad",
        sequence,
        pad: any(0, 3),
        buttons: any(0, 2 ** 17 - 1),
        axes: [wheel.dx, wheel.dy, wheel.dy, wheel.dx],
        triggers: [any(0, 255), any(0, 255)],
      };
    default:
      return { type: "releaseAll", sequence };
  }
}

/** Any number of a range, often one of its ends. */
function number(mutator: Mutator, least: number, most: number): number {
  if (mutator.chance(20)) return mutator.chance(50) ? least : most;
  return least + mutator.below(most - least + 1);
}
