/** A master gets another address: what is known of the old one goes, its replicas are carried over. */
import type { Draft } from "../model/draft";
import { type Instance, type InstanceAddress, optionsOf } from "../model/instance";
import { announced } from "../model/instance-name";
import { sameAddress } from "../monitor/address";
import { addReplica } from "../monitor/members";
import { resetState } from "./reset";

/** Follows the address; it is saved before `+switch-master` tells of it, and of the one `shown` before. */
export function switchMaster(
  draft: Draft,
  master: Instance,
  address: InstanceAddress,
  shown = master.address,
): void {
  const { model } = draft;
  const old = master.address;
  const from = `${announced(shown, model)} ${shown.port}`;
  const to = `${announced(address, model)} ${address.port}`;
  draft.save();
  draft.plainEvent("warning", "+switch-master", `${master.name} ${from} ${to}`, master);
  const carried: InstanceAddress[] = [];
  for (const replica of master.replicas.values()) {
    if (!sameAddress(replica.address, address)) carried.push(replica.address);
  }
  // The old master is watched on: when it comes back it is made a replica.
  if (!sameAddress(old, address)) carried.push(old);
  resetState(draft, master);
  master.address = address;
  master.subjectivelyDownSinceMs = 0;
  master.objectivelyDownSinceMs = 0;
  for (const replica of carried) addReplica(draft, master, replica);
}

/** Calls the script that tells clients of a new master; `role` is this Sentinel's part in it. */
export function callReconfigScript(
  draft: Draft,
  master: Instance,
  role: "leader" | "observer",
  from: InstanceAddress,
  to: InstanceAddress,
): void {
  if (optionsOf(master).clientReconfigScript === "") return;
  const { model } = draft;
  const args = [
    master.name,
    role,
    "start",
    announced(from, model),
    `${from.port}`,
    announced(to, model),
    `${to.port}`,
  ];
  draft.do({ kind: "client-reconfig-script", master, args });
}
