import { type CommandSpec, keyAt } from "../../../command/spec";
import { EVENT_HASH } from "../../../config/keyspace-events";
import type { DataCall } from "../../../keyspace/data-call";
import { A_HASH, type HashAccess, NO_HASH } from "../hash-access";
import { FIELDS, KEY } from "./docs";

/** HDEL: takes fields out, and the key with the last of them. */
function deleteFields(call: DataCall, hashes: HashAccess): void {
  const { args, reply, keyspace } = call;
  const state = hashes.write(call);
  if (state === NO_HASH) reply.integer(0);
  if (state !== A_HASH) return;
  const value = hashes.value(call);
  let deleted = 0;
  for (let i = 2; i < args.count && value.count > 0; i++) {
    if (value.delete(args.input, args.offset(i), args.length(i))) deleted++;
  }
  if (deleted > 0) {
    hashes.store(call);
    keyspace.stats.changes += deleted - 1;
    call.changed(1, EVENT_HASH, "hdel");
    hashes.deleteIfEmpty(call);
  }
  reply.integer(deleted);
}

export function deleteCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "hdel",
      arity: -3,
      flags: ["write", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Removes fields from a hash; answers how many were there.",
      complexity: "O(N) in the number of fields given",
      history: [["2.4.0", "Took several fields."]],
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, FIELDS],
      handler: (call) => deleteFields(call, hashes),
    },
  ];
}
