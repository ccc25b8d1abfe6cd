/**
 * Where samples become sound: on the audio thread, or on the page's where pages have no audio thread of
 * their own to run scripts on, since they are no secure contexts.
 *
 * @module
 */

import type { PlayoutStart } from "./audio_messages.ts";
import { ScheduledPlayout } from "./scheduled_playout.ts";

export interface Speaker {
  /** Where the sound comes out. */
  readonly node: AudioNode;
  /** Samples come from this port's other end, from now on. */
  connect(port: MessagePort): void;
  close(): void;
}

/** Whether scripts can run on the audio thread. Chromium has the node's class also where they cannot. */
export function hasAudioThread(context: BaseAudioContext): boolean {
  return "audioWorklet" in context;
}

/**
 * @param script The audio thread's.
 * @param failed Called when the audio thread stops.
 * @throws if the script cannot be fetched.
 */
export async function openSpeaker(
  context: AudioContext,
  script: URL,
  failed: (reason: string) => void,
): Promise<Speaker> {
  if (!hasAudioThread(context)) return new ScheduledPlayout(context);
  await context.audioWorklet.addModule(script);
  const node = new AudioWorkletNode(context, "skerry-playout", {
    numberOfInputs: 0,
    outputChannelCount: [2],
  });
  node.onprocessorerror = () => failed("The audio thread has stopped");
  return {
    node,
    connect: (port) => {
      const start: PlayoutStart = { port };
      node.port.postMessage(start, [port]);
    },
    close: () => {
      node.onprocessorerror = null;
      node.disconnect();
    },
  };
}
