/**
 * The lines that name instances and epochs: `sentinel monitor`, `known-replica` (once known-slave),
 * `known-sentinel`, `config-epoch`, `leader-epoch`. How each changes the model.
 *
 * A file may have been rewritten by Sentinels of several versions, which leaves lines of the old and
 * of the new name for one instance. They are one instance here; Redis refuses to start.
 */
import { Instance, MasterOptions } from "../model/instance";
import { replicaName } from "../model/instance-name";
import type { SentinelModel } from "../model/sentinel-model";
import { sameAddress } from "../monitor/address";
import { leadingInteger } from "./leading-integer";
import { readLineAddress } from "./line-address";
import type { LineContext } from "./line-context";
import { readEpoch } from "./own-lines";

/** `<name> <host> <port> <quorum>`; returns Redis's words for why it cannot be. */
export function readMonitor(
  model: SentinelModel,
  words: readonly string[],
  context: LineContext,
): string | undefined {
  const [name, host, port, quorumWord] = words;
  const quorum = leadingInteger(quorumWord);
  if (quorum <= 0) return "Quorum must be 1 or greater.";
  const address = readLineAddress(host, port, model, context);
  if (typeof address === "string") return address;
  if (model.masters.has(name)) return "Duplicate master name.";
  const options = new MasterOptions(quorum);
  const { nowMs } = context;
  model.masters.set(name, new Instance({ kind: "master", name, address, options, nowMs }));
  return undefined;
}

/** `<host> <port>` behind the master's name. */
export function readKnownReplica(
  model: SentinelModel,
  master: Instance,
  words: readonly string[],
  context: LineContext,
): string | undefined {
  const address = readLineAddress(words[0], words[1], model, context);
  if (typeof address === "string") return address;
  const name = replicaName(address, model);
  if (sameAddress(address, master.address)) {
    context.warn(`Ignoring replica ${name} of master ${master.name}: it is the master itself`);
    return undefined;
  }
  if (master.replicas.has(name)) return undefined;
  const { nowMs } = context;
  master.replicas.set(name, new Instance({ kind: "replica", name, address, master, nowMs }));
  return undefined;
}

/** `<host> <port> [<id>]`; without an id, as the first Sentinels wrote it, it says nothing. */
export function readKnownSentinel(
  model: SentinelModel,
  master: Instance,
  words: readonly string[],
  context: LineContext,
): string | undefined {
  if (words.length < 3) return undefined;
  const address = readLineAddress(words[0], words[1], model, context);
  if (typeof address === "string") return address;
  const name = words[2];
  if (name === model.myId) {
    context.warn(`Ignoring Sentinel ${name} of master ${master.name}: the id is my own`);
    return undefined;
  }
  const known = master.sentinels.get(name);
  // The last line was added last, so it has the newer address.
  if (known !== undefined) {
    known.address = address;
    return undefined;
  }
  const { nowMs } = context;
  const sentinel = new Instance({ kind: "sentinel", name, address, master, nowMs });
  sentinel.runId = name;
  master.sentinels.set(name, sentinel);
  return undefined;
}

/** The epoch of a master's address; no epoch is beyond the current one. */
export function readConfigEpoch(model: SentinelModel, master: Instance, word: string): void {
  master.configEpoch = readEpoch(word);
  model.currentEpoch = Math.max(model.currentEpoch, master.configEpoch);
}

export function readLeaderEpoch(master: Instance, word: string): void {
  master.leaderEpoch = readEpoch(word);
}
