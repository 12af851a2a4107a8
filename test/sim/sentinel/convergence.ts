// Whether all is well again: one master, on which all Sentinels agree, all others following it, nobody
// taken for down, and clients that can write.
import { addressText, currentAddress } from "./sentinel-record";
import type { SimSentinel } from "./sim-sentinel";
import type { ToyNode } from "./toy-node";
import type { World } from "./world";

/** What is still missing; undefined when nothing is. */
export function whatIsMissing(world: World): string | undefined {
  const groups = new Set(world.nodes.map(({ group }) => group));
  for (const group of groups) {
    const missing = missingIn(world, group);
    if (missing !== undefined) return `${group}: ${missing}`;
  }
  return undefined;
}

function missingIn(world: World, group: string): string | undefined {
  const nodes = world.groupOf(group);
  const masters = nodes.filter(({ replicaOf }) => replicaOf === undefined);
  if (masters.length !== 1) {
    return `${masters.map(({ name }) => name).join(" and ")} are masters`;
  }
  const [master] = masters;
  const address = `${master.machine.ip}:${master.port}`;
  for (const node of nodes) {
    const missing = missingOfNode(node, master);
    if (missing !== undefined) return `${node.name} ${missing}`;
  }
  for (const sentinel of world.sentinels) {
    const missing = missingOfSentinel(sentinel, group, address, nodes.length - 1);
    if (missing !== undefined) return `${sentinel.name} ${missing}`;
  }
  for (const { group: own, name, lastWriteMs } of world.clients) {
    if (own === group && world.network.nowMs - lastWriteMs > 5 * world.settings.perWriteMs) {
      return `${name} cannot write`;
    }
  }
  return undefined;
}

function missingOfNode(node: ToyNode, master: ToyNode): string | undefined {
  const { replicaOf } = node;
  if (node === master || replicaOf === undefined) return undefined;
  if (replicaOf.ip !== master.machine.ip || replicaOf.port !== master.port) {
    return `follows ${replicaOf.ip}:${replicaOf.port}`;
  }
  return node.isLinkUp ? undefined : "has no link to its master";
}

function missingOfSentinel(
  { model, world }: SimSentinel,
  group: string,
  address: string,
  replicas: number,
): string | undefined {
  const master = model.masters.get(group);
  if (master === undefined) return "does not know the master";
  if (model.isInTilt) return "is in TILT";
  if (master.isFailingOver) return `is failing over: ${master.failoverState}`;
  const own = addressText(currentAddress(master));
  if (own !== address) return `takes ${own} for the master`;
  if (master.configEpoch !== world.sentinels[0].model.masters.get(group)?.configEpoch) {
    return `has config epoch ${master.configEpoch}`;
  }
  if (master.replicas.size !== replicas) return `knows ${master.replicas.size} replicas`;
  if (master.sentinels.size !== world.sentinels.length - 1) {
    return `knows ${master.sentinels.size} others`;
  }
  for (const instance of [master, ...master.replicas.values(), ...master.sentinels.values()]) {
    if (instance.isSubjectivelyDown) return `takes ${instance.name} for down`;
  }
  return undefined;
}
