/**
 * A master that comes back without data while a replica still holds some: it was restarted without its
 * files, and its replicas are about to throw their data away as well. For `sentinel empty-master-grace`
 * it counts as down, so that a replica can be promoted instead. Redis knows no such rule; it is off by
 * default.
 *
 * It is no promise: a replica that finds the master again before a Sentinel does copies its emptiness.
 */
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";

/** Looks again after INFO of the master or of a replica. */
export function checkEmptyMaster(draft: Draft, instance: Instance): void {
  const master = instance.master ?? instance;
  const isEmptied = optionsOf(master).emptyMasterGraceMs !== 0 && hasLostData(master);
  if (isEmptied === (master.emptySinceMs !== 0)) return;
  master.emptySinceMs = isEmptied ? draft.nowMs : 0;
  if (isEmptied) {
    draft.event("warning", "+empty-master", master, "#its replicas hold data that it has lost");
  } else {
    draft.event("warning", "-empty-master", master);
  }
}

/** A master that was emptied on purpose has a history that is no shorter than its replicas'. */
function hasLostData(master: Instance): boolean {
  if (master.infoMs === 0 || master.holdsKeys || master.isLoading) return false;
  if (master.roleReported !== "master") return false;
  for (const replica of master.replicas.values()) {
    if (replica.roleReported !== "slave" || replica.isSubjectivelyDown) continue;
    if (replica.holdsKeys && replica.replOffset > master.masterReplOffset) return true;
  }
  return false;
}
