/**
 * A failover that this Sentinel leads or tries to, up to the choice of a replica; what follows is in
 * promotion.ts and reconf-replicas.ts. As long as the state cannot be saved it stands still.
 */
import { MAX_DESYNC_MS } from "../model/constants";
import type { Draft } from "../model/draft";
import { type FailoverState, type Instance, optionsOf } from "../model/instance";
import { announced } from "../model/instance-name";
import { findLeader } from "./election";
import { abortFailover, enter } from "./failover-state";
import { beginPromotion, waitForPromotion } from "./promotion";
import { reconfigureReplicas } from "./reconf-replicas";
import { chooseReplica } from "./replica-choice";

/** So long the choice waits for replicas that have just been asked how far they are. */
const NEWS_PATIENCE_MS = 500;
/** The same while none may be chosen by what is known: to give up costs minutes. */
const LAST_PATIENCE_MS = 5000;
/** Attempts for one master begin at least this many failover timeouts apart. */
const TIMEOUTS_BETWEEN_ATTEMPTS = 2;

/** Begins a failover when the master is down for enough Sentinels and none was begun lately. */
export function beginFailoverIfNeeded(draft: Draft, master: Instance): boolean {
  if (!master.isObjectivelyDown || master.isFailingOver || !draft.model.isSaved) return false;
  const pauseMs = optionsOf(master).failoverTimeoutMs * TIMEOUTS_BETWEEN_ATTEMPTS;
  const { failoverStartMs } = master;
  if (failoverStartMs !== 0 && draft.nowMs - failoverStartMs < pauseMs) {
    logDelay(draft, master, failoverStartMs + pauseMs);
    return false;
  }
  beginFailover(draft, master);
  return true;
}

function logDelay(draft: Draft, master: Instance, untilMs: number): void {
  if (master.failoverDelayLoggedMs === master.failoverStartMs) return;
  master.failoverDelayLoggedMs = master.failoverStartMs;
  const until = new Date(draft.context.wallMs + untilMs - draft.nowMs);
  draft.log(
    "notice",
    `Next failover delay: I will not start a failover before ${calendarText(until)}`,
  );
}

/** As ctime(3) writes it: `Sun Nov 22 21:55:33 2026`. */
function calendarText(date: Date): string {
  const [weekday, month, day, year, time] = date.toString().split(" ");
  return `${weekday} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`;
}

/** A new epoch, in which this Sentinel asks to be the leader. */
export function beginFailover(draft: Draft, master: Instance): void {
  const { model, nowMs } = draft;
  model.currentEpoch += 1;
  master.failoverEpoch = model.currentEpoch;
  master.failoverStartMs = nowMs + draft.context.random() * MAX_DESYNC_MS;
  enter(draft, master, "wait_start");
  draft.save();
  draft.plainEvent("warning", "+new-epoch", `${model.currentEpoch}`, master);
  draft.event("warning", "+try-failover", master);
}

/** Goes as far as it can now. */
export function advanceFailover(draft: Draft, master: Instance): void {
  if (!draft.model.isSaved) return;
  let state: FailoverState;
  do {
    state = master.failoverState;
    act(draft, master, state);
  } while (master.failoverState !== state);
}

function act(draft: Draft, master: Instance, state: FailoverState): void {
  switch (state) {
    case "wait_start":
      waitForElection(draft, master);
      break;
    case "select_slave":
      selectReplica(draft, master);
      break;
    case "send_slaveof_noone":
      beginPromotion(draft, master);
      break;
    case "wait_promotion":
      waitForPromotion(draft, master);
      break;
    case "reconf_slaves":
      reconfigureReplicas(draft, master);
      break;
    case "none":
    case "update_config":
      break;
  }
}

function waitForElection(draft: Draft, master: Instance): void {
  const { model, nowMs } = draft;
  // Votes are asked for in the current epoch, and one of another epoch would not be the only one of it:
  // when another candidate, or the failover of another master, raised it meanwhile, this failover goes
  // along. Redis keeps the epoch that it began with, so that two could lead in it.
  if (!master.isForced) master.failoverEpoch = model.currentEpoch;
  const leader = findLeader(draft, master, master.failoverEpoch);
  if (leader !== model.myId && !master.isForced) {
    const limitMs = Math.min(model.times.electionTimeoutMs, optionsOf(master).failoverTimeoutMs);
    if (nowMs - master.failoverStartMs > limitMs) {
      abortFailover(draft, master, "-failover-abort-not-elected");
    }
    return;
  }
  draft.event("warning", "+elected-leader", master);
  if (model.crashesAfterElection) draft.do({ kind: "crash" });
  enter(draft, master, "select_slave");
  draft.event("warning", "+failover-state-select-slave", master);
}

function selectReplica(draft: Draft, master: Instance): void {
  if (!isAllowed(draft, master) || isNewsAwaited(draft, master, NEWS_PATIENCE_MS)) return;
  const replica = chooseReplica(draft, master);
  if (replica === undefined) {
    if (isNewsAwaited(draft, master, LAST_PATIENCE_MS)) return;
    abortFailover(draft, master, "-failover-abort-no-good-slave");
    return;
  }
  draft.event("warning", "+selected-slave", replica);
  replica.isPromoted = true;
  master.promoted = replica;
  enter(draft, master, "send_slaveof_noone");
  draft.event("notice", "+failover-state-send-slaveof-noone", replica);
}

/** Replicas that are up have been asked how far they are, and their answers are out. */
function isNewsAwaited(draft: Draft, master: Instance, patienceMs: number): boolean {
  if (draft.nowMs - master.failoverStateSinceMs >= patienceMs) return false;
  for (const { link, infoAskedMs, infoMs, isSubjectivelyDown } of master.replicas.values()) {
    if (link.areCommandsConnected && !isSubjectivelyDown && infoAskedMs > infoMs) return true;
  }
  return false;
}

/** What the script says that may veto a failover; the replica is chosen only after it has ended. */
function isAllowed(draft: Draft, master: Instance): boolean {
  const { preFailoverScript, failoverTimeoutMs } = optionsOf(master);
  if (preFailoverScript === "" || master.preFailover === "allowed") return true;
  if (master.preFailover === "none") {
    master.preFailover = "running";
    const { address, name } = master;
    const args = [name, "leader", "start", announced(address, draft.model), `${address.port}`];
    draft.do({ kind: "run-pre-failover-script", master, args });
  } else if (master.preFailover === "denied") {
    abortFailover(draft, master, "-failover-abort-denied-by-script");
  } else if (draft.nowMs - master.failoverStateSinceMs > failoverTimeoutMs) {
    abortFailover(draft, master, "-failover-abort-script-timeout");
  }
  return false;
}
