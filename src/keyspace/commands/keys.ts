import type { CommandSpec } from "../../command/spec";
import { keysFrom } from "../../command/spec";
import { EVENT_GENERIC } from "../../config/keyspace-events";
import type { DataCall } from "../data-call";

/** Commands on keys of any type: presence and removal. */

function remove(call: DataCall): void {
  let removed = 0;
  for (let i = 1; i < call.args.count; i++) {
    const entry = call.peek(i);
    if (entry === 0) continue;
    call.db.deleteFound(entry);
    call.changed(i, EVENT_GENERIC, "del");
    removed++;
  }
  call.reply.integer(removed);
}

function exists(call: DataCall): void {
  let present = 0;
  for (let i = 1; i < call.args.count; i++) if (call.read(i) !== 0) present++;
  call.reply.integer(present);
}

function dbSize(call: DataCall): void {
  call.reply.integer(call.db.size);
}

export const keyCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "del",
    arity: -2,
    flags: ["write"],
    group: "generic",
    since: "1.0.0",
    summary: "Removes keys; answers how many there were.",
    complexity: "O(N) in the number of keys; large values are freed later, a little per turn",
    keys: [keysFrom(1, 1, "RM", "delete")],
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    arguments: [{ name: "key", type: "key", keySpecIndex: 0, flags: ["multiple"] }],
    handler: remove,
  },
  {
    name: "unlink",
    arity: -2,
    flags: ["write", "fast"],
    group: "generic",
    since: "4.0.0",
    summary: "Removes keys; answers how many there were.",
    complexity: "O(N) in the number of keys; large values are freed later, a little per turn",
    keys: [keysFrom(1, 1, "RM", "delete")],
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    arguments: [{ name: "key", type: "key", keySpecIndex: 0, flags: ["multiple"] }],
    handler: remove,
  },
  {
    name: "exists",
    arity: -2,
    flags: ["readonly", "fast"],
    group: "generic",
    since: "1.0.0",
    summary: "Answers how many of the keys are there; one named twice counts twice.",
    complexity: "O(N) in the number of keys",
    keys: [keysFrom(1, 1, "RO")],
    tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
    arguments: [{ name: "key", type: "key", keySpecIndex: 0, flags: ["multiple"] }],
    handler: exists,
  },
  {
    name: "dbsize",
    arity: 1,
    flags: ["readonly", "fast"],
    group: "server",
    since: "1.0.0",
    summary: "Answers the number of keys in the selected database.",
    complexity: "O(1)",
    categories: ["keyspace"],
    tips: ["request_policy:all_shards", "response_policy:agg_sum"],
    handler: dbSize,
  },
];
