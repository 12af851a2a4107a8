import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import type { AppendOnly } from "./append-only";

const ERR_RUNNING = "ERR Background append only file rewriting already in progress";
const ERR_FAILED =
  "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.";

/** BGREWRITEAOF. */
export function rewriteCommand(aof: AppendOnly): CommandSpec<DataCall> {
  return {
    name: "bgrewriteaof",
    arity: 1,
    flags: ["admin", "noscript", "no_async_loading"],
    group: "server",
    since: "1.0.0",
    summary: "Writes the append only file anew, from the data as it is now, while commands go on.",
    complexity: "O(1); the work is done by a thread of its own",
    handler: ({ reply, mayBlock }) => {
      // Within EXEC it is put off: the base is to have the whole transaction or nothing of it.
      const answer = aof.rewriteNow(!mayBlock);
      if (answer === "running") reply.error(ERR_RUNNING);
      else if (answer === "failed") reply.error(ERR_FAILED);
      else reply.statusText(`Background append only file rewriting ${answer}`);
    },
  };
}
