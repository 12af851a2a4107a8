/**
 * A model to `sentinel ...` lines: the same lines in the same order as real Sentinels write, so that
 * either can read what the other wrote. Pure; putting lines into a file is rewrite-sentinel.ts's work.
 *
 * What always holds: reading all lines gives a model with the same state (what is only observed, such
 * as who is down, is no state). Words that could be taken for more than one are in quotes.
 */
import { wordByteText } from "../../config/byte-text";
import type { Instance, InstanceAddress } from "../model/instance";
import { announced } from "../model/instance-name";
import type { SentinelModel } from "../model/sentinel-model";
import { sameAddress } from "../monitor/address";
import { currentAddress } from "../monitor/periodic";
import { OPTION_LINES, type OptionLine, RENAME_LINE } from "./option-lines";
import { OWN_LINES_BEFORE_MASTERS, OWN_LINES_BEHIND_MASTERS, type OwnLine } from "./own-lines";

export interface StateLine {
  /** What the line is about: lines of one key take the place of old lines of that key. */
  readonly key: string;
  readonly text: string;
  /** Added where there is no such line yet. */
  readonly forced: boolean;
}

/** The key of a line of this name about this master, or about the Sentinel itself. */
export function lineKey(name: string, masterName = ""): string {
  return `sentinel\0${name}\0${masterName}`;
}

export function stateLines(model: SentinelModel): StateLine[] {
  const lines: StateLine[] = [];
  for (const own of OWN_LINES_BEFORE_MASTERS) addOwn(lines, own, model);
  for (const master of model.masters.values()) addMaster(lines, master, model);
  for (const own of OWN_LINES_BEHIND_MASTERS) addOwn(lines, own, model);
  return lines;
}

function addOwn(lines: StateLine[], own: OwnLine, model: SentinelModel): void {
  const place = own.place(model);
  if (place === "never") return;
  const text = `sentinel ${own.name} ${own.value(model)}`;
  lines.push({ key: lineKey(own.name), text, forced: place === "always" });
}

function addMaster(lines: StateLine[], master: Instance, model: SentinelModel): void {
  const { options } = master;
  if (options === undefined) throw new Error(`${master.name} is no master`);
  const add = (name: string, value: string): void => {
    const key = lineKey(name, master.name);
    lines.push({
      key,
      text: `sentinel ${name} ${wordByteText(master.name)} ${value}`,
      forced: true,
    });
  };
  add("monitor", `${addressWords(currentAddress(master), model)} ${options.quorum}`);
  const addOption = (option: OptionLine): void => {
    if (option.isStandard(options)) return;
    for (const value of option.values(options)) add(option.name, value);
  };
  OPTION_LINES.forEach(addOption);
  addKnowledge(master, model, add);
  addOption(RENAME_LINE);
}

/** What a Sentinel has learned of a master: epochs, replicas, other Sentinels. */
export function addKnowledge(
  master: Instance,
  model: SentinelModel,
  add: (name: string, value: string) => void,
): void {
  add("config-epoch", String(master.configEpoch));
  add("leader-epoch", String(master.leaderEpoch));
  const current = currentAddress(master);
  for (const replica of master.replicas.values()) {
    // Amid a failover the promoted replica is written as the master, and the master as a replica.
    const isMaster = sameAddress(replica.address, current);
    add("known-replica", addressWords(isMaster ? master.address : replica.address, model));
  }
  for (const sentinel of master.sentinels.values()) {
    if (sentinel.runId === "") continue;
    const words = `${addressWords(sentinel.address, model)} ${wordByteText(sentinel.runId)}`;
    add("known-sentinel", words);
  }
}

export function addressWords(address: InstanceAddress, model: SentinelModel): string {
  return `${wordByteText(announced(address, model))} ${address.port}`;
}
