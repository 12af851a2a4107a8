import type { Pipeline } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";
import type { Keyspace } from "../../keyspace/keyspace";
import type { Tracking } from "../../keyspace/tracking/tracking";
import type { TargetLinks } from "../../persistence/migration/target-links";
import type { RdbSaves } from "../../persistence/snapshot/rdb-saves";
import { type InfoField, type InfoSection, twoDecimals } from "../../process/info/info-section";
import {
  ABSENT_FIELDS,
  processingFields,
  refusalFields,
  type SyncCounts,
  subscriptionFields,
  type TurnCounts,
  trafficFields,
} from "../../process/info/stats-fields";
import type { PubSub } from "../../session/pubsub/pub-sub";
import type { SessionStats } from "../../session/session-stats";
import type { ExceededTime } from "./exceeded-time";

const US_PER_MS = 1000;

export interface StatsSectionParts {
  readonly session: SessionStats;
  readonly pubSub: PubSub;
  readonly keyspace: Keyspace;
  readonly tracking: Tracking;
  readonly saves: Pick<RdbSaves, "started" | "lastStartUs">;
  readonly replication: () => SyncCounts;
  readonly exceededTime: ExceededTime;
  /** To the servers that keys are migrated to. */
  readonly links: Pick<TargetLinks, "count">;
  readonly pipeline: () => Pick<Pipeline<DataCall>, "commandsProcessed">;
  readonly turns: () => TurnCounts;
  readonly errorReplies: () => number;
}

/**
 * INFO stats: what has happened since the start or the last CONFIG RESETSTAT. Fields of what is not
 * done yet are 0.
 */
export function statsSection(parts: StatsSectionParts): InfoSection {
  const { session, pipeline, keyspace } = parts;
  const { stats } = keyspace;
  const fields = () => [
    ...trafficFields(session, pipeline().commandsProcessed, parts.replication()),
    ...keyspaceFields(parts),
    ...subscriptionFields(parts.pubSub),
    // Nothing forks, but the start of a snapshot is what these tell of.
    ["latest_fork_usec", parts.saves.lastStartUs] as const,
    ["total_forks", parts.saves.started] as const,
    ["migrate_cached_sockets", parts.links.count] as const,
    ...ABSENT_FIELDS,
    ...trackingFields(parts.tracking),
    ...processingFields(parts.turns(), parts.errorReplies(), stats.sanitizedBlocks),
    ...loopFields(parts.turns().times),
    // As Redis 7.4 names it.
    ["expired_subkeys", stats.expiredFields] as const,
    ...refusalFields(session),
  ];
  return { name: "Stats", shownBy: "default", fields };
}

function keyspaceFields({ session, keyspace, exceededTime }: StatsSectionParts): InfoField[] {
  const { stats } = keyspace;
  return [
    ["expired_keys", stats.expired],
    ["expired_stale_perc", twoDecimals(stats.staleShare * 100)],
    ["expired_time_cap_reached_count", stats.expireTimeCapReached],
    ["expire_cycle_cpu_milliseconds", Math.floor(stats.expireCycleMs)],
    ["evicted_keys", stats.evicted],
    ["evicted_clients", session.evictedClients],
    ["total_eviction_exceeded_time", Math.floor(exceededTime.totalMs)],
    ["current_eviction_exceeded_time", Math.floor(exceededTime.currentMs)],
    ["keyspace_hits", stats.hits],
    ["keyspace_misses", stats.misses],
  ];
}

function trackingFields({ table, prefixes }: Tracking): InfoField[] {
  return [
    ["tracking_total_keys", table.count],
    ["tracking_total_items", table.items],
    ["tracking_total_prefixes", prefixes.count],
  ];
}

/** As Redis 7.2 names them; the longest time without a look at the sockets is told here alone. */
function loopFields({ count, totalMs, longestMs }: TurnCounts["times"]): InfoField[] {
  return [
    ["eventloop_cycles", count],
    ["eventloop_duration_sum", Math.round(totalMs * US_PER_MS)],
    ["eventloop_duration_max", Math.round(longestMs * US_PER_MS)],
  ];
}
