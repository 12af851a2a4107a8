import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { intersectCommands } from "./commands/intersect";
import { lookCommands } from "./commands/look";
import { memberCommands } from "./commands/members";
import { randomCommands } from "./commands/random";
import { scanCommands } from "./commands/scan";
import { subtractCommands } from "./commands/subtract";
import { uniteCommands } from "./commands/unite";
import type { SetLimits } from "./set-limits";
import { SetWorkspace } from "./set-workspace";

/** All commands on sets. */
export function setCommands(limits: SetLimits): readonly CommandSpec<DataCall>[] {
  const work = new SetWorkspace(limits);
  return [
    ...memberCommands(work),
    ...lookCommands(work),
    ...randomCommands(work),
    ...intersectCommands(work),
    ...uniteCommands(work),
    ...subtractCommands(work),
    ...scanCommands(work),
  ];
}
