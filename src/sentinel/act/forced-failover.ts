/** SENTINEL FAILOVER: a failover that no other Sentinel is asked about. */
import type { Draft } from "../model/draft";
import type { Instance } from "../model/instance";

export type ForcedFailover = "begun" | "in-progress" | "no-good-replica" | "master-unreachable";

/**
 * Begins one, if a replica can be promoted. With `isCoordinated` the master itself hands over
 * (`FAILOVER TO`, Redis 6.2 and newer): it stops writes, waits until the replica has all of them, and
 * only then makes it a master, so that no write is lost; if that fails, all stays as it was.
 */
export function beginForcedFailover(
  _draft: Draft,
  _master: Instance,
  _isCoordinated = false,
): ForcedFailover {
  throw new Error("not built yet");
}
