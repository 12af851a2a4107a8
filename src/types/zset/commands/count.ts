import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { A_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset-access";
import { KEY } from "./docs";

/** ZCOUNT and ZLEXCOUNT: how many members there are between two bounds. */

function count(call: DataCall, zsets: ZsetAccess, byMember: boolean): void {
  const ranges = zsets.ranges(call);
  if (!(byMember ? ranges.readMembers(call, 2, 3) : ranges.readScores(call, 2, 3))) return;
  const state = zsets.read(call, 1);
  if (state === NOT_A_ZSET) return;
  if (state === A_ZSET) {
    if (byMember) ranges.byMember(zsets.value(call));
    else ranges.byScore(zsets.value(call));
  }
  call.reply.integer(state === A_ZSET ? Math.max(ranges.size, 0) : 0);
}

export function countCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  const common = {
    arity: 4,
    flags: ["readonly", "fast"],
    group: "sorted-set",
    complexity: "O(log N), N being the size of the sorted set",
    keys: [keyAt(1, "RO", "access")],
  } as const;
  return [
    {
      ...common,
      name: "zcount",
      since: "2.0.0",
      summary: "Counts the members of a sorted set between two scores.",
      arguments: [KEY, { name: "min", type: "double" }, { name: "max", type: "double" }],
      handler: (call) => count(call, zsets, false),
    },
    {
      ...common,
      name: "zlexcount",
      since: "2.8.9",
      summary: "Counts the members between two members, where all scores are the same.",
      arguments: [KEY, { name: "min", type: "string" }, { name: "max", type: "string" }],
      handler: (call) => count(call, zsets, true),
    },
  ];
}
