import type { Pipeline } from "../../command/pipeline";
import type { InfoField, InfoSection } from "../../process/info/info-section";
import {
  ABSENT_FIELDS,
  processingFields,
  refusalFields,
  subscriptionFields,
  type TurnCounts,
  trafficFields,
} from "../../process/info/stats-fields";
import type { SessionCall } from "../../session/session-call";
import type { SessionContext } from "../../session/session-context";

export interface StatsParts {
  readonly session: SessionContext;
  readonly pipeline: () => Pick<Pipeline<SessionCall>, "commandsProcessed">;
  readonly turns: () => TurnCounts;
  readonly errorReplies: () => number;
}

const NO_REPLICATION = {
  full: 0,
  partialOk: 0,
  partialErr: 0,
  sentBytes: 0,
  receivedBytes: 0,
  sentKibPerSecond: 0,
  receivedKibPerSecond: 0,
};

/** INFO stats of a Sentinel: the fields of a data node, for whoever reads both, without its data. */
export function statsSection({ session, pipeline, turns, errorReplies }: StatsParts): InfoSection {
  const { stats, pubSub } = session;
  const fields = () => [
    ...trafficFields(stats, pipeline().commandsProcessed, NO_REPLICATION),
    ...keyspaceFields(stats.evictedClients),
    ...subscriptionFields(pubSub),
    ...NO_SNAPSHOTS,
    ...ABSENT_FIELDS,
    ...NO_TRACKING,
    ...processingFields(turns(), errorReplies(), 0),
    ...refusalFields(stats),
  ];
  return { name: "Stats", shownBy: "default", fields };
}

function keyspaceFields(evictedClients: number): InfoField[] {
  return [
    ["expired_keys", 0],
    ["expired_stale_perc", "0.00"],
    ["expired_time_cap_reached_count", 0],
    ["expire_cycle_cpu_milliseconds", 0],
    ["evicted_keys", 0],
    ["evicted_clients", evictedClients],
    ["total_eviction_exceeded_time", 0],
    ["current_eviction_exceeded_time", 0],
    ["keyspace_hits", 0],
    ["keyspace_misses", 0],
  ];
}

const NO_SNAPSHOTS: readonly InfoField[] = [
  ["latest_fork_usec", 0],
  ["total_forks", 0],
  ["migrate_cached_sockets", 0],
];

const NO_TRACKING: readonly InfoField[] = [
  ["tracking_total_keys", 0],
  ["tracking_total_items", 0],
  ["tracking_total_prefixes", 0],
];
