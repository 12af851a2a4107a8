import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_SET } from "../../../keyspace/entry";
import { replyMembers } from "../set-reply";
import type { SetTools, SetWorkspace } from "../set-workspace";
import { KEY, MEMBER, MEMBERS } from "./docs";

/** SISMEMBER, SMISMEMBER, SCARD and SMEMBERS: what is in one set. */

function isMember(call: DataCall, { source }: SetTools): void {
  const { args, reply } = call;
  const found = call.read(1);
  if (found !== 0 && call.isWrongType(found, TYPE_SET)) return;
  const isThere =
    found !== 0 && source.openEntry(found).has(args.input, args.offset(2), args.length(2));
  reply.integer(isThere ? 1 : 0);
}

function areMembers(call: DataCall, { source }: SetTools): void {
  const { args, reply } = call;
  const found = call.read(1);
  if (found !== 0) {
    if (call.isWrongType(found, TYPE_SET)) return;
    source.openEntry(found);
  }
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) {
    const isThere = found !== 0 && source.has(args.input, args.offset(i), args.length(i));
    reply.integer(isThere ? 1 : 0);
  }
}

function count(call: DataCall, { source }: SetTools): void {
  const found = call.read(1);
  if (found === 0) call.reply.integer(0);
  else if (!call.isWrongType(found, TYPE_SET)) call.reply.integer(source.openEntry(found).size);
}

function members(call: DataCall, { source }: SetTools): void {
  const found = call.read(1);
  if (found === 0) call.reply.set(0);
  else if (!call.isWrongType(found, TYPE_SET)) replyMembers(call.reply, source.openEntry(found));
}

export function lookCommands(work: SetWorkspace): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "sismember",
      arity: 3,
      flags: ["readonly", "fast"],
      group: "set",
      since: "1.0.0",
      summary: "Tells whether something is a member of a set.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY, MEMBER],
      handler: work.handler(isMember),
    },
    {
      name: "smismember",
      arity: -3,
      flags: ["readonly", "fast"],
      group: "set",
      since: "6.2.0",
      summary: "Tells of each of several things whether it is a member of a set.",
      complexity: "O(1) for each thing asked for",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, MEMBERS],
      handler: work.handler(areMembers),
    },
    {
      name: "scard",
      arity: 2,
      flags: ["readonly", "fast"],
      group: "set",
      since: "1.0.0",
      summary: "Tells how many members a set has.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY],
      handler: work.handler(count),
    },
    {
      name: "smembers",
      arity: 2,
      flags: ["readonly"],
      group: "set",
      since: "1.0.0",
      summary: "Lists all members of a set.",
      complexity: "O(N) in the number of members",
      keys: [keyAt(1, "RO", "access")],
      tips: ["nondeterministic_output_order"],
      arguments: [KEY],
      handler: work.handler(members),
    },
  ];
}
