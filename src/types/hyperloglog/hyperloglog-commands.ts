import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { addCommand } from "./commands/add";
import { countCommand } from "./commands/count";
import { debugCommand } from "./commands/debug";
import { mergeCommand } from "./commands/merge";
import { selfTestCommand } from "./commands/self-test";
import type { HyperLogLogLimits } from "./hyperloglog-limits";

/** All commands on HyperLogLogs, which are no type of their own: they are strings. */
export function hyperLogLogCommands(limits: HyperLogLogLimits): readonly CommandSpec<DataCall>[] {
  return [addCommand(limits), countCommand(), mergeCommand(limits), debugCommand, selfTestCommand];
}
