import { latin1Bytes } from "../../base/bytes";
import { ERR_SYNTAX } from "../../command/error-texts";
import type { ArgumentDoc, CommandSpec } from "../../command/spec";
import type { DataCall } from "../data-call";

/**
 * FLUSHDB and FLUSHALL. SYNC and ASYNC are accepted and do the same: the databases go on empty at
 * once, and what they held is freed between turns. Nobody can tell but by the memory in use.
 */

const ASYNC = latin1Bytes("async");
const SYNC = latin1Bytes("sync");

function isWronglyCalled(call: DataCall): boolean {
  const { args } = call;
  if (args.count === 1) return false;
  if (args.count === 2 && (args.is(1, ASYNC) || args.is(1, SYNC))) return false;
  call.reply.error(ERR_SYNTAX);
  return true;
}

function flushDatabase(call: DataCall): void {
  if (isWronglyCalled(call)) return;
  call.keyspace.events.emptied();
  call.keyspace.flush(call.db);
  tell(call);
  call.reply.ok();
}

function flushAll(call: DataCall): void {
  if (isWronglyCalled(call)) return;
  call.keyspace.events.emptied();
  for (const database of call.keyspace.databases) call.keyspace.flush(database);
  tell(call);
  call.keyspace.afterFlushAll();
  call.reply.ok();
}

/** As Redis does, also when there was nothing to remove. */
function tell({ db, effects }: DataCall): void {
  if (effects.isOn) effects.asIs(db);
}

const MODE: ArgumentDoc = {
  name: "async",
  type: "oneof",
  flags: ["optional"],
  arguments: [
    { name: "async", type: "pure-token", token: "ASYNC", since: "4.0.0" },
    { name: "sync", type: "pure-token", token: "SYNC", since: "6.2.0" },
  ],
};
const HISTORY: CommandSpec<DataCall>["history"] = [
  ["4.0.0", "Added `ASYNC`."],
  ["6.2.0", "Added `SYNC`."],
];
const COMPLEXITY = "O(1); memory is freed later, a little per turn";

export const flushCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "flushdb",
    arity: -1,
    flags: ["write"],
    group: "server",
    since: "1.0.0",
    summary: "Removes all keys of the selected database.",
    complexity: COMPLEXITY,
    history: HISTORY,
    categories: ["keyspace", "dangerous"],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    arguments: [MODE],
    handler: flushDatabase,
  },
  {
    name: "flushall",
    arity: -1,
    flags: ["write"],
    group: "server",
    since: "1.0.0",
    summary: "Removes all keys of all databases.",
    complexity: COMPLEXITY,
    history: HISTORY,
    categories: ["keyspace", "dangerous"],
    tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
    arguments: [MODE],
    handler: flushAll,
  },
];
