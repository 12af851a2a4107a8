/** Whether enough Sentinels can be reached to fail a master over (SENTINEL CKQUORUM). Pure. */
import { type Instance, optionsOf } from "../model/instance";

export interface QuorumCheck {
  /** This Sentinel and the others that are not down. */
  readonly usable: number;
  /** Enough to agree that the master is down. */
  readonly reachesQuorum: boolean;
  /** Enough to elect who fails it over. */
  readonly reachesMajority: boolean;
}

export function checkQuorum(master: Instance): QuorumCheck {
  let usable = 1;
  for (const sentinel of master.sentinels.values()) {
    if (!sentinel.isSubjectivelyDown) usable += 1;
  }
  return {
    usable,
    reachesQuorum: usable >= optionsOf(master).quorum,
    reachesMajority: usable >= majorityOf(master),
  };
}

/** Of all Sentinels known for the master, this one among them, whether they can be reached or not. */
export function majorityOf(master: Instance): number {
  return Math.floor((master.sentinels.size + 1) / 2) + 1;
}
