/** A server's place in its history as RDB files keep it. */
import type { ReplicationState, SavedReplication } from "./replication-state";

/**
 * What a file saved now should say, or undefined when it would mean nothing to anybody.
 * @param selectedDb the database the next command of the stream goes to: for a master the last one
 *   that was selected in it (-1 when the next command selects one), for a replica its master's.
 */
export function savedReplication(
  state: ReplicationState,
  offset: number,
  isBacklogOpen: boolean,
  selectedDb: number,
): SavedReplication | undefined {
  const streamDb = Math.max(selectedDb, 0);
  const { id } = state.history;
  if (state.master === undefined) return isBacklogOpen ? { id, offset, streamDb } : undefined;
  const { link } = state;
  const isFollowing = link.phase === "connected" && !link.isOldMaster;
  return isFollowing || state.canResume ? { id, offset, streamDb } : undefined;
}
