import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { addCommands } from "./commands/add";
import { blockingCommands } from "./commands/blocking";
import { combineCommands } from "./commands/combine";
import { countCommands } from "./commands/count";
import { popCommands } from "./commands/pop";
import { randomCommand } from "./commands/random";
import { rangeCommands } from "./commands/range";
import { readCommands } from "./commands/read";
import { removeCommands } from "./commands/remove";
import { scanCommand } from "./commands/scan";
import { ZsetAccess } from "./zset-access";
import type { ZsetLimits } from "./zset-limits";

/** All commands on sorted sets. */
export function zsetCommands(limits: ZsetLimits): readonly CommandSpec<DataCall>[] {
  const zsets = new ZsetAccess(limits);
  return [
    ...addCommands(zsets),
    ...removeCommands(zsets),
    ...countCommands(zsets),
    ...blockingCommands(zsets),
    randomCommand(zsets),
    scanCommand(zsets),
    ...combineCommands(zsets),
    ...readCommands(zsets),
    ...rangeCommands(zsets),
    ...popCommands(zsets),
  ];
}
