/** How instances are named in events, in replies and to other Sentinels. */
import type { Instance, InstanceAddress } from "./instance";
import type { SentinelModel } from "./sentinel-model";

/**
 * The address as others are told it: the name where `announce-hostnames` asks for it, or where nobody
 * knows yet what it stands for.
 */
export function announced(address: InstanceAddress, model: SentinelModel): string {
  return model.announceHostnames || address.ip === "" ? address.host : address.ip;
}

/**
 * `kind name ip port`, and for all but a master ` @ master-name master-ip master-port`: the form in
 * which every event names its instance.
 */
export function describe(instance: Instance, model: SentinelModel): string {
  const { master } = instance;
  const kind = instance.kind === "replica" ? "slave" : instance.kind;
  const own = `${kind} ${instance.name} ${announced(instance.address, model)} ${instance.address.port}`;
  if (master === undefined) return own;
  return `${own} @ ${master.name} ${announced(master.address, model)} ${master.address.port}`;
}

/** The key of a replica: `ip:port`, with the name in place of the address where that is announced. */
export function replicaName(address: InstanceAddress, model: SentinelModel): string {
  const host = announced(address, model);
  return host.includes(":") ? `[${host}]:${address.port}` : `${host}:${address.port}`;
}
