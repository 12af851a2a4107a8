import { type CommandSpec, keyAt } from "../../../command/spec";
import type { DataCall } from "../../../keyspace/data-call";
import { findMember } from "../member-argument";
import { A_ZSET, NOT_A_ZSET, type ZsetAccess } from "../zset-access";
import { KEY, MEMBER } from "./docs";

/** ZREM: members taken out by name. */
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

export function removeCommand(zsets: ZsetAccess): CommandSpec<DataCall> {
  return {
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
  };
}
