import type { Keyspace } from "../../keyspace/keyspace";
import { type InfoField, type InfoSection, twoDecimals } from "../../process/info/info-section";
import type { PersistenceService } from "../persistence-service";
import { appendOnlyFields } from "./append-only-fields";

/**
 * INFO persistence. What a fork would copy are here the blocks that a snapshot makes stay beside
 * the data; `current_fork_perc` is the share of the keys that have been written.
 */
export function persistenceSection(
  keyspace: Keyspace,
  persistence: Pick<PersistenceService, "saves" | "loading" | "aof">,
): InfoSection {
  const fields = () => [
    ["loading", persistence.loading.isBlocking ? 1 : 0] as const,
    ["async_loading", persistence.loading.isAsync ? 1 : 0] as const,
    ...progressFields(persistence),
    ["rdb_changes_since_last_save", keyspace.stats.unsavedChanges] as const,
    ...rdbFields(persistence),
    ...appendOnlyFields(persistence.aof),
    ...loadingFields(persistence),
  ];
  return { name: "Persistence", shownBy: "default", fields };
}

/** Of the one job that runs, whichever it is. */
function progressFields({ saves, aof }: Pick<PersistenceService, "saves" | "aof">): InfoField[] {
  const { job } = aof.rewrites;
  const heldBytes = job?.heldBytes ?? saves.heldBytes;
  const keysDone = job?.keysDone ?? saves.keysDone;
  const keysTotal = job?.totalKeys ?? saves.keysTotal;
  return [
    ["current_cow_peak", heldBytes],
    ["current_cow_size", heldBytes],
    ["current_cow_size_age", 0],
    ["current_fork_perc", twoDecimals(keysTotal === 0 ? 0 : (keysDone * 100) / keysTotal)],
    ["current_save_keys_processed", keysDone],
    ["current_save_keys_total", keysTotal],
  ];
}

function rdbFields({ saves, loading }: Pick<PersistenceService, "saves" | "loading">): InfoField[] {
  return [
    ["rdb_bgsave_in_progress", saves.isRunning ? 1 : 0],
    ["rdb_last_save_time", saves.lastSaveSeconds],
    ["rdb_last_bgsave_status", saves.hasFailed ? "err" : "ok"],
    ["rdb_last_bgsave_time_sec", saves.lastDurationSeconds],
    ["rdb_current_bgsave_time_sec", saves.runningSeconds],
    ["rdb_saves", saves.saves],
    ["rdb_last_cow_size", saves.lastHeldBytes],
    ["rdb_last_load_keys_expired", loading.keysExpired],
    ["rdb_last_load_keys_loaded", loading.keysLoaded],
  ];
}

function loadingFields({ loading }: Pick<PersistenceService, "loading">): InfoField[] {
  if (!loading.isLoading) return [];
  const { totalBytes, loadedBytes } = loading;
  const percent = totalBytes === 0 ? 0 : (loadedBytes * 100) / totalBytes;
  return [
    ["loading_start_time", loading.startedSeconds],
    ["loading_total_bytes", totalBytes],
    ["loading_rdb_used_mem", loading.usedMemory],
    ["loading_loaded_bytes", loadedBytes],
    ["loading_loaded_perc", twoDecimals(percent)],
    ["loading_eta_seconds", loading.etaSeconds],
  ];
}
