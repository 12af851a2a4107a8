import { COMMAND_WRITE } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";
import { KIND_MASTER } from "../../session/client";

/** Raised while fewer replicas than min-replicas-to-write have been heard within the lag. */
export const GOOD_REPLICAS_GATE = "good-replicas";

export function goodReplicasGate(): Gate<DataCall> {
  return {
    name: GOOD_REPLICAS_GATE,
    appliesTo: () => true,
    stops: (call) => {
      if ((call.effectiveFlags & COMMAND_WRITE) === 0 || call.client.kind === KIND_MASTER) {
        return false;
      }
      call.reply.error("NOREPLICAS Not enough good replicas to write.");
      return true;
    },
  };
}
