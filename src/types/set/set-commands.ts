import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { lookCommands } from "./commands/look";
import { memberCommands } from "./commands/members";
import type { SetLimits } from "./set-limits";
import { SetWorkspace } from "./set-workspace";

/** All commands on sets. */
export function setCommands(limits: SetLimits): readonly CommandSpec<DataCall>[] {
  const work = new SetWorkspace(limits);
  return [...memberCommands(work), ...lookCommands(work)];
}
