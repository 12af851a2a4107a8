/** What INFO replication tells of a replica's link to its master. */
import type { Replication } from "../replication";
import type { MasterLink } from "./master-link";

type Field = readonly [name: string, value: string | number];

export interface LinkFieldSettings {
  readonly priority: number;
  readonly isReadOnly: boolean;
  readonly isAnnounced: boolean;
  /** replica-refuse-empty-master, without which this server says what a Redis says. */
  readonly refusesEmptyMaster: boolean;
}

const MS_PER_SECOND = 1000;
/** What a replica without a place in any history says, as Redis does. */
const NO_OFFSET = 1;

export function linkFields(
  replication: Replication,
  masterLink: MasterLink,
  settings: LinkFieldSettings,
  nowMs: number,
): readonly Field[] {
  const { state, offset } = replication;
  const { master, link } = state;
  if (master === undefined) return [];
  const isUp = link.phase === "connected";
  const isSyncing = ["header", "transfer", "loading"].includes(link.phase);
  const sinceHeard = secondsSince(masterLink.lastReceivedMs, nowMs);
  const place = isUp || state.canResume ? offset : NO_OFFSET;
  const fields: Field[] = [
    ["master_host", master.host],
    ["master_port", master.port],
    ["master_link_status", isUp ? "up" : "down"],
    ["master_last_io_seconds_ago", isUp ? sinceHeard : -1],
    ["master_sync_in_progress", isSyncing ? 1 : 0],
    ["slave_read_repl_offset", place],
    ["slave_repl_offset", place],
  ];
  if (isSyncing) fields.push(...transferFields(masterLink, sinceHeard));
  if (!isUp) {
    const { downSinceMs } = link;
    const seconds = downSinceMs === undefined ? -1 : secondsSince(downSinceMs, nowMs);
    fields.push(["master_link_down_since_seconds", seconds]);
  }
  if (settings.refusesEmptyMaster) {
    fields.push(["master_refused_empty", state.hasRefusedEmpty ? 1 : 0]);
  }
  const { compression } = masterLink;
  if (compression !== undefined) {
    fields.push(["master_link_compression_ratio", compression.ratio.toFixed(2)]);
  }
  fields.push(
    ["slave_priority", settings.priority],
    ["slave_read_only", settings.isReadOnly ? 1 : 0],
    ["replica_announced", settings.isAnnounced ? 1 : 0],
  );
  return fields;
}

function transferFields(masterLink: MasterLink, sinceHeard: number): readonly Field[] {
  const { totalBytes, receivedBytes } = masterLink.progress;
  const percent = totalBytes === 0 ? 0 : (receivedBytes / totalBytes) * 100;
  return [
    ["master_sync_total_bytes", totalBytes],
    ["master_sync_read_bytes", receivedBytes],
    ["master_sync_left_bytes", totalBytes - receivedBytes],
    ["master_sync_perc", percent.toFixed(2)],
    ["master_sync_last_io_seconds_ago", sinceHeard],
  ];
}

function secondsSince(sinceMs: number, nowMs: number): number {
  return Math.floor((nowMs - sinceMs) / MS_PER_SECOND);
}
