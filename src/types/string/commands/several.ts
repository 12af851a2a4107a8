import { errWrongArity } from "../../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keysFrom } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { NO_EXPIRY, TYPE_STRING, typeOf } from "../../../keyspace/entry";
import { storeString } from "../store-string";
import { replyString } from "../string-reply";
import { KEY, VALUE } from "./docs";

/** MGET, MSET and MSETNX: several keys in one command. */

function getSeveral(call: DataCall): void {
  const { args, reply, keyspace } = call;
  reply.array(args.count - 1);
  for (let i = 1; i < args.count; i++) {
    const entry = call.read(i);
    if (entry === 0 || typeOf(keyspace.memory, entry) !== TYPE_STRING) reply.nil();
    else replyString(call, entry);
  }
}

function setSeveral(call: DataCall): void {
  if (!hasPairs(call)) return;
  storePairs(call);
  call.reply.ok();
}

function setSeveralNx(call: DataCall): void {
  if (!hasPairs(call)) return;
  for (let i = 1; i < call.args.count; i += 2) {
    if (call.write(i) === 0) continue;
    call.reply.integer(0);
    return;
  }
  storePairs(call);
  call.reply.integer(1);
}

function hasPairs(call: DataCall): boolean {
  if ((call.args.count & 1) === 1) return true;
  call.reply.error(errWrongArity(call.command.fullName));
  return false;
}

function storePairs(call: DataCall): void {
  const { count } = call.args;
  for (let i = 1; i < count; i += 2) storeString(call, i, i + 1, call.write(i), NO_EXPIRY);
}

const PAIRS: ArgumentDoc = {
  name: "key_value",
  type: "block",
  flags: ["multiple"],
  arguments: [KEY, VALUE],
};

export const severalCommands: readonly CommandSpec<DataCall>[] = [
  {
    name: "mget",
    arity: -2,
    flags: ["readonly", "fast"],
    group: "string",
    since: "1.0.0",
    summary: "Gives the strings that keys hold, nil for a key that holds none.",
    complexity: "O(N) in the number of keys",
    keys: [keysFrom(1, 1, "RO", "access")],
    tips: ["request_policy:multi_shard"],
    arguments: [{ ...KEY, flags: ["multiple"] }],
    handler: getSeveral,
  },
  {
    name: "mset",
    arity: -3,
    flags: ["write", "denyoom"],
    group: "string",
    since: "1.0.1",
    summary: "Gives each of several keys its string.",
    complexity: "O(N) in the number of keys",
    keys: [keysFrom(1, 2, "OW", "update")],
    tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
    arguments: [PAIRS],
    isConstantTime: true,
    handler: setSeveral,
  },
  {
    name: "msetnx",
    arity: -3,
    flags: ["write", "denyoom"],
    group: "string",
    since: "1.0.1",
    summary: "Gives each of several keys its string, if none of the keys is there.",
    complexity: "O(N) in the number of keys",
    keys: [keysFrom(1, 2, "OW", "insert")],
    tips: ["request_policy:multi_shard", "response_policy:agg_min"],
    arguments: [PAIRS],
    isConstantTime: true,
    handler: setSeveralNx,
  },
];
