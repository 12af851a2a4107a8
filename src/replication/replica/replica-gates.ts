/** What a replica does not do for its clients. The server raises and lowers these gates. */
import { COMMAND_STALE, COMMAND_WRITE } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";

/** Up on a replica while `replica-read-only` is on. */
export const READ_ONLY_GATE = "read-only";
/** Up on a replica without a link to its master while `replica-serve-stale-data` is off. */
export const STALE_GATE = "stale";

export function readOnlyGate(): Gate<DataCall> {
  return {
    name: READ_ONLY_GATE,
    appliesTo: () => true,
    stops: (call) => {
      if ((call.effectiveFlags & COMMAND_WRITE) === 0) return false;
      call.reply.error("READONLY You can't write against a read only replica.");
      return true;
    },
  };
}

export function staleGate(): Gate<DataCall> {
  return {
    name: STALE_GATE,
    appliesTo: (command) => !command.has(COMMAND_STALE),
    stops: (call) => {
      call.reply.error(
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
      );
      return true;
    },
  };
}
