/** Which replica follows its master in office. Pure. */
import { PING_PERIOD_MS } from "../model/constants";
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";

/** Pings and INFO are at most this many periods old, for what they said still to hold. */
const FRESH_PINGS = 5;
const FRESH_INFOS = 3;
/** The link to the master may have been down for this many times the time after which it is down. */
const DOWN_AFTERS_WITHOUT_MASTER = 10;

/**
 * The best of those that are up, were heard of lately and were not without their master for too long:
 * lowest priority (0 is never chosen), then most data, then first run id; before all others those that
 * are replicas. Undefined for none.
 */
export function chooseReplica(draft: Draft, master: Instance): Instance | undefined {
  let best: Instance | undefined;
  for (const replica of master.replicas.values()) {
    if (!isEligible(draft, master, replica)) continue;
    if (best === undefined || compareCandidates(replica, best) < 0) best = replica;
  }
  return best;
}

function isEligible(draft: Draft, master: Instance, replica: Instance): boolean {
  const { nowMs, model } = draft;
  if (replica.isSubjectivelyDown || replica.priority === 0 || replica.infoMs === 0) return false;
  if (!replica.link.areCommandsConnected) return false;
  if (nowMs - replica.link.lastAvailableMs > PING_PERIOD_MS * FRESH_PINGS) return false;
  const infoLimitMs = master.isSubjectivelyDown
    ? PING_PERIOD_MS * FRESH_PINGS
    : model.times.infoPeriodMs * FRESH_INFOS;
  if (nowMs - replica.infoMs > infoLimitMs) return false;
  const withoutMasterMs = optionsOf(master).downAfterMs * DOWN_AFTERS_WITHOUT_MASTER;
  return replica.masterLinkDownMs <= masterGoneMs(draft, master) + withoutMasterMs;
}

/**
 * For how long there may have been no master to have a link to. One that is a replica by now counts as
 * down only after a while, but left its replicas alone when it became one, or an INFO period before it
 * said so; without that nobody could be chosen where two servers follow each other.
 */
function masterGoneMs({ nowMs, model }: Draft, master: Instance): number {
  if (!master.isSubjectivelyDown) return 0;
  const downMs = nowMs - master.subjectivelyDownSinceMs;
  if (master.roleReported === "master") return downMs;
  return Math.max(downMs, nowMs - master.roleReportedMs + model.times.infoPeriodMs);
}

function compareCandidates(one: Instance, other: Instance): number {
  // One that came back as a master has data of its own, and says neither its priority nor how far it is.
  if (one.roleReported !== other.roleReported) return one.roleReported === "slave" ? -1 : 1;
  if (one.priority !== other.priority) return one.priority - other.priority;
  if (one.replOffset !== other.replOffset) return other.replOffset - one.replOffset;
  return compareRunIds(one.runId.toLowerCase(), other.runId.toLowerCase());
}

/** A replica too old to have a run id comes last. */
function compareRunIds(one: string, other: string): number {
  if (one === other) return 0;
  if (one === "" || other === "") return one === "" ? 1 : -1;
  return one < other ? -1 : 1;
}
