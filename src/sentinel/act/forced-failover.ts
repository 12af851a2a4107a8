/** SENTINEL FAILOVER: a failover that no other Sentinel is asked about. */
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";
import { advanceFailover, beginFailover } from "./failover";
import { askReplicas } from "./objective-down";
import { chooseReplica } from "./replica-choice";

export type ForcedFailover = "begun" | "in-progress" | "no-good-replica" | "master-unreachable";

/**
 * Begins one, if a replica can be promoted. With `isCoordinated` the master itself hands over
 * (`FAILOVER TO`, Redis 6.2 and newer): it stops writes, waits until the replica has all of them, and
 * only then makes it a master, so that no write is lost; if that fails, all stays as it was. Sentinel
 * does not pause and promote by itself, because its end in the middle would leave two masters.
 */
export function beginForcedFailover(
  draft: Draft,
  master: Instance,
  isCoordinated = false,
): ForcedFailover {
  if (master.isFailingOver) return "in-progress";
  if (isCoordinated && (master.isSubjectivelyDown || !master.link.areCommandsConnected)) {
    return "master-unreachable";
  }
  if (chooseReplica(draft, master) === undefined) return "no-good-replica";
  draft.log("notice", `Executing user requested FAILOVER of '${master.name}'`);
  beginFailover(draft, master);
  master.isForced = true;
  master.isCoordinated = isCoordinated;
  askReplicas(draft, master);
  // In TILT it waits, as Redis has it.
  if (!draft.model.isInTilt) advanceFailover(draft, master);
  return "begun";
}
