import { ERR_DB_INDEX, ERR_NOT_INTEGER } from "../../command/error-texts";
import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../data-call";

/** SELECT: the database that the connection works on. */

const INT_MAX = 2 ** 31 - 1;
const ERR_NOT_INT = "ERR value is out of range, value must between -2147483648 and 2147483647";

function select(call: DataCall): void {
  const { args, client, keyspace, reply } = call;
  const index = args.clampedInteger(1);
  if (Number.isNaN(index)) {
    reply.error(ERR_NOT_INTEGER);
  } else if (index > INT_MAX || index < -INT_MAX - 1) {
    reply.error(ERR_NOT_INT);
  } else if (index < 0 || index >= keyspace.databases.length) {
    reply.error(ERR_DB_INDEX);
  } else {
    client.db = index;
    reply.ok();
  }
}

export const selectCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "select",
    arity: 2,
    flags: ["loading", "stale", "fast"],
    group: "connection",
    since: "1.0.0",
    summary: "Chooses the database that the connection works on.",
    complexity: "O(1)",
    categories: ["connection"],
    arguments: [{ name: "index", type: "integer" }],
    handler: select,
  },
];
