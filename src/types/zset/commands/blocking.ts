import type { CommandSpec } from "../../../command/spec";
import { readTimeoutSeconds } from "../../../keyspace/blocking/timeout-argument";
import type { DataCall } from "../../../keyspace/data-call";
import { TYPE_ZSET } from "../../../keyspace/entry";
import { A_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset-access";
import { KEY } from "./docs";
import { POP_ARGUMENTS, PopArguments, popElements, popFromKey, tellPopped } from "./pop";

/** BZPOPMIN, BZPOPMAX and BZMPOP: commands that wait for a sorted set with elements. */

/** Opens the first of several keys that holds a sorted set; 0 for none, -1 with the error written. */
function openFirst(call: DataCall, zsets: ZsetAccess, first: number, count: number): number {
  for (let index = first; index < first + count; index++) {
    if (!call.mayServeFrom(index)) continue;
    const state = zsets.write(call, index);
    if (state === NOT_A_ZSET) return -1;
    if (state === A_ZSET) return index;
  }
  return 0;
}

function pop(call: DataCall, zsets: ZsetAccess, fromMax: boolean): void {
  const { args, reply } = call;
  const keyCount = args.count - 2;
  const timeoutMs = readTimeoutSeconds(call, args.count - 1);
  if (Number.isNaN(timeoutMs)) return;
  const index = openFirst(call, zsets, 1, keyCount);
  if (index > 0) {
    reply.array(3);
    reply.bulk(args.input, args.offset(index), args.length(index));
    popElements(call, zsets, index, 1, fromMax, false);
    if (call.effects.isOn) tellPopped(call, index, fromMax, 0);
  } else if (index === 0) {
    call.blockOn({ firstKey: 1, keyCount, type: TYPE_ZSET, timeoutMs });
  }
}

function popSeveral(call: DataCall, zsets: ZsetAccess, wanted: PopArguments): void {
  const timeoutMs = readTimeoutSeconds(call, 1);
  if (Number.isNaN(timeoutMs) || !wanted.read(call, 2)) return;
  const { firstKey, keyCount } = wanted;
  const index = openFirst(call, zsets, firstKey, keyCount);
  if (index > 0) popFromKey(call, zsets, index, wanted);
  else if (index === 0) call.blockOn({ firstKey, keyCount, type: TYPE_ZSET, timeoutMs });
}

function popCommand(zsets: ZsetAccess, name: string, fromMax: boolean): CommandSpec<DataCall> {
  const end = fromMax ? "highest" : "lowest";
  return {
    name,
    arity: -3,
    flags: ["write", "noscript", "blocking", "fast"],
    group: "sorted-set",
    since: "5.0.0",
    summary: `Takes the member with the ${end} score out of the first of several sorted sets, or waits.`,
    complexity: "O(log N), N being the size of the sorted set",
    keys: [
      {
        flags: ["RW", "access", "delete"],
        begin: { index: 1 },
        find: { last: -2, step: 1, limit: 0 },
      },
    ],
    arguments: [
      { ...KEY, flags: ["multiple"] },
      { name: "timeout", type: "double" },
    ],
    history: [["6.0.0", "Took a timeout with a fraction."]],
    handler: (call) => pop(call, zsets, fromMax),
  };
}

export function blockingCommands(zsets: ZsetAccess): readonly CommandSpec<DataCall>[] {
  const wanted = new PopArguments();
  return [
    popCommand(zsets, "bzpopmin", false),
    popCommand(zsets, "bzpopmax", true),
    {
      name: "bzmpop",
      arity: -5,
      flags: ["write", "blocking"],
      group: "sorted-set",
      since: "7.0.0",
      summary: "Takes members out of the first of several sorted sets that has any, or waits.",
      complexity: "O(K) + O(M log N), K being the keys given, M the members taken out",
      keys: [
        {
          flags: ["RW", "access", "delete"],
          begin: { index: 2 },
          find: { keynumAt: 0, firstKey: 1, step: 1 },
        },
      ],
      arguments: [{ name: "timeout", type: "double" }, ...POP_ARGUMENTS],
      handler: (call) => popSeveral(call, zsets, wanted),
    },
  ];
}
