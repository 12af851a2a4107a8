import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { addCommands } from "./commands/add";
import { popCommands } from "./commands/pop";
import { rangeCommands } from "./commands/range";
import { readCommands } from "./commands/read";
import { removeCommand } from "./commands/remove";
import { ZsetAccess } from "./zset-access";
import type { ZsetLimits } from "./zset-limits";

/** All commands on sorted sets. */
export function zsetCommands(limits: ZsetLimits): readonly CommandSpec<DataCall>[] {
  const zsets = new ZsetAccess(limits);
  return [
    ...addCommands(zsets),
    removeCommand(zsets),
    ...readCommands(zsets),
    ...rangeCommands(zsets),
    ...popCommands(zsets),
  ];
}
