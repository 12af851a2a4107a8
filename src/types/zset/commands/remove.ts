import { ERR_NOT_INTEGER } from "../../../command/error-texts";
import { type ArgumentDoc, type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { findMember } from "../member-argument";
import { A_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset-access";
import type { ZsetRanges } from "../zset-ranges";
import { KEY, MEMBER } from "./docs";

/** ZREM and ZREMRANGEBY*: members taken out by name, or all of a range. */

function remove(call: DataCall, zsets: ZsetAccess): void {
  const { args } = call;
  const state = zsets.write(call, 1);
  if (state === NOT_A_ZSET) return;
  let removed = 0;
  if (state === A_ZSET) {
    const zset = zsets.value(call);
    for (let i = 2; i < args.count && zset.size > 0; i++) {
      if (!findMember(call, zset, i)) continue;
      zset.removeFound(args.input, args.offset(i), args.length(i));
      removed++;
    }
    if (removed > 0) zsets.store(call, 1, removed, "zrem");
  }
  call.reply.integer(removed);
}

function removeByRank(call: DataCall, zsets: ZsetAccess): void {
  const first = call.args.clampedInteger(2);
  const last = call.args.clampedInteger(3);
  if (Number.isNaN(first) || Number.isNaN(last)) {
    call.reply.error(ERR_NOT_INTEGER);
    return;
  }
  const state = zsets.write(call, 1);
  if (state === NOT_A_ZSET) return;
  const ranges = zsets.ranges(call);
  if (state === A_ZSET) ranges.byRank(zsets.value(call).size, first, last, false);
  finish(call, zsets, state, ranges, "zremrangebyrank");
}

function removeByScore(call: DataCall, zsets: ZsetAccess): void {
  const ranges = zsets.ranges(call);
  if (!ranges.readScores(call, 2, 3)) return;
  const state = zsets.write(call, 1);
  if (state === NOT_A_ZSET) return;
  if (state === A_ZSET) ranges.byScore(zsets.value(call));
  finish(call, zsets, state, ranges, "zremrangebyscore");
}

function removeByMember(call: DataCall, zsets: ZsetAccess): void {
  const ranges = zsets.ranges(call);
  if (!ranges.readMembers(call, 2, 3)) return;
  const state = zsets.write(call, 1);
  if (state === NOT_A_ZSET) return;
  if (state === A_ZSET) ranges.byMember(zsets.value(call));
  finish(call, zsets, state, ranges, "zremrangebylex");
}

function finish(
  call: DataCall,
  zsets: ZsetAccess,
  state: number,
  ranges: ZsetRanges,
  event: string,
): void {
  const removed = state === A_ZSET ? Math.max(ranges.size, 0) : 0;
  if (removed > 0) {
    const zset = zsets.value(call);
    const isAll = removed === zset.size;
    if (!isAll) zset.removeRanks(ranges.from, ranges.to);
    if (isAll) zsets.storeEmptied(call, 1, event);
    else zsets.store(call, 1, removed, event);
  }
  call.reply.integer(removed);
}

function rangeCommand(
  name: string,
  since: string,
  summary: string,
  bounds: readonly ArgumentDoc[],
  handler: (call: DataCall) => void,
): CommandSpec<DataCall> {
  return {
    name,
    arity: 4,
    flags: ["write"],
    group: "sorted-set",
    since,
    summary,
    complexity: "O(M log N), M being the members taken out and N the size of the sorted set",
    keys: [keyAt(1, "RW", "delete")],
    arguments: [KEY, ...bounds],
    handler,
  };
}

function boundsOf(type: "double" | "integer" | "string", first: string, last: string) {
  return [
    { name: first, type },
    { name: last, type },
  ];
}

export function removeCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  return [
    {
      name: "zrem",
      arity: -3,
      flags: ["write", "fast"],
      group: "sorted-set",
      since: "1.2.0",
      summary: "Takes members out of a sorted set, and the key when none is left.",
      complexity: "O(M log N), M being the members given and N the size of the sorted set",
      keys: [keyAt(1, "RW", "delete")],
      arguments: [KEY, { ...MEMBER, flags: ["multiple"] }],
      history: [["2.4.0", "Took several members."]],
      handler: (call) => remove(call, zsets),
    },
    rangeCommand(
      "zremrangebyrank",
      "2.0.0",
      "Takes the members between two ranks out of a sorted set.",
      boundsOf("integer", "start", "stop"),
      (call) => removeByRank(call, zsets),
    ),
    rangeCommand(
      "zremrangebyscore",
      "1.2.0",
      "Takes the members between two scores out of a sorted set.",
      boundsOf("double", "min", "max"),
      (call) => removeByScore(call, zsets),
    ),
    rangeCommand(
      "zremrangebylex",
      "2.8.9",
      "Takes the members between two members out, where all scores are the same.",
      boundsOf("string", "min", "max"),
      (call) => removeByMember(call, zsets),
    ),
  ];
}
