/** What is looked at with every tick, and for a master at once when something was heard about it. */
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import { checkLink, reconnect } from "../monitor/links";
import { sendDue } from "../monitor/periodic";
import { advanceFailover, beginFailoverIfNeeded } from "./failover";
import { askOthers, checkObjectivelyDown } from "./objective-down";
import { checkSubjectivelyDown } from "./subjective-down";
import { switchMaster } from "./switch-master";

export function overseeAll(draft: Draft): void {
  for (const master of draft.model.masters.values()) {
    overseeInstance(draft, master);
    for (const replica of master.replicas.values()) overseeInstance(draft, replica);
    for (const sentinel of master.sentinels.values()) overseeInstance(draft, sentinel);
    completeFailover(draft, master);
  }
}

function overseeInstance(draft: Draft, instance: Instance): void {
  reconnect(draft, instance);
  sendDue(draft, instance);
  if (draft.model.isInTilt) return;
  checkLink(draft, instance);
  checkSubjectivelyDown(draft, instance);
  if (instance.kind === "master") decide(draft, instance);
}

/** A failover goes on without waiting for the next tick. */
export function overseeMaster(draft: Draft, master: Instance): void {
  if (draft.model.isInTilt) return;
  decide(draft, master);
  completeFailover(draft, master);
}

function decide(draft: Draft, master: Instance): void {
  checkObjectivelyDown(draft, master);
  const hasBegun = beginFailoverIfNeeded(draft, master);
  if (hasBegun) askOthers(draft, master, true);
  advanceFailover(draft, master);
  askOthers(draft, master, false);
}

/** The promoted replica takes the master's place. */
function completeFailover(draft: Draft, master: Instance): void {
  if (master.failoverState !== "update_config" || draft.model.isInTilt) return;
  switchMaster(draft, master, (master.promoted ?? master).address);
}
