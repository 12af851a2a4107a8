import type { Pipeline } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";
import type { Keyspace } from "../../keyspace/keyspace";
import type { Tracking } from "../../keyspace/tracking/tracking";
import type { TargetLinks } from "../../persistence/migration/target-links";
import type { RdbSaves } from "../../persistence/snapshot/rdb-saves";
import { type InfoField, type InfoSection, twoDecimals } from "../../process/info/info-section";
import type { PubSub } from "../../session/pubsub/pub-sub";
import type { SessionStats } from "../../session/session-stats";
import type { ExceededTime } from "./exceeded-time";

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

/** How often clients were read from and written to. */
export interface TurnCounts {
  readonly reads: number;
  readonly writes: number;
}

/** What was done for replicas. */
export interface SyncCounts {
  readonly full: number;
  readonly partialOk: number;
  readonly partialErr: number;
  /** Bytes of the stream and of copies that were given to their sockets. */
  readonly sentBytes: number;
}

/**
 * INFO stats: what has happened since the start or the last CONFIG RESETSTAT.
 *
 * Fields of what this server never does (it does not fork, has no threads for sockets and keeps no
 * buffer per client) or does not do yet are 0.
 */
export function statsSection(parts: StatsSectionParts): InfoSection {
  const fields = () => [
    ...trafficFields(parts),
    ...keyspaceFields(parts),
    ...subscriptionFields(parts.pubSub),
    // Nothing forks, but the start of a snapshot is what these tell of.
    ["latest_fork_usec", parts.saves.lastStartUs] as const,
    ["total_forks", parts.saves.started] as const,
    ["migrate_cached_sockets", parts.links.count] as const,
    ...ABSENT_FIELDS,
    ...trackingFields(parts.tracking),
    ...processingFields(parts),
    ...newerFields(parts),
  ];
  return { name: "Stats", shownBy: "default", fields };
}

function trafficFields(parts: StatsSectionParts): InfoField[] {
  const { session, pipeline } = parts;
  const replication = parts.replication();
  return [
    ["total_connections_received", session.connectionsReceived],
    ["total_commands_processed", pipeline().commandsProcessed],
    ["instantaneous_ops_per_sec", session.opsPerSecond],
    ["total_net_input_bytes", session.totalInputBytes],
    ["total_net_output_bytes", Math.max(0, session.totalOutputBytes - replication.sentBytes)],
    ["total_net_repl_input_bytes", 0],
    ["total_net_repl_output_bytes", replication.sentBytes],
    ["instantaneous_input_kbps", twoDecimals(session.inputKibPerSecond)],
    ["instantaneous_output_kbps", twoDecimals(session.outputKibPerSecond)],
    ["instantaneous_input_repl_kbps", twoDecimals(0)],
    ["instantaneous_output_repl_kbps", twoDecimals(0)],
    ["rejected_connections", session.rejectedConnections],
    ["sync_full", replication.full],
    ["sync_partial_ok", replication.partialOk],
    ["sync_partial_err", replication.partialErr],
  ];
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

function subscriptionFields(pubSub: PubSub): InfoField[] {
  return [
    ["pubsub_channels", pubSub.channels.count],
    ["pubsub_patterns", pubSub.patterns.count],
    ["pubsubshard_channels", pubSub.shardChannels.count],
  ];
}

const ABSENT_FIELDS: readonly InfoField[] = [
  ["slave_expires_tracked_keys", 0],
  ["active_defrag_hits", 0],
  ["active_defrag_misses", 0],
  ["active_defrag_key_hits", 0],
  ["active_defrag_key_misses", 0],
  ["total_active_defrag_time", 0],
  ["current_active_defrag_time", 0],
];

function trackingFields({ table, prefixes }: Tracking): InfoField[] {
  return [
    ["tracking_total_keys", table.count],
    ["tracking_total_items", table.items],
    ["tracking_total_prefixes", prefixes.count],
  ];
}

function processingFields(parts: StatsSectionParts): InfoField[] {
  const { turns, errorReplies, keyspace } = parts;
  const { reads, writes } = turns();
  return [
    ["unexpected_error_replies", 0],
    ["total_error_replies", errorReplies()],
    ["dump_payload_sanitizations", keyspace.stats.sanitizedBlocks],
    ["total_reads_processed", reads],
    ["total_writes_processed", writes],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["reply_buffer_shrinks", 0],
    ["reply_buffer_expands", 0],
  ];
}

/** As Redis 7.2 and 7.4 name them. */
function newerFields({ session, keyspace }: StatsSectionParts): InfoField[] {
  return [
    ["expired_subkeys", keyspace.stats.expiredFields],
    ["client_query_buffer_limit_disconnections", session.queryLimitDisconnections],
    ["client_output_buffer_limit_disconnections", session.outputLimitDisconnections],
    ["acl_access_denied_auth", session.accessDeniedAuth],
    ["acl_access_denied_cmd", session.accessDeniedCommand],
    ["acl_access_denied_key", session.accessDeniedKey],
    ["acl_access_denied_channel", session.accessDeniedChannel],
  ];
}
