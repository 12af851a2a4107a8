/** Whether enough Sentinels agree that a master is down, and asking the others what they think. */
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import { announced } from "../model/instance-name";
import { sendInfo } from "../monitor/requests";

/** An opinion that is older than this many periods of asking is none. */
const STALE_PERIODS = 5;

export function checkObjectivelyDown(draft: Draft, master: Instance): void {
  const { quorum } = optionsOf(master);
  const agreeing = master.isSubjectivelyDown ? 1 + countAgreeing(draft, master) : 0;
  const isDown = agreeing >= quorum && agreeing > 0;
  if (isDown === master.isObjectivelyDown) return;
  master.isObjectivelyDown = isDown;
  if (isDown) {
    master.objectivelyDownSinceMs = draft.nowMs;
    draft.event("warning", "+odown", master, `#quorum ${agreeing}/${quorum}`);
    askReplicas(draft, master);
  } else {
    draft.event("warning", "-odown", master);
  }
}

/** One of them may be chosen soon, by what it says now. */
export function askReplicas(draft: Draft, master: Instance): void {
  for (const replica of master.replicas.values()) sendInfo(draft, replica);
}

function countAgreeing(draft: Draft, master: Instance): number {
  let count = 0;
  for (const sentinel of master.sentinels.values()) {
    if (sentinel.saysMasterIsDown && !isStale(draft, sentinel)) count += 1;
  }
  return count;
}

/** While nobody is asked, in TILT, opinions grow old as well. */
function isStale({ model, nowMs }: Draft, sentinel: Instance): boolean {
  return nowMs - sentinel.lastMasterDownReplyMs > model.times.askPeriodMs * STALE_PERIODS;
}

/**
 * Asks the other Sentinels about a master that seems down, each once per period, or at once with
 * `isForced`; during a failover that this Sentinel tries, also for their votes.
 */
export function askOthers(draft: Draft, master: Instance, isForced: boolean): void {
  const { nowMs, model } = draft;
  const { askPeriodMs } = model.times;
  for (const sentinel of master.sentinels.values()) {
    if (isStale(draft, sentinel)) {
      sentinel.saysMasterIsDown = false;
      sentinel.leader = "";
    }
    if (!master.isSubjectivelyDown) continue;
    const latestMs = Math.max(sentinel.lastMasterDownReplyMs, sentinel.lastAskedMs);
    if (isForced || latestMs === 0 || nowMs - latestMs >= askPeriodMs) ask(draft, master, sentinel);
  }
}

function ask(draft: Draft, master: Instance, sentinel: Instance): void {
  const { model } = draft;
  const candidate = master.isFailingOver ? model.myId : "*";
  const words = [
    "SENTINEL",
    "is-master-down-by-addr",
    announced(master.address, model),
    `${master.address.port}`,
    `${model.currentEpoch}`,
    candidate,
  ];
  if (!draft.send(sentinel, "ask", words, candidate !== "*")) return;
  sentinel.lastAskedMs = draft.nowMs;
  sentinel.asksUnderWay += 1;
}

/** The master has another address: what was said of the server at the old one counts no longer. */
export function forgetOpinions(master: Instance): void {
  for (const sentinel of master.sentinels.values()) {
    sentinel.saysMasterIsDown = false;
    sentinel.outdatedAsks = sentinel.asksUnderWay;
  }
}
