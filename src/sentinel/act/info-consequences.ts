/** What follows from the INFO of a data node that has just been read: roles that change or are wrong. */
import type { Draft } from "../model/draft";
import { type Instance, optionsOf } from "../model/instance";
import { isAddress } from "../monitor/address";
import { currentAddress, sendHelloToAll } from "../monitor/periodic";
import { enter } from "./failover-state";
import { reconfigure } from "./reconfigure";
import { wasUpFor } from "./subjective-down";
import { callReconfigScript } from "./switch-master";

/** A replica that became a master is contradicted after this many periods of hello messages. */
const HELLO_PERIODS_TO_WAIT = 4;
const FRESH_INFOS = 2;

export function drawConsequences(draft: Draft, instance: Instance): void {
  const { master } = instance;
  if (instance.kind !== "replica" || master === undefined || draft.model.isInTilt) return;
  if (instance.roleReported === "master") {
    if (isAwaited(instance, master)) promote(draft, instance, master);
    else correctRole(draft, instance, master);
    return;
  }
  const { masterHost, masterPort } = instance;
  if (!isAddress(master.address, masterHost, masterPort, draft.context)) {
    correctMaster(draft, instance, master);
  }
  followReconfiguration(draft, instance, master);
}

function isAwaited(replica: Instance, master: Instance): boolean {
  return replica.isPromoted && master.failoverState === "wait_promotion";
}

/** The replica is a master now. Its address is that of the epoch in which the election was won. */
function promote(draft: Draft, replica: Instance, master: Instance): void {
  master.configEpoch = master.failoverEpoch;
  enter(draft, master, "reconf_slaves");
  draft.save();
  draft.event("warning", "+promoted-slave", replica);
  if (draft.model.crashesAfterPromotion) draft.do({ kind: "crash" });
  draft.event("warning", "+failover-state-reconf-slaves", master);
  if (master.isCoordinated) finishHandOver(draft, replica, master);
  callReconfigScript(draft, master, "leader", master.address, replica.address);
  sendHelloToAll(draft, master);
}

/**
 * A master that hands over changes the roles but writes no configuration and keeps its clients. Both
 * sides are told again what they are, which leaves their data alone.
 */
function finishHandOver(draft: Draft, replica: Instance, master: Instance): void {
  reconfigure(draft, replica, undefined);
  reconfigure(draft, master, replica.address);
}

/** Another one is the master: it is made a replica, after others had the time to say otherwise. */
function correctRole(draft: Draft, replica: Instance, master: Instance): void {
  const waitMs = draft.model.times.publishPeriodMs * HELLO_PERIODS_TO_WAIT;
  if (replica.isPromoted || !looksSane(draft, master) || !wasUpFor(draft, replica, waitMs)) return;
  if (draft.nowMs - replica.roleReportedMs <= waitMs) return;
  if (reconfigure(draft, replica, master.address)) {
    draft.event("notice", "+convert-to-slave", replica);
  }
}

/** It follows another master. */
function correctMaster(draft: Draft, replica: Instance, master: Instance): void {
  const waitMs = optionsOf(master).failoverTimeoutMs;
  if (!looksSane(draft, master) || !wasUpFor(draft, replica, waitMs)) return;
  if (draft.nowMs - replica.masterChangedMs <= waitMs) return;
  if (reconfigure(draft, replica, master.address)) {
    draft.event("notice", "+fix-slave-config", replica);
  }
}

/**
 * The master is up, says that it is one, and said so lately. The old one that comes back while its
 * replicas are led to the promoted one is none any more.
 */
function looksSane(draft: Draft, master: Instance): boolean {
  if (currentAddress(master) !== master.address || master.roleReported !== "master") return false;
  if (master.isSubjectivelyDown || master.isObjectivelyDown || master.infoMs === 0) return false;
  return draft.nowMs - master.infoMs < draft.model.times.infoPeriodMs * FRESH_INFOS;
}

/** How far a replica is in following the promoted one. */
function followReconfiguration(draft: Draft, replica: Instance, master: Instance): void {
  const { promoted } = master;
  if (promoted === undefined) return;
  const { masterHost, masterPort } = replica;
  const follows = isAddress(promoted.address, masterHost, masterPort, draft.context);
  if (replica.reconfiguration === "sent" && follows) {
    replica.reconfiguration = "in-progress";
    draft.event("notice", "+slave-reconf-inprog", replica);
  }
  if (replica.reconfiguration === "in-progress" && replica.isMasterLinkUp) {
    replica.reconfiguration = "done";
    draft.event("notice", "+slave-reconf-done", replica);
  }
}
