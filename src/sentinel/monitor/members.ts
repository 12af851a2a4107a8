/** Who belongs to a master: finding, adding and dropping its replicas and the other Sentinels. */
import { MAX_REPLICAS, MAX_SENTINELS } from "../model/constants";
import type { Draft } from "../model/draft";
import { Instance, type InstanceAddress } from "../model/instance";
import { replicaName } from "../model/instance-name";
import type { SentinelModel } from "../model/sentinel-model";
import { sameAddress } from "./address";
import { closeLink, leaveLink } from "./link-life";

/** False for what has been removed while a request to it was under way. */
export function isWatched(model: SentinelModel, instance: Instance): boolean {
  const { master, kind, name } = instance;
  if (master === undefined) return model.masters.get(name) === instance;
  if (model.masters.get(master.name) !== master) return false;
  const members = kind === "replica" ? master.replicas : master.sentinels;
  return members.get(name) === instance;
}

/** Adds a replica and tells of it, unless it is known already or there are too many. */
export function addReplica(draft: Draft, master: Instance, address: InstanceAddress): void {
  for (const replica of master.replicas.values()) {
    if (sameAddress(replica.address, address)) return;
  }
  if (master.replicas.size >= MAX_REPLICAS) return;
  const name = replicaName(address, draft.model);
  const replica = new Instance({ kind: "replica", name, address, master, nowMs: draft.nowMs });
  master.replicas.set(name, replica);
  draft.save();
  draft.event("notice", "+slave", replica);
}

/** Adds a Sentinel; it shares the link of the same one that watches another master with us. */
export function addSentinel(
  draft: Draft,
  master: Instance,
  id: string,
  address: InstanceAddress,
): Instance | undefined {
  if (master.sentinels.size >= MAX_SENTINELS) return undefined;
  const { nowMs, model } = draft;
  const sentinel = new Instance({ kind: "sentinel", name: id, address, master, nowMs });
  sentinel.runId = id;
  master.sentinels.set(id, sentinel);
  shareLink(model, sentinel);
  draft.save();
  return sentinel;
}

/** A Sentinel of one master uses the link to the same Sentinel of another: same id, host and port. */
export function shareLink(model: SentinelModel, sentinel: Instance): void {
  if (sentinel.runId === "" || sentinel.link.users.length > 1) return;
  for (const master of model.masters.values()) {
    if (master === sentinel.master) continue;
    const match = master.sentinels.get(sentinel.runId);
    if (match === undefined || !sameAddress(match.address, sentinel.address)) continue;
    sentinel.link = match.link;
    match.link.users.push(sentinel);
    return;
  }
}

/** A Sentinel has moved: all masters get to know, and its links are opened anew. How many it were. */
export function moveSentinel(draft: Draft, id: string, address: InstanceAddress): number {
  let count = 0;
  for (const master of draft.model.masters.values()) {
    const sentinel = master.sentinels.get(id);
    if (sentinel === undefined) continue;
    closeLink(draft, sentinel.link);
    sentinel.link.lastReconnectMs = 0;
    sentinel.address = address;
    count += 1;
  }
  draft.save();
  return count;
}

/** Nobody answers to this id any more, whichever master it watched. */
export function dropSentinel(draft: Draft, id: string): void {
  for (const master of draft.model.masters.values()) {
    const sentinel = master.sentinels.get(id);
    if (sentinel === undefined) continue;
    master.sentinels.delete(id);
    leaveLink(draft, sentinel);
  }
  draft.save();
}
