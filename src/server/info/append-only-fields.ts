import type { AppendOnly } from "../../persistence/aof/append-only";
import type { InfoField } from "../../process/info/info-section";

/** What INFO persistence tells of the append only file, and of modules, which there are none. */
export function appendOnlyFields(aof: AppendOnly): InfoField[] {
  const { rewrites, writer, state } = aof;
  return [
    ["aof_enabled", state === "off" ? 0 : 1],
    ["aof_rewrite_in_progress", rewrites.isRunning ? 1 : 0],
    ["aof_rewrite_scheduled", rewrites.isScheduled ? 1 : 0],
    ["aof_last_rewrite_time_sec", rewrites.lastDurationSeconds],
    ["aof_current_rewrite_time_sec", rewrites.runningSeconds],
    ["aof_last_bgrewrite_status", rewrites.hasFailed ? "err" : "ok"],
    ["aof_rewrites", rewrites.begun],
    ["aof_rewrites_consecutive_failures", rewrites.consecutiveFailures],
    ["aof_last_write_status", writer.problem === undefined ? "ok" : "err"],
    ["aof_last_cow_size", rewrites.lastHeldBytes],
    ["module_fork_in_progress", 0],
    ["module_fork_last_cow_size", 0],
    ...(state === "off" ? [] : sizeFields(aof)),
  ];
}

function sizeFields({ writer, rewrites, baseBytes }: AppendOnly): InfoField[] {
  return [
    ["aof_current_size", writer.totalBytes],
    ["aof_base_size", baseBytes],
    ["aof_pending_rewrite", rewrites.isScheduled ? 1 : 0],
    ["aof_buffer_length", writer.bufferedBytes],
    ["aof_pending_bio_fsync", writer.pendingSyncs],
    ["aof_delayed_fsync", writer.delayedSyncs],
  ];
}
