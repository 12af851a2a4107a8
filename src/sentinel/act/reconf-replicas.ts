/** The last part of a failover: the other replicas follow the promoted one, few at a time. */
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import { reconfigure } from "./reconfigure";

export function reconfigureReplicas(draft: Draft, master: Instance): void {
  const { promoted } = master;
  if (promoted === undefined) return;
  const { parallelSyncs } = optionsOf(master);
  let underWay = countUnderWay(master);
  for (const replica of master.replicas.values()) {
    if (underWay >= parallelSyncs) break;
    if (replica.isPromoted || replica.reconfiguration === "done") continue;
    const sentAgoMs = draft.nowMs - replica.reconfSentMs;
    if (
      replica.reconfiguration === "sent" &&
      sentAgoMs > draft.model.times.replicaReconfTimeoutMs
    ) {
      draft.event("notice", "-slave-reconf-sent-timeout", replica);
      replica.reconfiguration = "done";
    }
    if (replica.reconfiguration !== "none") continue;
    if (!reconfigure(draft, replica, promoted.address)) continue;
    replica.reconfiguration = "sent";
    replica.reconfSentMs = draft.nowMs;
    draft.event("notice", "+slave-reconf-sent", replica);
    underWay += 1;
  }
  checkEnd(draft, master, promoted);
}

function countUnderWay(master: Instance): number {
  let count = 0;
  for (const { reconfiguration } of master.replicas.values()) {
    if (reconfiguration === "sent" || reconfiguration === "in-progress") count += 1;
  }
  return count;
}

/** All that can be reached follow, or the time is over. */
function checkEnd(draft: Draft, master: Instance, promoted: Instance): void {
  if (promoted.isSubjectivelyDown) return;
  const elapsedMs = draft.nowMs - master.failoverStateSinceMs;
  const isOver = elapsedMs > optionsOf(master).failoverTimeoutMs;
  if (isOver) draft.event("warning", "+failover-end-for-timeout", master);
  if (!isOver && hasUnfinished(master)) return;
  draft.event("warning", "+failover-end", master);
  master.failoverState = "update_config";
  master.failoverStateSinceMs = draft.nowMs;
  if (!isOver) return;
  for (const replica of master.replicas.values()) {
    if (replica.isPromoted || replica.reconfiguration !== "none") continue;
    if (!reconfigure(draft, replica, promoted.address)) continue;
    draft.event("notice", "+slave-reconf-sent-be", replica);
    replica.reconfiguration = "sent";
  }
}

function hasUnfinished(master: Instance): boolean {
  for (const replica of master.replicas.values()) {
    if (replica.isPromoted || replica.reconfiguration === "done") continue;
    if (!replica.isSubjectivelyDown) return true;
  }
  return false;
}
