import type { ArgumentDoc, CommandSpec } from "../../command/spec";
import { keyAt, keysFrom } from "../../command/spec";
import { randomEntry } from "../../structures/dict-random";
import type { DataCall } from "../data-call";
import type { Database } from "../database";
import { replyKey } from "../key-reply";

/** Commands on keys of any type: presence, removal, type, and how many there are. */

/** RANDOMKEY gives up looking for a live key where expired ones may not be removed. */
const MOST_EXPIRED_PICKS = 100;

function remove(call: DataCall): void {
  let removed = 0;
  for (let i = 1; i < call.args.count; i++) if (call.deleteKey(i)) removed++;
  call.reply.integer(removed);
}

function exists(call: DataCall): void {
  let present = 0;
  for (let i = 1; i < call.args.count; i++) if (call.look(i) !== 0) present++;
  call.reply.integer(present);
}

function touch(call: DataCall): void {
  let touched = 0;
  for (let i = 1; i < call.args.count; i++) if (call.readAndTouch(i) !== 0) touched++;
  call.reply.integer(touched);
}

function type(call: DataCall): void {
  const entry = call.look(1);
  call.reply.statusText(entry === 0 ? "none" : call.keyspace.typeOf(entry).name);
}

function dbSize(call: DataCall): void {
  call.reply.integer(call.db.size);
}

function randomKey(call: DataCall): void {
  const entry = pickLive(call, call.db);
  if (entry === 0) call.reply.nil();
  else replyKey(call, entry);
}

/**
 * An entry picked at random, 0 when there is none. Expired ones are removed on the way; where that
 * is not allowed, an expired one is given after many tries, as Redis does.
 */
function pickLive(call: DataCall, database: Database): number {
  const { keyspace } = call;
  for (let picks = 0; ; picks++) {
    const { memory, random, scratch } = keyspace;
    const entry = randomEntry(memory, database.dict, random, false, scratch);
    if (entry === 0 || !keyspace.isExpired(entry)) return entry;
    if (keyspace.removesExpired) {
      database.dict.locate(entry);
      keyspace.expireFound(database, entry);
    } else if (picks === MOST_EXPIRED_PICKS) {
      return entry;
    }
  }
}

const KEY: ArgumentDoc = { name: "key", type: "key", keySpecIndex: 0 };
const KEYS: ArgumentDoc = { ...KEY, flags: ["multiple"] };
const MULTI_SHARD = ["request_policy:multi_shard", "response_policy:agg_sum"];

export const keyCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "del",
    arity: -2,
    flags: ["write"],
    group: "generic",
    since: "1.0.0",
    summary: "Removes keys; answers how many there were.",
    complexity: "O(N) in the number of keys; large values are freed later, a little per turn",
    categories: ["keyspace"],
    keys: [keysFrom(1, 1, "RM", "delete")],
    tips: MULTI_SHARD,
    arguments: [KEYS],
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
    categories: ["keyspace"],
    keys: [keysFrom(1, 1, "RM", "delete")],
    tips: MULTI_SHARD,
    arguments: [KEYS],
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
    history: [["3.0.3", "Takes several keys."]],
    categories: ["keyspace"],
    keys: [keysFrom(1, 1, "RO")],
    tips: MULTI_SHARD,
    arguments: [KEYS],
    handler: exists,
  },
  {
    name: "touch",
    arity: -2,
    flags: ["readonly", "fast"],
    group: "generic",
    since: "3.2.1",
    summary: "Marks keys as used now; answers how many of them are there.",
    complexity: "O(N) in the number of keys",
    categories: ["keyspace"],
    keys: [keysFrom(1, 1, "RO")],
    tips: MULTI_SHARD,
    arguments: [KEYS],
    handler: touch,
  },
  {
    name: "type",
    arity: 2,
    flags: ["readonly", "fast"],
    group: "generic",
    since: "1.0.0",
    summary: "Names the type of the value that a key holds.",
    complexity: "O(1)",
    categories: ["keyspace"],
    keys: [keyAt(1, "RO")],
    arguments: [KEY],
    handler: type,
  },
  {
    name: "randomkey",
    arity: 1,
    flags: ["readonly"],
    group: "generic",
    since: "1.0.0",
    summary: "Names a key picked by chance.",
    complexity: "O(1)",
    categories: ["keyspace"],
    tips: ["request_policy:all_shards", "nondeterministic_output"],
    handler: randomKey,
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
