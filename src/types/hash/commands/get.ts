import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { A_HASH, type HashAccess, NO_HASH, NOT_A_HASH, replyShown } from "../hash-access";
import type { HashValue } from "../hash-value";
import { FIELD, FIELDS, KEY } from "./docs";

/** HGET, HMGET, HEXISTS, HSTRLEN and HLEN: what is asked of single fields, and how many there are. */

/** The handle of the field at an argument, or 0. */
function findArgument(call: DataCall, value: HashValue, index: number): number {
  const { args } = call;
  return value.find(args.input, args.offset(index), args.length(index));
}

function replyFieldValue(call: DataCall, value: HashValue, index: number): void {
  const handle = findArgument(call, value, index);
  if (handle === 0) {
    call.reply.nil();
    return;
  }
  value.showValue(handle);
  replyShown(call.reply, value);
}

function get(call: DataCall, hashes: HashAccess): void {
  const state = hashes.read(call);
  if (state === A_HASH) replyFieldValue(call, hashes.value(call), 2);
  else if (state === NO_HASH) call.reply.nil();
}

function getSeveral(call: DataCall, hashes: HashAccess): void {
  const { args, reply } = call;
  const state = hashes.read(call);
  if (state === NOT_A_HASH) return;
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) {
    if (state === NO_HASH) reply.nil();
    else replyFieldValue(call, hashes.value(call), i);
  }
}

function exists(call: DataCall, hashes: HashAccess): void {
  const state = hashes.read(call);
  if (state === NOT_A_HASH) return;
  const isThere = state === A_HASH && findArgument(call, hashes.value(call), 2) !== 0;
  call.reply.integer(isThere ? 1 : 0);
}

function valueLength(call: DataCall, hashes: HashAccess): void {
  const state = hashes.read(call);
  if (state === NOT_A_HASH) return;
  const value = hashes.value(call);
  const handle = state === A_HASH ? findArgument(call, value, 2) : 0;
  if (handle !== 0) value.showValue(handle);
  call.reply.integer(handle === 0 ? 0 : value.length);
}

function length(call: DataCall, hashes: HashAccess): void {
  const state = hashes.read(call);
  if (state === NOT_A_HASH) return;
  call.reply.integer(state === NO_HASH ? 0 : hashes.value(call).countLive());
}

export function getCommands(hashes: HashAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "hget",
      arity: 3,
      flags: ["readonly", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Gives the value of a field of a hash.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, FIELD],
      handler: (call) => get(call, hashes),
    },
    {
      name: "hmget",
      arity: -3,
      flags: ["readonly", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Gives the values of several fields of a hash.",
      complexity: "O(N) in the number of fields asked for",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, FIELDS],
      handler: (call) => getSeveral(call, hashes),
    },
    {
      name: "hexists",
      arity: 3,
      flags: ["readonly", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Tells whether a hash has a field.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY, FIELD],
      handler: (call) => exists(call, hashes),
    },
    {
      name: "hstrlen",
      arity: 3,
      flags: ["readonly", "fast"],
      group: "hash",
      since: "3.2.0",
      summary: "Gives the length of the value of a field.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY, FIELD],
      handler: (call) => valueLength(call, hashes),
    },
    {
      name: "hlen",
      arity: 2,
      flags: ["readonly", "fast"],
      group: "hash",
      since: "2.0.0",
      summary: "Gives the number of fields of a hash.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY],
      handler: (call) => length(call, hashes),
    },
  ];
}
