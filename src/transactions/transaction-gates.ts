import { COMMAND_NO_MULTI } from "../command/command";
import type { Gate } from "../command/pipeline";
import type { DataCall } from "../keyspace/data-call";
import { NO_MULTI_GATE, QUEUE_GATE, type Transactions } from "./transactions";

const ERR_NOT_ALLOWED = "ERR Command not allowed inside a transaction";

/** Raised on each client between MULTI and EXEC: some commands make no sense there. */
export function noMultiGate(): Gate<DataCall> {
  return {
    name: NO_MULTI_GATE,
    appliesTo: (command) =>
      command.has(COMMAND_NO_MULTI) || command.spec.refusedInTransaction !== undefined,
    stops: (call) => {
      call.reply.error(call.command.spec.refusedInTransaction ?? ERR_NOT_ALLOWED);
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
