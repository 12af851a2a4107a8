/** Forgetting what is known about a master: by SENTINEL RESET, and when it gets another address. */

import { latin1Bytes } from "../../base/bytes";
import { globMatch } from "../../base/glob";
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import { closeLink, leaveLink } from "../monitor/link-life";
import { forgetOpinions } from "./objective-down";

export function resetMaster(draft: Draft, master: Instance): void {
  for (const sentinel of master.sentinels.values()) leaveLink(draft, sentinel);
  master.sentinels.clear();
  resetState(draft, master);
  draft.event("warning", "+reset-master", master);
}

/** Resets the masters whose names match a glob of byte text, and says how many did. */
export function resetMatching(draft: Draft, pattern: string): number {
  const glob = latin1Bytes(pattern);
  let count = 0;
  for (const master of draft.model.masters.values()) {
    const name = latin1Bytes(master.name);
    if (!globMatch(glob, 0, glob.length, name, 0, name.length, false)) continue;
    if (count === 0) draft.save();
    count += 1;
    resetMaster(draft, master);
  }
  return count;
}

/** Everything but the other Sentinels and the epochs begins anew; the replicas must be found again. */
export function resetState(draft: Draft, master: Instance): void {
  const { nowMs } = draft;
  for (const replica of master.replicas.values()) leaveLink(draft, replica);
  master.replicas.clear();
  forgetOpinions(master);
  endFailover(master);
  master.failoverStateSinceMs = 0;
  master.failoverStartMs = 0;
  master.leader = "";
  master.runId = "";
  // Whoever is at the address now is asked at once, and nothing is believed of it before.
  master.infoMs = 0;
  master.infoAskedMs = 0;
  master.masterHost = "";
  master.isSubjectivelyDown = false;
  master.isObjectivelyDown = false;
  master.isScriptKillSent = false;
  master.isRebooting = false;
  master.emptySinceMs = 0;
  master.roleReported = "master";
  master.roleReportedMs = nowMs;
  closeLink(draft, master.link);
  // The attempts that count against this one were made at the address before.
  master.link.lastReconnectMs = 0;
  master.link.unansweredPingMs = nowMs;
  master.link.lastPingMs = 0;
  master.link.lastAvailableMs = nowMs;
  master.link.lastPongMs = nowMs;
}

/** No failover is under way any more. */
export function endFailover(master: Instance): void {
  master.failoverState = "none";
  master.isForced = false;
  master.isCoordinated = false;
  master.preFailover = "none";
  if (master.promoted !== undefined) master.promoted.isPromoted = false;
  master.promoted = undefined;
}
