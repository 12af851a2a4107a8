import { COMMAND_LOADING } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";

/** The server raises it while it reads the data set. */
export const LOADING_GATE = "loading";

/** Refuses whatever needs the data set; what looks at the server alone is answered. */
export function loadingGate(): Gate<DataCall> {
  return {
    name: LOADING_GATE,
    appliesTo: (command) => !command.has(COMMAND_LOADING),
    stops: (call) => {
      call.reply.error("LOADING Redis is loading the dataset in memory");
      return true;
    },
  };
}
