/**
 * A page that is reached at another UDP port from now on, as behind a NAT that has forgotten the one before.
 *
 * To a new address, a QUIC server may send three times as much as came from there until a round trip has
 * proved it (RFC 9000 §8.1, §9.3), and what was on its way to the old one is lost. So another path
 * takes over meanwhile.
 *
 * @module
 */
import type { Schedule } from "../protocol/deadline_timer.ts";
import type { Transport } from "../protocol/flow.ts";
import { pingIfOpen } from "../protocol/path_watch.ts";

/**
 * How long the other path stays in use then, in ms: each move takes a keyframe, and the picture is to be
 * sharp again before the next. The page itself goes back after a second of its own pings, and would take
 * it for a path that cannot be relied on the next time.
 */
const STAY_MS = 600;
/** How much later than the path itself the other may answer, at least; in ms. */
const GRACE_MS = 50;

/**
 * A port that changes again within this time, in ms, is not waited for: whether the path is any good then is
 * for the page to judge, which does so for longer each time.
 */
export const UNSTEADY_MS = 3000;

/**
 * Waits until a path can be gone back to.
 *
 * @param path Whose port has changed.
 * @param reserve What takes over meanwhile.
 * @returns Whether that is because its new port is proved, or because nothing comes by the reserve;
 * undefined if the path has ended.
 */
export async function provedAgain(
  path: Transport,
  reserve: Transport,
  schedule: Schedule,
): Promise<"proved" | "silent" | undefined> {
  const pause = async (ms: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = schedule(ms, resolve);
    await Promise.race([promise, path.closed]);
    cancel();
  };
  const { bytesReceived } = reserve.statistics;
  void pingIfOpen(reserve);
  const rtt = await pingIfOpen(path);
  if (rtt === undefined) return undefined;
  await pause(Math.max(rtt, GRACE_MS));
  // What has taken the port away may have cut the reserve off as well.
  if (reserve.statistics.bytesReceived === bytesReceived) return "silent";
  await pause(STAY_MS);
  return "proved";
}
