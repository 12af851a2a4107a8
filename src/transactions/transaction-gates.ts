import { COMMAND_NO_MULTI } from "../command/command";
import type { Gate } from "../command/pipeline";
import type { DataCall } from "../keyspace/data-call";
import { NO_MULTI_GATE, QUEUE_GATE, type Transactions } from "./transactions";

/** Raised on each client between MULTI and EXEC: some commands make no sense there. */
export function noMultiGate(): Gate<DataCall> {
  return {
    name: NO_MULTI_GATE,
    appliesTo: (command) => command.has(COMMAND_NO_MULTI),
    stops: (call) => {
      call.reply.error("ERR Command not allowed inside a transaction");
      return true;
    },
  };
}

/**
 * Raised on each client between MULTI and EXEC: puts commands off until EXEC. Stands behind every
 * gate that refuses or holds back, so that an error comes at once and spoils the transaction.
 */
export function queueGate(transactions: Transactions): Gate<DataCall> {
  return {
    name: QUEUE_GATE,
    appliesTo: (command) => command.spec.inTransaction === undefined,
    stops: (call) => {
      transactions.queue(call);
      return true;
    },
  };
}
