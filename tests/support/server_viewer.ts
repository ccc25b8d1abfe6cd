/**
 * A viewer as features of the session know it, with a transport in memory to its page.
 *
 * @module
 */
import { CONTROL_VERSION } from "../../src/protocol/control_message.ts";
import { Viewer, type ViewerRole } from "../../src/session/viewer.ts";
import { type MemoryTransport, memoryTransportPair } from "../../src/transport/memory.ts";

let viewers = 0;

/**
 * @param signIn The sign-in that it came by.
 * @returns The viewer, and the transport that its page is to use.
 */
export function serverViewer(
  role: ViewerRole,
  signIn?: string,
): { viewer: Viewer; transport: MemoryTransport } {
  const viewer = new Viewer({
    id: `${++viewers}`,
    role,
    signIn,
    events: {
      hello: ({ id, role }) => ({
        type: "hello",
        protocol: CONTROL_VERSION,
        session: "session",
        viewer: id,
        role,
        display: { width: 16, height: 16, server: "xvnc", resizable: true },
        encoder: { name: "vp8enc", codec: "vp8" },
        startedAt: 0,
      }),
      oncontrol() {},
      oninput() {},
      onroom() {},
      onvideolost() {},
      onpath() {},
    },
  });
  return { viewer, transport: connect(viewer) };
}

/** Gives a viewer one more path, as after the loss of the one before. */
export function connect(viewer: Viewer): MemoryTransport {
  const [ours, theirs] = memoryTransportPair();
  viewer.attach(ours);
  return theirs;
}
