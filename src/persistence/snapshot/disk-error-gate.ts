import { COMMAND_WRITE } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";

/** The server raises it while the data set cannot be saved and `stop-writes-on-bgsave-error` is on. */
export const DISK_ERROR_GATE = "disk-error";

const ERR_CANNOT_SAVE =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to " +
  "disk. Commands that may modify the data set are disabled, because this instance is configured " +
  "to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). " +
  "Please check the Redis logs for details about the RDB error.";

const ERR_CANNOT_APPEND = "MISCONF Errors writing to the AOF file: ";

/** What is wrong with the disk, for a data set that is to be on it. */
export interface DiskTrouble {
  readonly cannotSave: boolean;
  /** Why the append only file cannot be written, in the system's words. */
  readonly appendProblem: string | undefined;
}

/** Refuses writes, and PING, by which those who watch over the server see that it is in trouble. */
export function diskErrorGate(trouble: () => DiskTrouble): Gate<DataCall> {
  return {
    name: DISK_ERROR_GATE,
    appliesTo: () => true,
    stops: (call) => {
      const writes = (call.effectiveFlags & COMMAND_WRITE) !== 0;
      if (!writes && call.command.fullName !== "ping") return false;
      const { cannotSave, appendProblem } = trouble();
      if (cannotSave) call.reply.error(ERR_CANNOT_SAVE);
      else call.reply.error(`${ERR_CANNOT_APPEND}${appendProblem}`);
      return true;
    },
  };
}
