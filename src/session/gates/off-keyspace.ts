import { COMMAND_MAY_REPLICATE, COMMAND_READONLY, COMMAND_WRITE } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import type { SessionCall } from "../session-call";

/** Raised on connections that carry a stream of commands (replicas, monitors): no data for them. */
export function offKeyspaceGate(): Gate<SessionCall> {
  return {
    name: "off-keyspace",
    appliesTo: (command) => command.has(COMMAND_WRITE | COMMAND_READONLY | COMMAND_MAY_REPLICATE),
    stops: (call) => {
      call.reply.error("ERR Replica can't interact with the keyspace");
      return true;
    },
  };
}
