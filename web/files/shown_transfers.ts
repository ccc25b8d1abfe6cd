/**
 * Which transfers are shown when there are more than anybody reads.
 *
 * @module
 */

import type { TransferState } from "./transfer.ts";

/** The most that are shown at a time. */
export const MOST_SHOWN = 20;

/** What somebody may want to do something about comes first; of what is done, the newest. */
const RANK: Readonly<Record<TransferState["phase"], number>> = {
  running: 0,
  paused: 0,
  failed: 1,
  waiting: 2,
  done: 3,
};

/**
 * @param transfers The oldest first.
 * @returns Those that matter most, the oldest first.
 */
export function shownTransfers(transfers: readonly TransferState[]): readonly TransferState[] {
  if (transfers.length <= MOST_SHOWN) return transfers;
  const ranks: TransferState[][] = [[], [], [], []];
  for (const transfer of transfers) ranks[RANK[transfer.phase]]!.push(transfer);
  ranks[3]!.reverse();
  return ranks.flat().slice(0, MOST_SHOWN).sort((a, b) => a.key - b.key);
}
