/** What a hello message says of epochs and of the master's address, and what follows from it. */
import type { Draft } from "../model/draft";
import type { Instance, InstanceAddress, InstanceLink } from "../model/instance";
import { isAddress, toAddress } from "../monitor/address";
import { hearHello, meetSentinel } from "../monitor/hello-heard";
import type { Hello } from "../monitor/hello-message";
import { currentAddress } from "../monitor/periodic";
import { abortFailover } from "./failover-state";
import { guardOwnId } from "./own-id-guard";
import { callReconfigScript, switchMaster } from "./switch-master";
import { raiseEpoch } from "./vote";

/** `link` is the events link that it came over; undefined when it came by PUBLISH. */
export function receiveHello(draft: Draft, text: string, link: InstanceLink | undefined): void {
  const hello = hearHello(draft, text, link);
  if (hello === undefined) return;
  if (hello.id === draft.model.myId) {
    guardOwnId(draft, hello);
    return;
  }
  const master = draft.model.masters.get(hello.masterName);
  if (master === undefined) return;
  const sentinel = meetSentinel(draft, master, hello);
  raiseEpoch(draft, master, hello.epoch);
  if (sentinel === undefined) return;
  sentinel.lastHelloMs = draft.nowMs;
  if (hello.masterEpoch > master.configEpoch) followConfiguration(draft, master, sentinel, hello);
  else if (hello.masterEpoch === master.configEpoch) compare(draft, master, sentinel, hello);
}

/** The other's configuration is newer. */
function followConfiguration(
  draft: Draft,
  master: Instance,
  sentinel: Instance,
  hello: Hello,
): void {
  const { masterHost, masterPort, masterEpoch } = hello;
  const address = toAddress(masterHost, masterPort, draft.context);
  // Its name is looked up meanwhile; the message comes again.
  if (address === undefined) return;
  const shown = currentAddress(master);
  master.configEpoch = masterEpoch;
  draft.save();
  if (isAddress(shown, masterHost, masterPort, draft.context)) {
    // What this Sentinel would make of an older epoch is not to be made any more.
    const isSuperseded = master.isFailingOver && master.failoverEpoch < masterEpoch;
    if (isSuperseded && shown === master.address) {
      abortFailover(draft, master, "-failover-abort-superseded");
    }
    return;
  }
  draft.event("warning", "+config-update-from", sentinel);
  // Also when the address is that of the master which this Sentinel has just replaced.
  switchMaster(draft, master, address, shown);
  callReconfigScript(draft, master, "observer", shown, address);
}

/**
 * Equal epochs mean equal masters, with two exceptions. Masters that were configured differently at the
 * start: then the Sentinels watch different servers under one name, and only people can tell which is
 * right. And failovers that people ordered: nobody votes on them, so that two can have one epoch. There
 * the lower address holds for all, because Sentinels that disagree would make the two masters replicas
 * of each other; Redis goes on disagreeing until the next failover.
 */
function compare(draft: Draft, master: Instance, sentinel: Instance, hello: Hello): void {
  const { masterHost, masterPort, masterEpoch } = hello;
  const own = currentAddress(master);
  const isSame = isAddress(own, masterHost, masterPort, draft.context);
  const address = toAddress(masterHost, masterPort, draft.context);
  if (!isSame && masterEpoch > 0 && address !== undefined && isLower(address, own)) {
    followConfiguration(draft, master, sentinel, hello);
    return;
  }
  const conflict = isSame ? "" : `${masterHost} ${masterPort}`;
  if (sentinel.conflictingAddress === conflict) return;
  sentinel.conflictingAddress = conflict;
  if (conflict === "") return;
  const more = `#another master of the same epoch is ${conflict}`;
  draft.event("warning", "+master-conflict", sentinel, more);
}

/** An order that all Sentinels have in common. */
function isLower(one: InstanceAddress, other: InstanceAddress): boolean {
  return one.ip === other.ip ? one.port < other.port : one.ip < other.ip;
}
