/** Which masters are watched, and with which options: what SENTINEL MONITOR, REMOVE, SET, FORGET decide. */
import type { Draft } from "../model/draft";
import {
  Instance,
  type InstanceAddress,
  type InstanceKind,
  MasterOptions,
} from "../model/instance";
import { leaveLink } from "../monitor/link-life";

/** Begins to watch a master under a name that is free. */
export function monitorMaster(
  draft: Draft,
  name: string,
  address: InstanceAddress,
  quorum: number,
): Instance {
  const { model, nowMs } = draft;
  const options = new MasterOptions(quorum);
  options.downAfterMs = model.times.defaultDownAfterMs;
  options.failoverTimeoutMs = model.times.defaultFailoverTimeoutMs;
  const master = new Instance({ kind: "master", name, address, options, nowMs });
  model.masters.set(name, master);
  draft.save();
  tellMonitored(draft, master);
  return master;
}

export function tellMonitored(draft: Draft, master: Instance): void {
  draft.event("warning", "+monitor", master, `quorum ${master.options?.quorum}`);
}

/** Watches a master no longer. */
export function removeMaster(draft: Draft, master: Instance): void {
  for (const replica of master.replicas.values()) leaveLink(draft, replica);
  for (const sentinel of master.sentinels.values()) leaveLink(draft, sentinel);
  leaveLink(draft, master);
  draft.model.masters.delete(master.name);
  draft.save();
  draft.event("warning", "-monitor", master);
}

/**
 * Forgets one replica or Sentinel of a master (SENTINEL FORGET); false when there is none at the
 * address. One that is alive is found again. A replica that is being promoted is not forgotten.
 */
export function forget(
  draft: Draft,
  master: Instance,
  kind: Exclude<InstanceKind, "master">,
  ip: string,
  port: number,
): boolean {
  const members = kind === "replica" ? master.replicas : master.sentinels;
  for (const [key, member] of members) {
    const { address } = member;
    if (address.port !== port || (address.ip !== ip && address.host !== ip)) continue;
    if (member.isPromoted) return false;
    members.delete(key);
    leaveLink(draft, member);
    draft.save();
    draft.event("notice", kind === "replica" ? "-slave" : "-sentinel", member);
    return true;
  }
  return false;
}
