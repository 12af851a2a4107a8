/** INFO replication, all but what a replica tells of its link to the master. */

import { lagSeconds } from "./decisions/replica-health";
import type { LinkPhase } from "./decisions/replication-state";
import type { CompressionCounts } from "./link-frames/frame-format";
import type { Replica, ReplicaPhase } from "./master/replica";
import type { Replication } from "./replication";

type Field = readonly [name: string, value: string | number];

const PHASES: Readonly<Record<ReplicaPhase, string>> = {
  waiting: "wait_bgsave",
  saving: "wait_bgsave",
  file: "send_bulk",
  stream: "wait_bgsave",
  online: "online",
};

/** The state in the reply to ROLE of a replica. */
const LINK_STATES: Readonly<Record<LinkPhase, string>> = {
  none: "none",
  connect: "connect",
  connecting: "connecting",
  ping: "handshake",
  auth: "handshake",
  port: "handshake",
  address: "handshake",
  capabilities: "handshake",
  compression: "handshake",
  psync: "handshake",
  header: "sync",
  transfer: "sync",
  loading: "sync",
  connected: "connected",
};

export function linkState(phase: LinkPhase): string {
  return LINK_STATES[phase];
}

export function phaseName(phase: ReplicaPhase): string {
  return PHASES[phase];
}

/** The lines of the replicas, from `connected_slaves` on. */
export function replicaFields(
  replicas: readonly Replica[],
  goodReplicas: number | undefined,
  nowMs: number,
): readonly Field[] {
  const fields: Field[] = [["connected_slaves", replicas.length]];
  if (goodReplicas !== undefined) fields.push(["min_slaves_good_slaves", goodReplicas]);
  replicas.forEach((replica, index) => {
    const { host, port, phase, isOnline, ackOffset, ackMs } = replica;
    const lag = isOnline ? lagSeconds(ackMs, nowMs) : 0;
    const value = `ip=${host},port=${port},state=${PHASES[phase]},offset=${ackOffset},lag=${lag}`;
    fields.push([`slave${index}`, value]);
  });
  return fields;
}

/** What is spared by compressing links to replicas; nothing where none ever was. */
export function compressionFields(
  replicas: readonly Replica[],
  counts: CompressionCounts | undefined,
): readonly Field[] {
  if (counts === undefined) return [];
  return [
    ["repl_compressed_replicas", replicas.filter((replica) => replica.isFramed).length],
    ["repl_compression_in_bytes", counts.plainBytes],
    ["repl_compression_out_bytes", counts.wireBytes],
    ["repl_compression_ratio", counts.ratio.toFixed(2)],
  ];
}

/** The lines of ids, offsets and the backlog. */
export function historyFields(replication: Replication): readonly Field[] {
  const { state, backlog, offset } = replication;
  const { id, secondId, secondOffset } = state.history;
  return [
    ["master_failover_state", state.failover?.phase ?? "no-failover"],
    ["master_replid", id],
    ["master_replid2", secondId],
    ["master_repl_offset", offset],
    ["second_repl_offset", secondOffset],
    ["repl_backlog_active", backlog.isOpen ? 1 : 0],
    ["repl_backlog_size", backlog.sizeBytes],
    ["repl_backlog_first_byte_offset", backlog.firstOffset],
    ["repl_backlog_histlen", backlog.historyBytes],
  ];
}
