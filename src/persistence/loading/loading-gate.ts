import { COMMAND_LOADING, COMMAND_NO_ASYNC_LOADING } from "../../command/command";
import type { Gate } from "../../command/pipeline";
import type { DataCall } from "../../keyspace/data-call";

/** The server raises it while it reads the data set. */
export const LOADING_GATE = "loading";
/** Up instead while it reads another data set beside its own, which it goes on serving. */
export const ASYNC_LOADING_GATE = "async-loading";

const ERR_LOADING = "LOADING Redis is loading the dataset in memory";

/** Refuses whatever needs the data set; what looks at the server alone is answered. */
export function loadingGate(): Gate<DataCall> {
  return {
    name: LOADING_GATE,
    appliesTo: (command) => !command.has(COMMAND_LOADING),
    stops: (call) => {
      call.reply.error(ERR_LOADING);
      return true;
    },
  };
}

/** Refuses what would get into the way of the exchange: saving, and other roles in replication. */
export function asyncLoadingGate(): Gate<DataCall> {
  return {
    name: ASYNC_LOADING_GATE,
    appliesTo: (command) => command.has(COMMAND_NO_ASYNC_LOADING),
    stops: (call) => {
      call.reply.error(ERR_LOADING);
      return true;
    },
  };
}
