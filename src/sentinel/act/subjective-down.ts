/** Whether an instance is down for this Sentinel alone. */
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import { isAmiss } from "../monitor/links";

/** What a master that reports to be a replica is given, beside the time to be down: two INFO periods. */
const INFO_PERIODS_IN_WRONG_ROLE = 2;

export function checkSubjectivelyDown(draft: Draft, instance: Instance): void {
  const isDown =
    isSilent(draft, instance) || (instance.kind === "master" && isUnfit(draft, instance));
  if (isDown === instance.isSubjectivelyDown) return;
  instance.isSubjectivelyDown = isDown;
  if (isDown) {
    instance.subjectivelyDownSinceMs = draft.nowMs;
    draft.event("warning", "+sdown", instance);
  } else {
    instance.isScriptKillSent = false;
    draft.event("warning", "-sdown", instance);
  }
}

/** It does not answer. */
function isSilent(draft: Draft, instance: Instance): boolean {
  const { link } = instance;
  const { downAfterMs } = optionsOf(instance);
  if (link.unansweredPingMs !== 0) return draft.nowMs - link.unansweredPingMs > downAfterMs;
  return isAmiss(instance) && draft.nowMs - link.lastAvailableMs > downAfterMs;
}

/** It answers, but is no master that can be used. */
function isUnfit(draft: Draft, master: Instance): boolean {
  const { nowMs, model } = draft;
  const options = optionsOf(master);
  const wrongRoleMs = nowMs - master.roleReportedMs;
  const patienceMs = options.downAfterMs + INFO_PERIODS_IN_WRONG_ROLE * model.times.infoPeriodMs;
  if (master.roleReported === "slave" && wrongRoleMs > patienceMs) return true;
  const { rebootDownAfterMs, emptyMasterGraceMs } = options;
  if (master.isRebooting && nowMs - master.rebootingSinceMs > rebootDownAfterMs) return true;
  return master.emptySinceMs !== 0 && nowMs - master.emptySinceMs <= emptyMasterGraceMs;
}

/** It has not been down for the last `periodMs`, as far as this Sentinel knows. */
export function wasUpFor(draft: Draft, instance: Instance, periodMs: number): boolean {
  const { subjectivelyDownSinceMs, objectivelyDownSinceMs } = instance;
  const latestMs = Math.max(subjectivelyDownSinceMs, objectivelyDownSinceMs);
  return latestMs === 0 || draft.nowMs - latestMs > periodMs;
}
