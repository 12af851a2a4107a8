import { latin1Bytes } from "../../../base/bytes";
import { ERR_SYNTAX, errWrongArity } from "../../../command/error-texts";
import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { findMember } from "../member-argument";
import { A_ZSET, NO_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset-access";
import { KEY, MEMBER } from "./docs";

/** ZCARD, ZSCORE, ZMSCORE, ZRANK and ZREVRANK: what is asked of single members, and how many. */

const WITH_SCORE = latin1Bytes("withscore");

function size(call: DataCall, zsets: ZsetAccess): void {
  const state = zsets.read(call, 1);
  if (state !== NOT_A_ZSET) call.reply.integer(state === A_ZSET ? zsets.value(call).size : 0);
}

function score(call: DataCall, zsets: ZsetAccess): void {
  const state = zsets.read(call, 1);
  if (state !== NOT_A_ZSET) replyScoreOf(call, zsets, state, 2);
}

function scores(call: DataCall, zsets: ZsetAccess): void {
  const { args, reply } = call;
  const state = zsets.read(call, 1);
  if (state === NOT_A_ZSET) return;
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) replyScoreOf(call, zsets, state, i);
}

function replyScoreOf(call: DataCall, zsets: ZsetAccess, state: number, index: number): void {
  const isThere = state === A_ZSET && findMember(call, zsets.value(call), index);
  if (isThere) call.reply.score(zsets.value(call).score);
  else call.reply.nil();
}

/** Since 7.2 with the score, too. Only then is nothing told as an array. */
function rank(call: DataCall, zsets: ZsetAccess, reverse: boolean): void {
  const { args, reply } = call;
  if (args.count > 4) {
    reply.error(errWrongArity(call.command.fullName));
    return;
  }
  const withScore = args.count === 4;
  if (withScore && !args.is(3, WITH_SCORE)) {
    reply.error(ERR_SYNTAX);
    return;
  }
  const state = zsets.read(call, 1);
  if (state === NOT_A_ZSET) return;
  const zset = zsets.value(call);
  const at = args.offset(2);
  const found = state === NO_ZSET ? -1 : zset.rankOfMember(args.input, at, args.length(2));
  if (found < 0) {
    if (withScore) reply.nilArray();
    else reply.nil();
    return;
  }
  if (withScore) reply.array(2);
  reply.integer(reverse ? zset.size - 1 - found : found);
  if (withScore) reply.score(zset.score);
}

function rankCommand(zsets: ZsetAccess, name: string, reverse: boolean): CommandSpec<DataCall> {
  const order = reverse ? "from the highest score down" : "from the lowest score up";
  return {
    name,
    arity: -3,
    flags: ["readonly", "fast"],
    group: "sorted-set",
    since: "2.0.0",
    summary: `Tells how many members of a sorted set come before one, ${order}.`,
    complexity: "O(log N), N being the size of the sorted set",
    keys: [keyAt(1, "RO", "access")],
    arguments: [
      KEY,
      MEMBER,
      {
        name: "withscore",
        type: "pure-token",
        token: "WITHSCORE",
        since: "7.2.0",
        flags: ["optional"],
      },
    ],
    history: [["7.2.0", "Took WITHSCORE."]],
    handler: (call) => rank(call, zsets, reverse),
  };
}

export function readCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "zcard",
      arity: 2,
      flags: ["readonly", "fast"],
      group: "sorted-set",
      since: "1.2.0",
      summary: "Counts the members of a sorted set.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO")],
      arguments: [KEY],
      handler: (call) => size(call, zsets),
    },
    {
      name: "zscore",
      arity: 3,
      flags: ["readonly", "fast"],
      group: "sorted-set",
      since: "1.2.0",
      summary: "Gives the score of a member of a sorted set.",
      complexity: "O(1)",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, MEMBER],
      handler: (call) => score(call, zsets),
    },
    {
      name: "zmscore",
      arity: -3,
      flags: ["readonly", "fast"],
      group: "sorted-set",
      since: "6.2.0",
      summary:
        "Gives the scores of several members of a sorted set, nil for one that is not in it.",
      complexity: "O(N) in the number of members given",
      keys: [keyAt(1, "RO", "access")],
      arguments: [KEY, { ...MEMBER, flags: ["multiple"] }],
      handler: (call) => scores(call, zsets),
    },
    rankCommand(zsets, "zrank", false),
    rankCommand(zsets, "zrevrank", true),
  ];
}
