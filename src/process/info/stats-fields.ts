/**
 * The fields of INFO stats, group by group in Redis's order, for the sections of both roles. Fields
 * of what this program never does are 0: it does not fork, has no threads for sockets and keeps no
 * buffer per client.
 */
import type { PubSub } from "../../session/pubsub/pub-sub";
import type { SessionStats } from "../../session/session-stats";
import type { TurnTimes } from "../../session/turn-times";
import { type InfoField, twoDecimals } from "./info-section";

/** How often clients were read from and written to, and how long that took. */
export interface TurnCounts {
  readonly reads: number;
  readonly writes: number;
  readonly times: Pick<TurnTimes, "count" | "totalMs" | "longestMs">;
}

/** What was done for replicas. */
export interface SyncCounts {
  readonly full: number;
  readonly partialOk: number;
  readonly partialErr: number;
  /** Bytes of the stream and of copies that were given to their sockets. */
  readonly sentBytes: number;
  /** The same from the master. */
  readonly receivedBytes: number;
  readonly sentKibPerSecond: number;
  readonly receivedKibPerSecond: number;
}

export function trafficFields(
  session: SessionStats,
  commandsProcessed: number,
  replication: SyncCounts,
): InfoField[] {
  const { receivedKibPerSecond, sentKibPerSecond } = replication;
  // The transport has sent what replicas were sent; the link to the master is none of its own.
  return [
    ["total_connections_received", session.connectionsReceived],
    ["total_commands_processed", commandsProcessed],
    ["instantaneous_ops_per_sec", session.opsPerSecond],
    ["total_net_input_bytes", session.totalInputBytes + replication.receivedBytes],
    ["total_net_output_bytes", session.totalOutputBytes],
    ["total_net_repl_input_bytes", replication.receivedBytes],
    ["total_net_repl_output_bytes", replication.sentBytes],
    ["instantaneous_input_kbps", twoDecimals(session.inputKibPerSecond + receivedKibPerSecond)],
    ["instantaneous_output_kbps", twoDecimals(session.outputKibPerSecond)],
    ["instantaneous_input_repl_kbps", twoDecimals(receivedKibPerSecond)],
    ["instantaneous_output_repl_kbps", twoDecimals(sentKibPerSecond)],
    ["rejected_connections", session.rejectedConnections],
    ["sync_full", replication.full],
    ["sync_partial_ok", replication.partialOk],
    ["sync_partial_err", replication.partialErr],
  ];
}

export function subscriptionFields(pubSub: PubSub): InfoField[] {
  return [
    ["pubsub_channels", pubSub.channels.count],
    ["pubsub_patterns", pubSub.patterns.count],
    ["pubsubshard_channels", pubSub.shardChannels.count],
  ];
}

export const ABSENT_FIELDS: readonly InfoField[] = [
  ["slave_expires_tracked_keys", 0],
  ["active_defrag_hits", 0],
  ["active_defrag_misses", 0],
  ["active_defrag_key_hits", 0],
  ["active_defrag_key_misses", 0],
  ["total_active_defrag_time", 0],
  ["current_active_defrag_time", 0],
];

/** @param sanitizedBlocks values of DUMP whose inside was looked through. */
export function processingFields(
  { reads, writes }: TurnCounts,
  errorReplies: number,
  sanitizedBlocks: number,
): InfoField[] {
  return [
    ["unexpected_error_replies", 0],
    ["total_error_replies", errorReplies],
    ["dump_payload_sanitizations", sanitizedBlocks],
    ["total_reads_processed", reads],
    ["total_writes_processed", writes],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["reply_buffer_shrinks", 0],
    ["reply_buffer_expands", 0],
  ];
}

/** As Redis 7.2 names them. */
export function refusalFields(session: SessionStats): InfoField[] {
  return [
    ["client_query_buffer_limit_disconnections", session.queryLimitDisconnections],
    ["client_output_buffer_limit_disconnections", session.outputLimitDisconnections],
    ["acl_access_denied_auth", session.accessDeniedAuth],
    ["acl_access_denied_cmd", session.accessDeniedCommand],
    ["acl_access_denied_key", session.accessDeniedKey],
    ["acl_access_denied_channel", session.accessDeniedChannel],
  ];
}
